#!/bin/sh
# tw-etl with a database: killed at any moment, the database away for a while,
# two at once: afterwards the same files, and nothing twice.
#
# TW_KILLS says how often it is killed; 100 is what was promised.
. "$(dirname "$0")/tap.sh"
. "$here/mongod.sh"
. "$here/ops.sh"
kills=${TW_KILLS:-10}
port=$(free_ports 1)

# tree FOLDER: all files that the partitions have made, and what is in them
tree() {
	(cd "$1" && find stats events -type f | sort | while read -r file; do
		echo "$file $(zcat_any "$file" | cksum)"
	done)
}

zcat_any() {
	case $1 in
	*.zst) zstd -q -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# What is to come out, without a database and without an accident.
lay_days 9 12
at 2026-11-13T00:00Z
tw-etl
is $? 0 "four days"
tree "$data" >"$tmp/want"
n=$(marked 'done')
[ "$n" -gt 10 ]
ok $? "there are $n partitions"
cat "$data"/stats/*/*.jsonl >"$tmp/stats"

start_mongod one "$port"
echo "mongodb://127.0.0.1:$port/ops" >"$tmp/uri"
chmod 600 "$tmp/uri"
echo "TW_URI_FILE=$tmp/uri" >>"$conf"

# Killed: the whole group, or one process of it. All of it is done anew each
# time, so that there is always something to be in the middle of.
seed=$(($$ + $(date +%s)))
echo "# seed $seed"
random() {
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	random=$((seed / 65536 % $1))
}
i=0 bad=0
while [ $i -lt "$kills" ]; do
	i=$((i + 1))
	[ $((i % 3)) -ne 1 ] || rm -f "$data"/parts/*/*.done "$data"/parts/*/*.built \
		"$data"/parts/*/from
	setsid tw-etl -q >/dev/null 2>&1 &
	leader=$!
	random 300
	sleep "$((random / 100)).$((random % 100 / 10))$((random % 10))"
	random 2
	if [ $random -eq 0 ]; then
		kill -9 -- -$leader 2>/dev/null
	else
		# shellcheck disable=SC2046 # a list of numbers
		set -- $(ps -o pid= --ppid $leader; ps -o pid= -g $leader)
		if [ $# -gt 0 ]; then
			random $#
			shift $random
			kill -9 "$1" 2>/dev/null
		fi
	fi
	wait $leader 2>/dev/null
	# Whoever is left ends by itself.
	flock -w 60 "$data/lock/etl" true || bad=1
	for file in "$data"/stats/*/*.jsonl; do
		tail -n 1 "$file" | grep -q '"type":"stream"' || {
			echo "# $file is not whole"
			bad=1
		}
	done
	for file in "$data"/events/*/*.jsonl.*; do
		zcat_any "$file" >/dev/null 2>&1 || {
			echo "# $file is not whole"
			bad=1
		}
	done
done
is $bad 0 "killed $kills times, and each file that is there is whole"
tw-etl
is $? 0 "then it is done to its end"
tree "$data" >"$tmp/got"
same "$tmp/want" "$tmp/got" "with the same result"
is "$(marked 'done')" "$n" "each partition is done"
find "$data" -name '.*' >"$tmp/got"
same /dev/null "$tmp/got" "and nothing half is left"
counts=$(events_in "$port" ops)
is "${counts% *}" "${counts#* }" "no event is there twice"
for file in "$data"/events/*/*.jsonl.*; do
	zcat_any "$file"
done | tw-load --verify --uri "mongodb://127.0.0.1:$port/ops" >/dev/null
is $? 0 "and each is there"
is "$(mongo "$port" ops '{"count": "chatStats"}' | jq .n)" \
	"$(wc -l <"$tmp/stats" | tr -d ' ')" "so is each window and stream, once"

# The database is away
end TERM one
lay_days 13 14
at 2026-11-14T03:00Z
before=$(runs load failed)
tw-etl -q
is $? 1 "without the database it fails, and may go well next time"
is "$(($(runs load failed) - before))" 4 "two were tried, twice each: the others wait"
built=$(marked 'built')
[ "$built" -gt "$(marked 'done')" ]
ok $? "events and stats are made all the same"
at 2026-11-14T09:00Z
out=$(tw-status)
is $? 1 "hours later a person is needed"
like "$out" 'ended [0-9]* h ago: load: .*No suitable servers' "and told why"
start_mongod one "$port"
tw-etl -q
is $? 0 "it comes back, and tw-etl goes on"
grep '"step":"load"' "$data/log/runs.jsonl" | grep '"status":"done"' |
	tail -n $((built - n)) | cut -d '"' -f 4 | while read -r part; do
	cut -d ' ' -f 2 "$data/parts/$part.done"
done >"$tmp/got"
sort "$tmp/got" >"$tmp/want"
[ "$(wc -l <"$tmp/got")" -eq $((built - n)) ] && cmp -s "$tmp/want" "$tmp/got"
ok $? "in the order of their end"
counts=$(events_in "$port" ops)
is "${counts% *}" "${counts#* }" "and nothing twice"

# A database that refuses what we ask for
echo "mongodb://127.0.0.1:$port/ops?nosuch=option&tls=maybe" >"$tmp/uri.bad"
sed -i 's|^TW_URI_FILE=.*|TW_URI_FILE='"$tmp/uri.bad|" "$conf"
lay_days 15 15
at 2026-11-15T20:00Z
tw-etl -q
is "$? $(runs load wrong)" "2 1" "a wrong configuration is not tried again"
tw-etl -q
is "$? $(runs load wrong)" "2 1" "nor at the next run"
like "$(tw-status)" 'load stands still: .*mend the configuration' "a person is told"
sleep 1
sed -i 's|^TW_URI_FILE=.*|TW_URI_FILE='"$tmp/uri|" "$conf"
tw-etl -q
is $? 0 "when it is mended, it goes on by itself"
grep -r -l -e mongodb: "$data/log" "$data/parts" "$data/state" >"$tmp/got"
same /dev/null "$tmp/got" "no URI is in a log"

# Packed by something else than would be used now
file=$(find "$data/events" -name '*.zst' | head -n 1)
if [ -n "$file" ]; then
	zstd -q -dc "$file" | gzip >"${file%.zst}.gz"
	rm -f "$file"
	rm -f "$data"/parts/*/*.done "$data"/parts/*/from
	tw-etl -q
	is $? 0 "events that another tool has packed are loaded"
fi

# Two at once
rm -f "$data"/parts/*/*.done "$data"/parts/*/*.built "$data"/parts/*/from
before=$(runs 'done')
tw-etl -q 2>"$tmp/a" &
one=$!
# Looked at, not tried: who tries has the lock for a moment himself.
until_ok 20 grep -q ":$(stat -c %i "$data/lock/etl") " /proc/locks
tw-etl 2>"$tmp/b"
is "$? $(cat "$tmp/b")" "0 tw-etl: another tw-etl is at work; it does what is due" \
	"of two one works, the other leaves with a word"
wait $one
is "$? $(($(runs 'done') - before))" "0 $(marked 'done')" \
	"and each partition is done once"
done_testing
