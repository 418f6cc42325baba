#!/bin/sh
# tw-load against real servers: killed, cut off, stepped down, full; each event is there
# once even so. TW_ROUNDS: how many rounds of kill -9; 200 are what was promised.
. "$(dirname "$0")/tap.sh"
. "$root/tests/cli/mongod.sh"

rounds=4
[ "$TW_MODE" != san ] || rounds=1
rounds=${TW_ROUNDS:-$rounds}
# shellcheck disable=SC2046 # a list of words
set -- $(free_ports 6)
a=$1 b=$2 c=$3 cut=$4 full=$5 rs=$6
uri=mongodb://127.0.0.1:$a

start_mongod a "$a"
"$TW_BIN/tests/gen" week "$tmp/raw"
tw-parse "$tmp"/raw/*/*/*.log >"$tmp/all"
head -n 40000 "$tmp/all" >"$tmp/events"

# Rounds of kill -9.
head -n 70000 "$tmp/all" >"$tmp/more"
out=$(python3 "$fake/rounds.py" "$a" "" "$tmp/more" "$rounds" 1 2>&1)
is $? 0 "killed: $out"
out=$(python3 "$fake/rounds.py" "$a" "" "$tmp/events" $(((rounds + 3) / 4)) 2 2>&1)
is $? 0 "two at once, killed and stopped: $out"
out=$(python3 "$fake/rounds.py" "$a" "" "$tmp/events" $(((rounds + 3) / 4)) 3 2>&1)
is $? 0 "three at once, killed and stopped: $out"

left=$(find /dev/shm -name 'mongoc-*' -newer "$tmp/more" 2>/dev/null | wc -l)
[ "$left" -lt $((rounds + 2)) ]
ok $? "of the killed nothing is left behind: $left"
sleep 10 | tw-agg >/dev/null &
pid=$!
sleep 1
kill -9 $pid
[ ! -e "/dev/shm/mongoc-$pid" ]
ok $? "nor of a tool that needs no database"

# Connections that are cut at random bytes.
spawn cut python3 "$fake/cutter.py" "$cut" "$a" 1000 12000000 7
sleep 0.3
i=0
while [ $i -lt $((rounds + 2)) ]; do
	i=$((i + 1))
	tw-load --wait 60s --uri "mongodb://127.0.0.1:$cut/cut$i" "$tmp/more" 2>"$tmp/err"
	is $? 0 "cut: goes on: $(head -n 1 "$tmp/err")"
	is "$(events_in "$a" cut$i)" "70000 70000" "cut: each event once"
done
[ "$(grep -c cut "$tmp/cut.out")" -gt 0 ]
ok $? "cut: $(grep -c cut "$tmp/cut.out") times"
end TERM cut

# Three connections, of one name; and batches on their way that have events in
# common.
sed 's/"channel":"[^"]*"/"channel":"one"/' "$tmp/all" | sort -u >"$tmp/single"
single=$(wc -l <"$tmp/single" | tr -d ' ')
cat "$tmp/single" "$tmp/single" "$tmp/single" |
	tw-load -v --uri "$uri/both" 2>"$tmp/err" &
pid=$!
seen=0
while [ "$seen" != 3 ] && kill -0 $pid 2>/dev/null; do
	# shellcheck disable=SC2016 # the dollars are the server's
	seen=$(mongo "$a" admin '{"aggregate": 1, "cursor": {}, "pipeline": [
		{"$currentOp": {"idleConnections": true, "allUsers": true}},
		{"$match": {"appName": {"$regex": "^tw-load/both"}}},
		{"$group": {"_id": "$appName", "n": {"$sum": 1}}}]}' |
		jq '[.cursor.firstBatch[].n] | max')
done
wait $pid
is "$seen" 3 "three connections of one loader"
is "$(events_in "$a" both)" "$single $single" "one channel, three times over: each event once"
like "$(tr -d , <"$tmp/err")" " $single new $((2 * single)) already there" "and counted once"

# Ended in the middle.
tw-load --uri "$uri/ended" "$tmp/single" &
pid=$!
sleep 0.25
kill $pid 2>/dev/null
wait $pid
tw-load --uri "$uri/ended" "$tmp/single"
is "$(events_in "$a" ended)" "$single $single" "ended and loaded again: each event once"

# No second connection is let in.
spawn few python3 "$fake/cutter.py" "$cut" "$a" 2000000000 2000000000 7 1
sleep 0.3
tw-load --uri "mongodb://127.0.0.1:$cut/few" "$tmp/all" 2>"$tmp/err"
is $? 0 "one connection: goes on: $(head -n 1 "$tmp/err")"
all=$(wc -l <"$tmp/all" | tr -d ' ')
is "$(events_in "$a" few)" "$all $all" "one connection: each event once"
grep -q full "$tmp/few.out"
ok $? "one connection: another one was wanted"
end TERM few

# The server is killed in the middle, and comes back.
tw-load --wait 60s --uri "$uri/killed" "$tmp/all" 2>"$tmp/err" &
pid=$!
sleep 0.4
end KILL a
sleep 0.5
start_mongod a "$a"
wait $pid
is $? 0 "mongod killed: goes on when it is back: $(cat "$tmp/err")"
all=$(wc -l <"$tmp/all" | tr -d ' ')
is "$(events_in "$a" killed)" "$all $all" "mongod killed: each event once"

late_has() {
	[ "$(events_in "$a" late)" = "$1" ]
}

# Lines that come while those before are stored, with nothing behind them.
mkfifo "$tmp/late"
tw-load --flush 1s --uri "$uri/late" <"$tmp/late" &
pid=$!
exec 9>"$tmp/late"
head -n 1 "$tmp/events" >&9
until_ok 10 late_has "1 1"
sed -n 2p "$tmp/events" >&9
kill -STOP "$(cat "$tmp/a.pid")"
sleep 2
sed -n 3p "$tmp/events" >&9
sleep 0.5
kill -CONT "$(cat "$tmp/a.pid")"
until_ok 10 late_has "3 3"
ok $? "--flush: also what came while the server was busy"
exec 9>&-
wait $pid

# Stats with one key behind events that are on their way: the last one counts.
for n in 1 2 3; do
	echo '{"ts":"2026-11-23T12:00:00.000Z","channel":"kanal_eins","type":"window","seconds":5,"messages":'$n'}'
done >"$tmp/same"
cat "$tmp/events" "$tmp/same" | tw-load --uri "$uri/same"
is "$?" 0 "stats with one key: stored"
out=$(cat "$tmp/events" "$tmp/same" | tw-load --verify --uri "$uri/same" 2>&1)
like "$?$out" "^040000 events and 3 stats in the input, 0 missing" "and as the last line has them"
# The next line has no room beside the one at hand.
{
	cat "$tmp/events"
	head -n 2 "$tmp/same"
	for n in 1 2 3; do
		printf '{"ts":"2026-11-23T12:00:0%d.000Z","channel":"kanal_eins","type":"message","text":"%0900000d"}\n' $n 0
	done
} >"$tmp/long"
tw-load --uri "$uri/long" "$tmp/long"
is "$?" 0 "long lines behind them: stored"
out=$(tw-load --verify --uri "$uri/long" "$tmp/long" 2>&1)
like "$?$out" "^040003 events and 2 stats in the input, 0 missing" "and whole"

# It is killed while a pipe is quiet; the library notices by itself.
mkfifo "$tmp/quiet"
timeout 60 "$(command -v tw-load)" --flush 1s --wait 30s \
	--uri "$uri/quiet?heartbeatFrequencyMS=500" <"$tmp/quiet" 2>"$tmp/err" &
pid=$!
exec 9>"$tmp/quiet"
head -n 4 "$tmp/events" >&9
sleep 2
end KILL a
sed -n 5,8p "$tmp/events" >&9
sleep 1
start_mongod a "$a" 9>&-
exec 9>&-
wait $pid
is $? 0 "mongod killed while nothing came: goes on: $(cat "$tmp/err")"
is "$(events_in "$a" quiet)" "8 8" "and each event is once there"
tw-load --wait 1s --uri "$uri/gone" "$tmp/all" 2>"$tmp/err" &
pid=$!
sleep 0.4
end KILL a
wait $pid
is $? 1 "mongod killed and gone: status 1"
start_mongod a "$a"
tw-load --uri "$uri/gone" "$tmp/all"
is $? 0 "and loading again completes it"
is "$(events_in "$a" gone)" "$all $all" "each event once"
end TERM a

# The disk is full.
mkdir "$tmp/db.full"
as_root=
[ "$(id -u)" -eq 0 ] || as_root=-r
# shellcheck disable=SC2016 # for the other shell
spawn full unshare $as_root -m sh -c 'mount -t tmpfs -o size=420m none "$1" &&
	shift && exec "$@"' sh "$tmp/db.full" "$mongod" --port "$full" \
	--bind_ip 127.0.0.1 --dbpath "$tmp/db.full" --wiredTigerCacheSizeGB 0.25 \
	--setParameter diagnosticDataCollectionEnabled=false --nounixsocket
mongo "$full" ready
i=0 status=0
while [ $status -eq 0 ] && [ $i -lt 30 ]; do
	i=$((i + 1))
	sed "s/\"ts\":\"2026/\"ts\":\"$((2000 + i))/" "$tmp/all" |
		tw-load --wait 2s --uri "mongodb://127.0.0.1:$full/full" 2>"$tmp/err"
	status=$?
done
is $status 1 "disk full: status 1 in load $i"
like "$(cat "$tmp/err")" 'MongoDB: ..*' "disk full: $(head -n 1 "$tmp/err")"
end KILL full

# A replica set of one.
start_mongod one "$rs" --replSet one --oplogSize 64
mongo "$rs" admin "{\"replSetInitiate\": {\"_id\": \"one\", \"members\": [
	{\"_id\": 0, \"host\": \"127.0.0.1:$rs\"}]}}" >/dev/null
mongo "$rs" ready primary
out=$(python3 "$fake/rounds.py" "$rs" "?replicaSet=one" "$tmp/events" $(((rounds + 1) / 2)) 1 2>&1)
is $? 0 "replica set, killed: $out"
end TERM one

# A replica set of three.
for port in $a $b $c; do
	rm -rf "$tmp/db.m$port"
	start_mongod "m$port" "$port" --replSet three --oplogSize 64
done
mongo "$a" admin "{\"replSetInitiate\": {\"_id\": \"three\",
	\"settings\": {\"electionTimeoutMillis\": 1500}, \"members\": [
	{\"_id\": 0, \"host\": \"127.0.0.1:$a\", \"priority\": 2},
	{\"_id\": 1, \"host\": \"127.0.0.1:$b\"},
	{\"_id\": 2, \"host\": \"127.0.0.1:$c\"}]}}" >/dev/null
mongo "$a" ready primary
three="mongodb://127.0.0.1:$a,127.0.0.1:$b,127.0.0.1:$c"
tw-load --wait 60s --uri "$three/down?replicaSet=three" "$tmp/all" 2>"$tmp/err" &
pid=$!
sleep 0.6
mongo "$a" admin '{"replSetStepDown": 5, "secondaryCatchUpPeriodSecs": 5, "force": true}' >/dev/null
wait $pid
is $? 0 "stepdown: goes on: $(head -n 1 "$tmp/err")"
is "$(tw-load --verify --uri "$three/down?replicaSet=three" "$tmp/all")" \
	"$all events and 0 stats in the input, 0 missing; in its range $all events, 0 more than once" \
	"stepdown: each event once"
mongo "$a" ready primary
tw-load --wait 60s --uri "$three/dead?replicaSet=three" "$tmp/all" 2>"$tmp/err" &
pid=$!
sleep 0.6
end KILL "m$a"
wait $pid
is $? 0 "primary killed: goes on: $(head -n 1 "$tmp/err")"
is "$(tw-load --verify --uri "$three/dead?replicaSet=three" "$tmp/all")" \
	"$all events and 0 stats in the input, 0 missing; in its range $all events, 0 more than once" \
	"primary killed: each event once"
done_testing
