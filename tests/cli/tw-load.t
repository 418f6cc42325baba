#!/bin/sh
# tw-load against real servers: what is loaded, what is there, and calls that are
# wrong. What goes wrong on the way is in tw-load-faults.t.
. "$(dirname "$0")/tap.sh"
. "$root/tests/cli/mongod.sh"

# shellcheck disable=SC2046 # a list of words
set -- $(free_ports 4)
a=$1 old=$2 auth=$3 none=$4
uri=mongodb://127.0.0.1:$a

start_mongod a "$a"
"$TW_BIN/tests/gen" week "$tmp/raw"
tw-parse "$tmp"/raw/*/*/*.log >"$tmp/all"
head -n 40000 "$tmp/all" >"$tmp/events"
n=40000

# Loading, and loading again.
like "$(tw-load -v --uri "$uri/one" "$tmp/events" 2>&1)" \
	"40,000 events: 40,000 new, 0 already there; 0 refused" "a first load"
is "$(events_in "$a" one)" "$n $n" "all is there"
like "$(tw-load -v --uri "$uri/one" "$tmp/events" 2>&1)" \
	" 0 new, 40,000 already there" "a second load stores nothing"
is "$(tw-load --uri "$uri/one" "$tmp/events" 2>&1)" "" "and is silent"
head -n 45000 "$tmp/all" | tail -n 15000 | sort -R |
	tw-load -v --uri "$uri/one" 2>"$tmp/err"
like "$(cat "$tmp/err")" " 5,000 new, 10,000 already there" \
	"a file that overlaps, shuffled, from a pipe"
is "$(tail -n 5 "$tmp/events" | cat - "$tmp/events" "$tmp/events" |
	tw-load -v --uri "$uri/thrice" 2>&1 | grep -o '[0-9,]* new.*')" \
	"40,000 new, 40,005 already there; 0 refused" "the same file three times in one run"
is "$(events_in "$a" thrice)" "$n $n" "each event once"

# The log of a second collector: other marks, the same chat.
sed 's/host-a/host-b/' "$tmp/events" >"$tmp/second"
marks=$(grep -c '"type":"mark"' "$tmp/events")
like "$(tw-load -v --uri "$uri/thrice" "$tmp/second" 2>&1)" \
	" $(echo "$marks" | sed 's/...$/,&/') new" \
	"of a second collector only its marks are new"

# Round trip, byte for byte.
tw-load --export --uri "$uri/thrice" | grep -v host-b | sort >"$tmp/back"
sort "$tmp/events" >"$tmp/want"
same "$tmp/back" "$tmp/want" "what comes out is what went in"
tw-load --export --uri "$uri/one" | cut -c8-30 >"$tmp/times"
sort -c "$tmp/times"
ok $? "events come out in order of time"
tw-load --export -c nordlicht -c "#Kanal_Eins" --since 2026-11-09T19:00:00Z \
	--until 2026-11-09T20:00:00Z --uri "$uri/one" 2>"$tmp/err" | sort >"$tmp/back"
grep '^{"ts":"2026-11-09T19' "$tmp/events" | grep -v '"channel":"kanal_zwei"' |
	sort >"$tmp/want"
same "$tmp/back" "$tmp/want" "a part comes out"
[ -s "$tmp/want" ]
ok $? "which is something"
is "$(tw-load --export -c nordlicht --since 2030-01-01 --uri "$uri/one" 2>&1)" "" \
	"a channel of which there is nothing of that time is not named"
echo "$uri/one" >"$tmp/one.uri"
chmod 600 "$tmp/one.uri"
is "$(TW_URI_FILE=$tmp/one.uri tw-load --export -c tpyo 2>&1)" \
	"tw-load: -c tpyo: nothing of this channel was read" \
	"one of which there is nothing at all is, also in the database of TW_URI_FILE"
is "$(tw-load -c tpyo --uri "$uri/one" </dev/null 2>&1)" "" \
	"nor where nothing was read at all"

# Every type, every key, and everything that is odd.
long=$(printf '%0500d' 0 | sed 's/0/\xf0\x9f\x94\xa5/g')
user='"id":"i1","user":"u","user_id":"1","name":"Ü","badges":"a/1,b/2","badge_info":"s/3"'
{
	cat "$here/data/events.out" "$here/data/mentions.out"
	t() {
		printf '{"ts":"%s","channel":"odd","type":%s}\n' "$1" "$2"
	}
	t 1969-12-31T23:59:59.999Z "\"message\",$user,\"text\":\"before\""
	t 1903-04-05T06:07:08.001Z '"message","text":"long before"'
	t 2038-01-19T03:14:08.123Z '"message","id":"i2","text":"after"'
	t 2150-01-01T00:00:00.001Z '"message","id":"i3","text":"long after"'
	t 2026-11-01T00:00:00.000Z "\"message\",${user},\"shared_from\":\"7\",\"bits\":5,\"paid\":{\"amount\":500,\"currency\":\"USD\",\"exponent\":2},\"first\":true,\"returning\":true,\"action\":true,\"reply_to\":\"r\",\"reward\":\"w\",\"effect\":\"e\",\"mentions\":[\"a.b\",\"\$c\"],\"text\":\"$long\""
	t 2026-11-01T00:00:00.001Z '"message","text":"\\\" \b\f\n\r\t\u0000\u001f � 🔥"'
	for type in sub resub subgift; do
		t 2026-11-01T00:00:00.002Z "\"$type\",${user},\"months\":999999999999,\"tier\":\"prime\",\"gift_months\":0,\"recipient\":\"x\",\"recipient_id\":\"9\",\"mentions\":[\"m\"],\"text\":\"t\""
	done
	t 2026-11-01T00:00:00.003Z "\"giftbomb\",${user},\"tier\":\"1\",\"gift_count\":5"
	t 2026-11-01T00:00:00.003Z "\"raid\",${user},\"raid_viewers\":0"
	t 2026-11-01T00:00:00.003Z "\"announcement\",${user},\"mentions\":[\"m\"],\"text\":\"t\""
	t 2026-11-01T00:00:00.003Z "\"notice\",${user},\"notice\":\"viewermilestone\",\"bits\":100,\"params\":{\"z\":\"1\",\"a.b\":\"2\",\"\$c\":\"3\",\"a\":\"\"},\"text\":\"t\""
	t 2026-11-01T00:00:00.003Z '"notice","id":"i9","notice":"n","params":{"a":"1","z":"2"}'
	t 2026-11-01T00:00:00.004Z '"clear"'
	t 2026-11-01T00:00:00.004Z '"timeout","user":"u","user_id":"1","duration_s":999999999999999999'
	t 2026-11-01T00:00:00.004Z '"ban","user":"u","user_id":"1"'
	t 2026-11-01T00:00:00.004Z '"delete","user":"u","target_id":"i","text":"t"'
	t 2026-11-01T00:00:00.004Z '"viewers","stream_id":"5","started_at":"2026-10-31T23:00:00.000Z","viewers":0,"user_id":"1","name":"N","title":"T","category":"C","language":"de","tags":["x","y.z"]'
	t 2026-11-01T00:00:00.004Z '"offline"'
	t 2026-11-01T00:00:00.005Z '"mark","mark":"lost","by":"h/1/2","since":"2026-10-31T23:59:59.000Z","why":"w"'
	t 2026-11-01T00:00:00.005Z '"mark","mark":"gap","by":"h/1/2","from":"2026-10-31T23:59:58.000Z","to":"2026-10-31T23:59:59.000Z","lines":7'
	t 2026-11-01T00:00:00.005Z '"mark","mark":"lost","by":"h/1/2","why":"w","since":"not a time"'
	# shellcheck disable=SC2016 # a dollar
	t 2026-11-01T00:00:00.006Z '"mark","mark":"odd","z":1,"_id":"x","meta":"y","a.b":"c","$d":2,"rest":"r","":"e","user":"u","text":"2026-10-31T23:59:59.000Z"'
} >"$tmp/corpus"
# Many of each, so that the server packs them.
i=0
while [ $i -lt 400 ]; do
	i=$((i + 1))
	sed "s/\"id\":\"/&$i-/; s/\"ts\":\"2026-1\(.*\)\.[0-9]*Z\",\"channel/\"ts\":\"2026-1\1.$(printf %03d $i)Z\",\"channel/" "$tmp/corpus"
done | cat "$tmp/corpus" - | sort -u >"$tmp/many"
tw-load --uri "$uri/odd" "$tmp/many"
is $? 0 "every type, every key"
tw-load --export --uri "$uri/odd" | sort >"$tmp/back"
same "$tmp/back" "$tmp/many" "and they come out byte for byte"
tw-parse "$tmp/raw/chat/kanal_zwei/2026-11-11.log" |
	sed 's/,"text":\(.*\)}$/,"unknown":[1],"text": \1}/; s/"ts"/ &/' >"$tmp/spelled"
tw-parse "$tmp/raw/chat/kanal_zwei/2026-11-11.log" >"$tmp/ours"
tw-load --uri "$uri/spelled" "$tmp/ours"
like "$(tw-load -v --uri "$uri/spelled" "$tmp/spelled" 2>&1)" " 0 new" \
	"another spelling is the same event"

# Stats.
tw-agg "$tmp/events" >"$tmp/stats"
tw-load --uri "$uri/one" "$tmp/stats"
is $? 0 "stats"
sed 's/"category":"[^"]*/&!/' "$tmp/stats" | cat "$tmp/stats" - >"$tmp/stats2"
tw-load --uri "$uri/one" "$tmp/stats2"
is "$(mongo "$a" one '{"count": "chatStats"}' | jq .n)" \
	"$(wc -l <"$tmp/stats" | tr -d ' ')" "loaded twice, there once"
# shellcheck disable=SC2016 # a dollar
is "$(mongo "$a" one '{"count": "chatStats", "query": {"category": {"$regex": "!$"}}}' | jq .n)" \
	"$(grep -c '"category"' "$tmp/stats")" "the later line counts"

# What is not loaded.
{
	printf 'no JSON\n{"ts":1}\n'
	head -n 3 "$tmp/events"
	head -c 20000000 /dev/zero | tr '\0' x
	echo
	tail -n 1 "$tmp/events"
} >"$tmp/bad"
tw-load --rejects "$tmp/rejects" -v --uri "$uri/bad" "$tmp/bad" 2>"$tmp/err"
is $? 3 "refused lines: status 3"
like "$(cat "$tmp/err")" "$tmp/bad:1: refused: no JSON" "named by file and line"
like "$(cat "$tmp/err")" "$tmp/bad:6: refused: longer than 1 MiB" "20 MB in a line"
like "$(cat "$tmp/err")" " 4 new, 0 already there; 3 refused" "all else is stored"
is "$(wc -c <"$tmp/rejects" | tr -d ' ')" 20000018 "and they are kept"

# Looking without writing.
like "$(tw-load --dry-run "$tmp/events" 2>&1)" '40,000 events, 0 stats; 0 refused' \
	"--dry-run without a database"
like "$(tw-load --dry-run --uri "$uri/bad" "$tmp/events" 2>&1)" \
	'39,996 new, 4 already there' "--dry-run with one"
is "$(mongo "$a" admin '{"listDatabases": 1, "nameOnly": true}' |
	jq -r '.databases[].name' | grep -c fresh)" 0 "there is no such database"
tw-load --dry-run --uri "$uri/fresh" "$tmp/events" 2>/dev/null
is "$(mongo "$a" admin '{"listDatabases": 1, "nameOnly": true}' |
	jq -r '.databases[].name' | grep -c fresh)" 0 "--dry-run makes none"
is "$(tw-load --verify --uri "$uri/one" "$tmp/events")" \
	"40000 events and 0 stats in the input, 0 missing; in its range 40000 events, 0 more than once" \
	"--verify"
tw-load --verify --uri "$uri/bad" "$tmp/events" >"$tmp/out" 2>"$tmp/err"
is $? 1 "--verify: something is missing"
like "$(cat "$tmp/out")" ' 39996 missing' "how much"
{
	seq -f "tw-load: $tmp/events:%.0f: is not there" 4 23
	echo 'tw-load: ... and more'
} >"$tmp/want"
same "$tmp/err" "$tmp/want" "and where: the first 20, whatever their channels"
sed -n 4,8p "$tmp/events" >"$tmp/five"
tail -n +9 "$tmp/events" >"$tmp/rest"
tw-load --verify --uri "$uri/bad" "$tmp/rest" "$tmp/five" 2>&1 >/dev/null | tail -n 2 >"$tmp/err"
tw-load --verify --uri "$uri/bad" "$tmp/five" "$tmp/rest" 2>>"$tmp/err" >/dev/null
{
	echo "tw-load: $tmp/rest:20: is not there"
	echo 'tw-load: ... and more'
	seq -f "tw-load: $tmp/five:%.0f: is not there" 1 5
	seq -f "tw-load: $tmp/rest:%.0f: is not there" 1 15
	echo 'tw-load: ... and more'
} >"$tmp/want"
same "$tmp/err" "$tmp/want" "of several files in the order of the operands"
mongo "$a" twice bad
head -n 3 "$tmp/events" >"$tmp/three"
tail -n 1 "$tmp/events" >>"$tmp/three"
tw-load --verify --uri "$uri/bad" "$tmp/three" >"$tmp/out" 2>&1
is $? 1 "--verify: something is there twice"
like "$(cat "$tmp/out")" '5 events, 1 more than once' "and how much"

# The same of stats.
tw-agg "$tmp/events" | grep '"type":"window"' | head -n 51 >"$tmp/stats"
head -n 50 "$tmp/stats" | tw-load --uri "$uri/stats"
is "$(head -n 50 "$tmp/stats" | tw-load --verify --uri "$uri/stats")" \
	"0 events and 50 stats in the input, 0 missing; in its range 0 events, 0 more than once" \
	"--verify of stats"
like "$(tw-load --dry-run --uri "$uri/stats" "$tmp/stats" 2>&1)" \
	' 1 new, 50 already there' "--dry-run of stats"
tw-load --verify --uri "$uri/stats" "$tmp/stats" >"$tmp/out" 2>"$tmp/err"
is $? 1 "--verify: a window is missing"
like "$(cat "$tmp/out")" ' 51 stats in the input, 1 missing' "how much"
like "$(cat "$tmp/err")" "$tmp/stats:51: is not there" "and where"

# What is there has to be what the last line says that has its key.
w='{"ts":"2026-11-23T12:00:%02d.000Z","channel":"k","type":"window","seconds":5,"messages":%d}\n'
s='{"ts":"2026-11-23T12:00:00.000Z","channel":"k","type":"stream","stream_id":"7","seconds":3600,"ended_at":"2026-11-23T13:00:00.000Z","airtime_s":3600,"messages":%d,"messages_max":1}\n'
# shellcheck disable=SC2059 # the formats have numbers
{
	printf "$w" 0 1 5 2 10 3 >"$tmp/now"
	printf "$s" 6 >>"$tmp/now"
	printf "$w" 0 9 10 3 5 8 >"$tmp/before"
	printf "$s" 5 >>"$tmp/before"
}
tw-load --uri "$uri/last" "$tmp/now"
is "$? $(tw-load --verify --uri "$uri/last" "$tmp/now")" \
	"0 0 events and 4 stats in the input, 0 missing; in its range 0 events, 0 more than once" \
	"--verify of windows and streams"
tw-load --verify --uri "$uri/last" "$tmp/before" >"$tmp/out" 2>"$tmp/err"
is $? 1 "--verify: other figures are there"
like "$(cat "$tmp/out")" ' 4 stats in the input, 3 missing' "how many"
is "$(cat "$tmp/err")" "$(printf "tw-load: $tmp/before:%s: is there, but differs\n" 1 3 4)" \
	"and where"
like "$(tw-load --dry-run --uri "$uri/last" "$tmp/before" 2>&1)" ' 0 new, 4 already there' \
	"for --dry-run they are there"
is "$(tw-load --verify --uri "$uri/last" "$tmp/before" "$tmp/now" 2>&1)" \
	"0 events and 8 stats in the input, 0 missing; in its range 0 events, 0 more than once" \
	"lines that were replaced need not be there"
tw-load --verify --uri "$uri/last" "$tmp/now" "$tmp/before" "$tmp/stats" >"$tmp/out" 2>"$tmp/err"
is $? 1 "the last line counts, even if the first one is there"
like "$(cat "$tmp/out")" ' 59 stats in the input, 54 missing' "each key once"
is "$(head -n 4 "$tmp/err")" "$(printf "tw-load: $tmp/before:%d: is there, but differs\n" 1 3 4
	echo "tw-load: $tmp/stats:1: is not there")" "in the order of the input"

# What the server will not have: here, windows with 7 messages.
# shellcheck disable=SC2016 # $ne is the server's
mongo "$a" stats '{"collMod": "chatStats", "validator": {"messages": {"$ne": 7}}}' \
	>/dev/null
# shellcheck disable=SC2059 # the format has two numbers
printf "$w" 0 6 5 7 10 8 >"$tmp/sevens"
tw-load -v --uri "$uri/stats" "$tmp/sevens" 2>"$tmp/err"
is $? 3 "a line that the server refuses: status 3"
like "$(cat "$tmp/err")" "$tmp/sevens:2: .*validation" "named, with the reason"
like "$(cat "$tmp/err")" ' 2 new, 0 already there; 1 refused' "the others are stored"

slow_has() {
	[ "$(events_in "$a" slow)" = "$1" ]
}

# A slow pipe, that stays open until the first events are there.
mkfifo "$tmp/slow"
tw-load --flush 1s --uri "$uri/slow" <"$tmp/slow" &
exec 3>"$tmp/slow"
head -n 7 "$tmp/events" >&3
until_ok 30 slow_has "7 7"
is "$(events_in "$a" slow)" "7 7" "--flush: stored before the pipe ends"
tail -n 1 "$tmp/events" >&3
exec 3>&-
wait $!
is "$(events_in "$a" slow)" "8 8" "and the rest"

# Another loader is at work.
spawn hold python3 "$fake/mongo.py" "$a" hold one 6
until grep -q held "$tmp/hold.out"; do sleep 0.1; done
tw-load --no-wait --uri "$uri/one" "$tmp/events" 2>"$tmp/err"
is $? 1 "--no-wait: status 1"
like "$(cat "$tmp/err")" 'another tw-load is at work on one.chatLogs' "and why"
tw-load --wait 20s --uri "$uri/one" "$tmp/events" 2>"$tmp/err"
is $? 0 "--wait: until it has gone"

# The call, and what is there, is wrong.
fails() {
	status=$1 words=$2 what=$3
	shift 3
	"$@" >"$tmp/out" 2>"$tmp/err"
	is $? "$status" "$what: status $status"
	like "$(cat "$tmp/err")" "$words" "$what: $words"
}
unset TW_URI_FILE
fails 2 'which database' "no URI" tw-load "$tmp/events"
fails 2 'cannot be read' "a bad URI" tw-load --uri mongodb://u:pa%zz@h/ "$tmp/events"
fails 2 'everybody here can see' "a password in argv" \
	tw-load --uri mongodb://u:geheim@127.0.0.1/ "$tmp/events"
fails 2 '[Uu]nsupported\|[Uu]nknown' "an option that is none" \
	tw-load --uri "$uri/?nosuch=1" "$tmp/events"
fails 1 'No suitable servers' "no server" \
	tw-load --wait 1s --uri "mongodb://127.0.0.1:$none" "$tmp/events"
spawn old python3 "$fake/oldmongo.py" "$old"
until grep -q ready "$tmp/old.out"; do sleep 0.1; done
fails 2 'too old.*MongoDB 5.0' "an old server" \
	tw-load --uri "mongodb://127.0.0.1:$old" "$tmp/events"
end TERM old
mongo "$a" other '{"create": "chatLogs", "timeseries": {"timeField": "when"}}' >/dev/null
fails 2 'other.chatLogs exists with other options: .*timeField is when, not ts' \
	"other options" tw-load --uri "$uri/other" "$tmp/events"
mongo "$a" normal '{"create": "chatLogs"}' >/dev/null
fails 2 'type is collection, not timeseries' "a normal collection" \
	tw-load --uri "$uri/normal" "$tmp/events"
mongo "$a" timed '{"create": "chatStats", "timeseries": {"timeField": "ts"}}' >/dev/null
mongo "$a" capped '{"create": "chatStats", "capped": true, "size": 4096}' >/dev/null
echo '{"ts":"2026-11-23T19:00:05.000Z","channel":"k","type":"window","seconds":5,"messages":1}' >"$tmp/line"
fails 2 'timed.chatStats exists with other options: type is timeseries, not collection' \
	"stats of another kind" tw-load --uri "$uri/timed" "$tmp/line"
fails 2 'capped.chatStats exists with other options: it is capped' \
	"stats that would go again" tw-load --uri "$uri/capped" "$tmp/line"
sed 's/"messages":1/"messages":-1/' "$tmp/line" >"$tmp/bad"
fails 3 'bad:1: refused: no line of stats: messages is missing' \
	"stats that are none are told as such" tw-load --uri "$uri/capped2" "$tmp/bad"

# The same event with another millisecond of its second, as a collector hears it whose
# clock Twitch's time is not believed beside.
echo '{"ts":"2026-11-23T12:00:04.500Z","channel":"k","type":"message","id":"x1"}' >"$tmp/first"
sed 's/04\.500/04.612/' "$tmp/first" >"$tmp/second"
tw-load --uri "$uri/second" "$tmp/first" && tw-load --uri "$uri/second" "$tmp/second"
is "$? $(events_in "$a" second)" "0 1 1" "the same event with other milliseconds is stored once"
like "$(tw-load --verify --uri "$uri/second" "$tmp/second")" '^1 events .* 0 missing; in its range 1 events, 0 more' \
	"and is there"
mongo "$a" twice second
like "$(tw-load --verify --uri "$uri/second" "$tmp/second" 2>&1)" ' 2 events, 1 more than once' \
	"one that is there twice is found"

# What is in chatLogs and is no event; two marks with a key that is called id.
printf '%s\n' '{"ts":"2026-11-23T12:00:05.000Z","channel":"k","type":"mark","mark":"alive","by":"h/1/1","id":"7"}' \
	'{"ts":"2026-11-23T12:00:05.000Z","channel":"k","type":"mark","mark":"alive","by":"h/2/2","id":"7"}' >"$tmp/marks"
tw-load --uri "$uri/marks" "$tmp/marks"
is "$? $(tw-load --export --uri "$uri/marks")" "0 $(cat "$tmp/marks")" "marks are told apart by all that they say"
# shellcheck disable=SC2016 # $date is a type of JSON
mongo "$a" marks '{"insert": "chatLogs", "documents": [{"ts": {"$date": 1795435200000}},
	{"ts": {"$date": 1795435200000}, "meta": {"channel": "k"}, "type": "dance"}]}' >/dev/null
tw-load --export --uri "$uri/marks" >"$tmp/out" 2>"$tmp/err"
is "$? $(cat "$tmp/out")" "3 $(cat "$tmp/marks")" "--export gives events alone"
is "$(grep -c '^tw-load: chatLogs:[12]: refused: no event: ' "$tmp/err")" 2 "and names what is none"
fails 2 'expireAfterSeconds is 0, not 86400' "another retention" \
	tw-load --retention 1d --uri "$uri/one" "$tmp/events"
tw-load --retention 9999d --uri "$uri/kept" "$tmp/events" 2>/dev/null
fails 2 'time' "a retention of more than ten years" \
	tw-load --retention 9999d --uri "$uri/kept" "$tmp/events"
tw-load --retention 3000d --uri "$uri/kept" "$tmp/events"
is "$(mongo "$a" kept '{"listCollections": 1, "filter": {"name": "chatLogs"}}' |
	jq '.cursor.firstBatch[0].options.expireAfterSeconds')" 259200000 "--retention"

# Passwords.
start_mongod auth "$auth"
mongo "$auth" admin '{"createUser": "lo/ader", "pwd": "geh:eim",
	"roles": [{"role": "readWrite", "db": "safe"}]}' >/dev/null
end TERM auth
start_mongod auth "$auth" --auth
TW_URI_FILE=$tmp/uri
export TW_URI_FILE
echo "mongodb://lo%2Fader:geh%3Aeim@127.0.0.1:$auth/safe?authSource=admin" >"$TW_URI_FILE"
chmod 600 "$TW_URI_FILE"
tw-load -v "$tmp/events" 2>"$tmp/err"
is $? 0 "a user with readWrite can load"
tw-load "$tmp/events" && [ "$(tw-load --export | wc -l)" -eq $n ]
ok $? "again, and back out"
yes "$(head -n 1 "$tmp/events")" | tw-load 2>>"$tmp/err" &
pid=$!
sleep 0.5
tr '\0' ' ' <"/proc/$pid/cmdline" >"$tmp/seen"
grep -q tw-load "$tmp/seen"
ok $? "the process is there to be looked at"
# As it keeps others out of its memory, only root can read its environment.
[ "$(id -u)" -ne 0 ] || tr '\0' '\n' <"/proc/$pid/environ" >>"$tmp/seen"
kill "$pid"
sed -i 's/eim@/eimx@/' "$TW_URI_FILE"
fails 1 'Authentication failed' "a wrong password" tw-load "$tmp/events"
cat "$tmp/err" >>"$tmp/seen"
echo "mongodb://127.0.0.1:$auth/safe" >"$TW_URI_FILE"
fails 1 'authenti\|not authorized' "no password" tw-load "$tmp/events"
cat "$tmp/err" >>"$tmp/seen"
grep -q -e 'geh:eim' -e 'geh%3Aeim' "$tmp/seen"
is $? 1 "no password in arguments, environment or words"
unset TW_URI_FILE
end TERM auth

# TLS.
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost -keyout "$tmp/key" \
	-out "$tmp/cert" 2>/dev/null
cat "$tmp/key" "$tmp/cert" >"$tmp/both"
mkdir "$tmp/db.tls"
spawn tls "$mongod" --port "$none" --bind_ip 127.0.0.1 --dbpath "$tmp/db.tls" \
	--nounixsocket --tlsMode requireTLS --tlsCertificateKeyFile "$tmp/both"
until grep -q 'Waiting for connections' "$tmp/tls.out"; do sleep 0.1; done
secure="mongodb://localhost:$none/secure?tls=true"
like "$(tw-load -v --uri "$secure&tlsCAFile=$tmp/cert" "$tmp/events" 2>&1)" \
	"40,000 new" "TLS"
fails 1 'certificate verify failed' "TLS, a certificate that nobody knows" \
	tw-load --wait 1s --uri "$secure" "$tmp/events"
fails 1 'No suitable servers' "no TLS" \
	tw-load --wait 1s --uri "mongodb://localhost:$none/secure" "$tmp/events"
end TERM tls
done_testing
