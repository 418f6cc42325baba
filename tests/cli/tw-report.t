#!/bin/sh
# tw-report as a user calls it; the figures were computed by hand.
. "$(dirname "$0")/tap.sh"

# s CHANNEL ID STARTED [MEMBERS]: a stream line; a later member counts
s() {
	printf '{"ts":"%s","channel":"%s","type":"stream","seconds":5,"stream_id":"%s","started_at":"%s","ended_at":"%s","messages":0,"messages_max":0%s,"windows":720}\n' \
		"$3" "$1" "$2" "$3" "$3" "${4:-,\"airtime_s\":3600}"
}
full=',"airtime_s":3600,"viewers_avg":100,"viewers_max":150,"viewers_max_at":"2026-11-18T12:30:00.000Z","viewer_s":360000,"sampled_s":3600,"hours_watched":100,"messages":720,"messages_avg":1,"messages_max":9,"messages_max_at":"2026-11-18T12:40:00.000Z","chatters":50,"bits":10,"paid_messages":1,"subs":2,"heard_s":3600'
half=',"airtime_s":3600,"viewers_avg":50,"viewers_max":60,"viewers_max_at":"2026-11-19T12:30:00.000Z","viewer_s":90000,"sampled_s":1800,"messages":90,"messages_max":3,"messages_max_at":"2026-11-19T12:40:00.000Z","chatters":20,"heard_s":1800'
json() {
	tw-report --format json "$@" <"$tmp/in"
}

# Two streams of a week: (360000 + 90000) / (3600 + 1800) = 83.3333 viewers,
# (720 + 90) x 5 / (3600 + 1800) = 0.75 messages, 450000 / 3600 = 125 hours.
{
	s a 1 2026-11-18T12:00:00.000Z "$full"
	s a 2 2026-11-19T12:00:00.000Z "$half"
	s a 0 2026-11-11T12:00:00.000Z "$half"
	s b 3 2026-11-18T12:00:00.000Z ',"airtime_s":100,"open":true,"messages":5,"messages_max":1,"messages_max_at":"2026-11-18T12:00:00.000Z","chatters":1'
} >"$tmp/in"
is "$(json --week 2026-W47)" '{"report":"weekly","week":"2026-W47","tz":"UTC","from":"2026-11-16T00:00:00.000Z","to":"2026-11-23T00:00:00.000Z","seconds":5,"channels":[{"channel":"a","streams":2,"open":0,"airtime_s":7200,"viewers_max":150,"viewers_max_at":"2026-11-18T12:30:00.000Z","messages_max":9,"messages_max_at":"2026-11-18T12:40:00.000Z","viewers_avg":83.3333,"messages_avg":0.75,"hours_watched":125,"messages":810,"chatters_sum":70,"bits":10,"paid_messages":1,"subs":2,"coverage_viewers":0.75,"coverage_chat":0.75,"previous":{"streams":1,"open":0,"airtime_s":3600,"viewers_max":60,"viewers_max_at":"2026-11-19T12:30:00.000Z","messages_max":3,"messages_max_at":"2026-11-19T12:40:00.000Z","viewers_avg":50,"messages_avg":0.25,"hours_watched":25,"messages":90,"chatters_sum":20,"bits":0,"paid_messages":0,"subs":0,"coverage_viewers":0.5,"coverage_chat":0.5}},{"channel":"b","streams":1,"open":1,"airtime_s":100,"messages_max":1,"messages_max_at":"2026-11-18T12:00:00.000Z","messages_avg":0.0069,"messages":5,"chatters_sum":1,"bits":0,"paid_messages":0,"subs":0}]}' \
	"the figures of a week"
is "$(json --week 2026-W47 | jq -c .)" "$(json --week latest | jq -c .)" \
	"--week latest is the week of the newest stream"
is "$(json --week 2026-W48 | jq -c .channels)" '[]' "a week without streams"
tw-report --week 2026-W47 <"$tmp/in" >"$tmp/text"
is "$(awk '{ gsub(/–|†|…/, "x"); if (length > 100) n++ } END { print n + 0 }' "$tmp/text")" 0 \
	"text fits 100 columns"
like "$(cat "$tmp/text")" 'highest viewer count  *150  *60  *+150.0 %' "beside the week before"
like "$(cat "$tmp/text")" 'highest viewer count  *–  *–  *–' "unknown is a dash"
like "$(cat "$tmp/text")" 'seen of the airtime: viewers 75.0 %, chat 75.0 %' "coverage"
like "$(cat "$tmp/text")" '\* 1 of the streams was not over' "a footnote for open streams"
like "$(tw-report --week 2026-W30 <"$tmp/in")" '– no stream began' "an empty week"
is "$(tw-report --format csv --week 2026-W47 <"$tmp/in" | cut -d, -f1,6-9,12,24,26)" \
	'week,channel,streams,open,airtime_s,messages_max,previous_streams,previous_airtime_s
2026-W47,a,2,0,7200,9,1,3600
2026-W47,b,1,1,100,1,,' "CSV: empty = unknown"

# A later line of the same key takes the place of the earlier.
{ cat "$tmp/in"; s a 1 2026-11-18T12:00:00.000Z "$half"; } >"$tmp/in2"
is "$(tw-report --format json --week 2026-W47 "$tmp/in2" | jq .channels[0].messages)" 180 \
	"the later of two lines counts"

# Windows of which nothing is known count as heard: 90 x 5 / (1800 + 2 x 5).
{
	s a 2 2026-11-19T12:00:00.000Z "$half"
	for w in 00 05 05; do
		echo "{\"ts\":\"2026-11-19T12:00:$w.000Z\",\"channel\":\"a\",\"type\":\"window\",\"seconds\":5,\"stream_id\":\"2\",\"messages\":0}"
	done
	echo '{"ts":"2026-11-19T12:00:10.000Z","channel":"a","type":"window","seconds":5,"stream_id":"2","messages":0,"heard_s":0}'
} >"$tmp/in"
is "$(json --week latest | jq .channels[0].messages_avg)" 0.2486 \
	"windows of which nothing is known count as heard"

# Weeks: 53 and 1; zones; daylight saving.
for day in 2026-12-31T23:59:59.999Z 2027-01-03T23:59:59.999Z 2027-01-04T00:00:00.000Z; do
	s a "$day" "$day"
done >"$tmp/in"
is "$(json --week 2026-W53 | jq -c '[.from,.to,.channels[0].streams]')" \
	'["2026-12-28T00:00:00.000Z","2027-01-04T00:00:00.000Z",2]' "week 53"
is "$(json --week 2027-W01 | jq -c '[.from,.channels[0].streams,.channels[0].previous.streams]')" \
	'["2027-01-04T00:00:00.000Z",1,2]' "week 1 after week 53"
is "$(json --week latest | jq -r .week)" 2027-W01 "latest"
is "$(json --week 2026-W13 --tz Europe/Berlin | jq -c '[.from,.to]')" \
	'["2026-03-22T23:00:00.000Z","2026-03-29T22:00:00.000Z"]' "a week of 167 hours"
is "$(json --week 2026-W43 --tz America/New_York | jq -c '[.from,.to]')" \
	'["2026-10-19T04:00:00.000Z","2026-10-26T04:00:00.000Z"]' "New York"
is "$(json --week 2026-W44 --tz America/New_York | jq -c '[.from,.to]')" \
	'["2026-10-26T04:00:00.000Z","2026-11-02T05:00:00.000Z"]' "a week of 169 hours"
is "$(json | jq -r .week)" "$(date -u -d '-7 days' +%G-W%V)" \
	"the default is the last complete week"
is "$(json -c nobody --week latest -q | jq -c .channels)" '[]' "-c"

# The last week that has a beginning ends in a year that cannot be written, and so
# does the last hole.
{
	s a 1 9999-12-31T23:50:00.000Z
	echo '{"ts":"9999-12-31T23:59:55.000Z","channel":"a","type":"window","seconds":5,"stream_id":"1","messages":0,"heard_s":0}'
} >"$tmp/end"
for f in json csv text html; do
	tw-report -q --week latest --format $f "$tmp/end" >"$tmp/end.week" &&
		tw-report -q stream latest --format $f "$tmp/end" >"$tmp/end.$f"
	is $? 0 "the last moments of year 9999, $f"
done
is "$(tw-report --week latest --format json "$tmp/end" | jq -r .to)" 9999-12-31T23:59:59.999Z \
	"the end of their week"

# Files: the format by the name; whole or not at all.
"$TW_BIN/tests/gen" week "$tmp/week"
tw-parse "$tmp"/week/*/*/*.log | tw-agg >"$tmp/stats"
for f in txt csv json html; do
	tw-report --week latest -o "$tmp/r.$f" "$tmp/stats"
	[ -s "$tmp/r.$f" ]
	ok $? "-o r.$f"
done
is "$(tw-report --week latest --format html "$tmp/stats" | cmp - "$tmp/r.html")" "" \
	"twice gives the same bytes"
is "$(grep -cE 'https?:|<script|url\(' "$tmp/r.html")" 0 "HTML needs no network, no script"
is "$(grep -c '<svg' "$tmp/r.html")" "$(grep -c '<title>[A-Z][a-z]* .* \(of\|by\)' "$tmp/r.html")" \
	"every picture has a title"
printf '%s\n' "$(s '<b>&' 1 2026-11-18T12:00:00.000Z ',"airtime_s":1,"title":"<script>alert(1)</script>"')" |
	tw-report --week latest --format html >"$tmp/evil.html"
is "$(grep -c '<script\|<b>&<' "$tmp/evil.html")" 0 "strange names and titles are only text"
cp "$tmp/r.csv" "$tmp/before"
tw-report --week latest -o "$tmp/r.csv" "$tmp/stats" "$tmp/none" 2>"$tmp/err"
is "$? $(tail -n 1 "$tmp/err")" "1 tw-report: -o: $tmp/r.csv: stays as it is, as not all of the input could be read" \
	"no report of a part takes the place of a whole one"
same "$tmp/before" "$tmp/r.csv" "what was there stays"
tw-report --week latest -o "$tmp/no/r.txt" "$tmp/stats" 2>"$tmp/err"
is $? 1 "a folder that is not there: exit 1"
tw-report --week latest -o "$tmp/r.xyz" "$tmp/stats" 2>"$tmp/err"
is $? 2 "an extension that says nothing: exit 2"
tw-report --week latest "$tmp/stats" >/dev/full 2>"$tmp/err"
is $? 1 "a full disk: exit 1"
like "$(cat "$tmp/err")" 'No space left' "it is named"

for bad in '--week 2025-W53' '--week 2026-W00' '--week x' '--tz Mars/Base' \
	'--format pdf' '--nonsense'; do
	# shellcheck disable=SC2086 # two words each
	tw-report $bad </dev/null >/dev/null 2>&1
	is $? 2 "$bad: exit 2"
done
{
	echo '{"ts":1}'
	s a 1 2026-11-18T12:00:00.000Z | sed 's/,"messages_max":0//'
	cat "$tmp/stats"
} | tw-report --week latest >"$tmp/out" 2>"$tmp/err"
is $? 3 "a line that is no line of stats: exit 3"
like "$(cat "$tmp/err")" 'standard input:1: refused' "it is named"
is "$(grep -c "no line was of use" "$tmp/err")" 0 "others were of use"
like "$(echo '{}' | tw-report 2>&1 >"$tmp/none")" 'this reads stats, which tw-agg makes' \
	"what is of no use at all: it says what it reads"
like "$(cat "$tmp/err")" 'standard input:2: refused: .*: messages_max is missing' \
	"and so is one that does not say all"
tw-report --week latest "$tmp/stats" | cmp -s - "$tmp/out"
ok $? "and the others are reported"
name=$(head -n 1 "$tmp/stats" | jq -r .channel)
tw-report --week 2020-W01 -c "$name" -c tpyo "$tmp/stats" >"$tmp/out" 2>"$tmp/err"
is $? 0 "a channel that is mistyped is no failure"
is "$(cat "$tmp/err")" "tw-report: -c tpyo: nothing of this channel was read" \
	"but it is named, and not one that has no stream in that week"
is "$(tw-report -q -c tpyo "$tmp/stats" 2>&1 >"$tmp/out")" "" "-q: it is not"
is "$(tw-report history tpyo "$tmp/stats" 2>&1 >"$tmp/out" | wc -l)" 1 \
	"history says it by itself"

like "$(tw-report -h)" 'usage: tw-report' "-h"
[ "$(tw-report -h | wc -l)" -le 24 ]
ok $? "-h fits a screen"
# What is no file is written to as it is; what is read is not replaced.
mkfifo "$tmp/fifo.csv"
cat "$tmp/fifo.csv" >"$tmp/fifo.out" &
tw-report --week 2026-W48 -o "$tmp/fifo.csv" "$tmp/stats"
is $? 0 "-o to a FIFO"
wait $!
tw-report --week 2026-W48 --format csv "$tmp/stats" >"$tmp/plain.csv"
same "$tmp/fifo.out" "$tmp/plain.csv" "its reader gets the report"
[ -p "$tmp/fifo.csv" ]
ok $? "and it is still a FIFO"
(cd "$tmp" && tw-report --week 2026-W48 --format csv -o - stats) >"$tmp/dash.csv"
same "$tmp/dash.csv" "$tmp/plain.csv" "-o - is standard output"
[ ! -e "$tmp/-" ]
ok $? "and no file of that name"
cp "$tmp/stats" "$tmp/stats.json"
tw-report -o "$tmp/stats.json" "$tmp/stats.json" 2>"$tmp/err"
is $? 2 "-o a file that is read: exit 2"
same "$tmp/stats.json" "$tmp/stats" "it is as it was"
for args in "live --format json" "site --format csv -o $tmp/w" "--once" \
	"history kanal_eins -c kanal_zwei" "site --week latest -o $tmp/w" \
	"stream latest --week latest"; do
	# shellcheck disable=SC2086 # words
	tw-report $args "$tmp/stats" >"$tmp/out" 2>"$tmp/err"
	is "$? $(wc -c <"$tmp/out")" "2 0" "tw-report $args: exit 2"
done

done_testing
