#!/bin/sh
# tw-report history, stream, mentions, live, site; the figures were computed by
# hand.
. "$(dirname "$0")/tap.sh"

# w SECOND MESSAGES [MEMBERS]: a window of stream 7 of channel k, from 12:00:SS
w() {
	printf '{"ts":"2026-11-18T12:00:%s.000Z","channel":"k","type":"window","seconds":5,"stream_id":"7","viewers":%s,"messages":%s%s,"heard_s":%s}\n' \
		"$1" "${4:-50}" "$2" "${3:-}" "${5:-5}"
}
# s CHANNEL ID STARTED [TITLE]
s() {
	printf '{"ts":"%s","channel":"%s","type":"stream","seconds":5,"stream_id":"%s","started_at":"%s","ended_at":"%s","title":"%s","category":"Chess","airtime_s":3600,"viewers_avg":100,"viewers_max":150,"viewers_max_at":"2026-11-18T12:30:00.000Z","viewer_s":360000,"sampled_s":3600,"messages":720,"messages_avg":1,"messages_max":9,"messages_max_at":"2026-11-18T12:40:00.000Z","chatters":50,"bits":10,"heard_s":1800,"windows":720}\n' \
		"$3" "$1" "$2" "$3" "$3" "${4:-Titel}"
}
{
	w 00 3
	w 05 9 ',"bits":100,"paid_messages":1,"raids":1' 60
	w 10 0 '' 60 0
	w 15 0 '' 60 0
	w 20 2
	s k 7 2026-11-18T12:00:00.000Z
	s k 6 2026-11-11T12:00:00.000Z
	s other 8 2026-11-18T12:00:00.000Z
} >"$tmp/stats"

# History.
h() {
	tw-report history k --format json "$@" "$tmp/stats"
}
is "$(h | jq -c '[.report,.channel,.tz,.sum.streams,.sum.messages,.sum.viewers_avg,.sum.hours_watched,.sum.coverage_chat]')" \
	'["history","k","UTC",2,1440,100,200,0.5]' "history: the sum of two streams"
is "$(h | jq -c '.streams[1]')" \
	'{"channel":"k","stream_id":"7","started_at":"2026-11-18T12:00:00.000Z","ended_at":"2026-11-18T12:00:00.000Z","title":"Titel","category":"Chess","seconds":5,"airtime_s":3600,"viewers_avg":100,"viewers_max":150,"viewers_max_at":"2026-11-18T12:30:00.000Z","viewer_s":360000,"sampled_s":3600,"hours_watched":100,"messages":720,"messages_avg":1,"messages_max":9,"messages_max_at":"2026-11-18T12:40:00.000Z","messages_shared":0,"chatters":50,"chatters_new":0,"bits":10,"cheers":0,"paid_messages":0,"subs":0,"gifts":0,"raids":0,"deleted":0,"timeouts":0,"bans":0,"heard_s":1800,"windows":720,"coverage_viewers":1,"coverage_chat":0.5}' \
	"all figures of a stream"
is "$(h --week 2026-W47 | jq -c '[.from,.to,(.streams|length)]')" \
	'["2026-11-16T00:00:00.000Z","2026-11-23T00:00:00.000Z",1]' "--week"
is "$(h --until 2026-11-18T12:00:00Z | jq -c '[.streams[].stream_id]')" '["6"]' "--until"
is "$(h --since 2026-11-18 --tz Asia/Tokyo | jq -c '[.from,(.streams|length)]')" \
	'["2026-11-17T15:00:00.000Z",1]' "--since is a day of --tz"
is "$(tw-report history '#K' --format csv "$tmp/stats" | cut -d, -f1-4,9,13)" \
	'channel,stream_id,started_at,ended_at,category,viewers_avg
k,6,2026-11-11T12:00:00.000Z,2026-11-11T12:00:00.000Z,Chess,100
k,7,2026-11-18T12:00:00.000Z,2026-11-18T12:00:00.000Z,Chess,100' "CSV"
like "$(tw-report history k "$tmp/stats")" '^Wed 18 Nov 12:00 *1 h 00 min *100.0 *150 *720 *50 *10 ▃█··▃' \
	"text: a sparkline with its hole"
tw-report history nobody "$tmp/stats" >"$tmp/out" 2>"$tmp/err"
is $? 0 "a channel without streams"
like "$(cat "$tmp/err")" 'no stream of nobody' "is said"

# On air. air ID BEGIN END [BEGIN END]: a stream, with minutes as windows
air() {
	id=$1
	start=$2
	while [ $# -gt 1 ]; do
		end=$3
		jq -nrc --arg id "$id" --arg a "$2" --arg e "$3" '
			def at: strptime("%Y-%m-%dT%H:%MZ") | mktime;
			range($a | at; $e | at; 60) |
			{ts:(todate | sub("Z"; ".000Z")),channel:"air",
			 type:"window",seconds:60,stream_id:$id,messages:1,
			 heard_s:60}'
		shift 2
	done
	printf '{"ts":"%s","channel":"air","type":"stream","seconds":60,"stream_id":"%s","started_at":"%s","ended_at":"%s","airtime_s":3600,"messages":9,"messages_max":1,"messages_max_at":"%s","windows":9}\n' \
		"${start%Z}:00Z" "$id" "${start%Z}:00Z" "${end%Z}:00Z" "${start%Z}:00Z"
}
days() {
	tw-report history air --tz Europe/Berlin | sed -n '/^On air/,/^$/p' |
		grep '2026 ' | sed 's/^.* 2026   //; s/\(·\)*$//'
}
# 25 hours: 02:30 summer time to 03:00 winter time are the half hours 4 and 5, and
# again; 23:50 to 00:10 end the day and begin the next.
is "$({
	air 1 2026-10-25T00:30Z 2026-10-25T02:00Z
	air 2 2026-10-25T22:50Z 2026-10-25T23:10Z
} | days)" "█
····██·········································█" "on air: the clock is set back"
# 23 hours: 01:30 winter time to 03:30 summer time is one hour.
is "$(air 3 2026-03-29T00:30Z 2026-03-29T01:30Z | days)" "···█··█" \
	"on air: the clock is set forward"
is "$(air 3 2026-03-29T00:30Z 2026-03-29T01:30Z |
	tw-report history air --tz Europe/Berlin --format html |
	grep -o 'style="left:[0-9.]*%;width:[0-9.]*%"' | tr '\n' ' ')" \
	'style="left:6.25%;width:2.08%" style="left:12.50%;width:2.08%" ' \
	"on air: bars by the clock on the wall"
# Windows that come in another order take the place of others: that is told.
air 5 2026-11-17T17:00Z 2026-11-17T17:09Z >"$tmp/air"
tw-report stream 5 "$tmp/air" >"$tmp/out" 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "0 " "all nine windows are there"
tac "$tmp/air" | tw-report stream 5 >"$tmp/out" 2>"$tmp/err"
like "$? $(cat "$tmp/err")" '^0 tw-report: stream: 1 stream has more windows than the input' \
	"backwards they are not, and that is said"
# Away for an hour and back: the gap is not airtime.
is "$(air 4 2026-11-17T17:00Z 2026-11-17T18:00Z 2026-11-17T19:00Z 2026-11-17T19:30Z |
	days)" "····································██··█" "on air: not in a gap"
is "$(air 4 2026-11-17T17:00Z 2026-11-17T18:00Z 2026-11-17T19:00Z 2026-11-17T19:30Z |
	grep stream\",\" | days)" "····································█████" \
	"on air: without windows from begin to end"

# One stream.
st() {
	tw-report stream "$@" --format json "$tmp/stats"
}
is "$(st 7 | jq -c '[.channel,.title,.peaks,.holes]')" \
	'["k","Titel",[{"ts":"2026-11-18T12:00:05.000Z","messages":9}],[{"from":"2026-11-18T12:00:10.000Z","to":"2026-11-18T12:00:20.000Z"}]]' \
	"stream: its peak and its hole"
is "$(st k 7 | jq -c '.course[1]')" \
	'{"ts":"2026-11-18T12:00:05.000Z","seconds":5,"viewers_min":60,"viewers_max":60,"messages":9,"messages_min":9,"messages_max":9,"bits":100,"paid_messages":1,"subs":0,"raids":1,"windows":1,"heard":1}' \
	"its course"
is "$(st k 7 | jq -c '.course[2]|[.messages_max,.heard]')" '[null,0]' "a hole is not 0"
is "$(st other latest | jq -r .stream_id)" 8 "the newest of a channel"
is "$(tw-report stream k 7 --format csv "$tmp/stats" | sed -n 3p)" \
	'2026-11-18T12:00:05.000Z,5,60,60,9,9,9,100,1,0,1,1,1' "CSV is the course"
like "$(tw-report stream 7 --tz Europe/Berlin "$tmp/stats")" 'raid  Wed 18 Nov 13:00' "text, local time"
tw-report stream 99 "$tmp/stats" >"$tmp/out" 2>"$tmp/err"
is $? 1 "a stream that is not there: exit 1"
is "$(cat "$tmp/out")" "" "and nothing on standard output"

# Mentions, from events and for viewer-minutes; from windows alone.
m() {
	printf '{"ts":"2026-11-18T12:%s.000Z","channel":"k","type":"message","user_id":"%s","badges":"%s","mentions":["cola"],"text":"\\"type\\":\\"window\\""}\n' "$@"
}
{
	m 00:01 1 broadcaster/1
	m 05:01 2 moderator/1,vip/1
	m 05:02 3 subscriber/1
	m 05:30 3 ''
} >"$tmp/events"
is "$(tw-report mentions -c k --format json "$tmp/events" "$tmp/stats" | jq -c 'del(.names[].hours)')" \
	'{"report":"mentions","tz":"UTC","viewer_minutes":12000,"names":[{"name":"cola","mentions":4,"people":3,"broadcaster":1,"moderators":1,"viewers":2,"per_1000_viewer_minutes":0.3333,"first":"2026-11-18T12:00:01.000Z","last":"2026-11-18T12:05:30.000Z","busiest_minute":"2026-11-18T12:05:00.000Z","busiest_minute_mentions":3}]}' \
	"mentions: 4 in 12,000 viewer-minutes"
is "$(w 00 3 ',"mentions":{"cola":2,"tee":1}' | tw-report mentions --format csv)" \
	'name,mentions,people,broadcaster,moderators,viewers,per_1000_viewer_minutes,first,last,busiest_minute,busiest_minute_mentions
cola,2,,,,,,2026-11-18T12:00:00.000Z,2026-11-18T12:00:00.000Z,2026-11-18T12:00:00.000Z,2
tee,1,,,,,,2026-11-18T12:00:00.000Z,2026-11-18T12:00:00.000Z,2026-11-18T12:00:00.000Z,1' \
	"from windows alone nobody knows who"
is "$(tw-report mentions --format json --since 2026-11-18T12:05:02Z "$tmp/events" | jq .names[0].mentions)" 2 "--since"
echo '{ "type" : "stream" }' | cat - "$tmp/events" | tw-report mentions >/dev/null 2>"$tmp/err"
is $? 3 "a line that is neither is refused"

# Hostile text is text everywhere.
evil='</title><script>alert(1)</script>\u202e\u0007\u001b[31m\"=1+1'
s k 9 2026-11-19T12:00:00.000Z "=$evil" >"$tmp/evil"
for view in 'history k' 'stream k 9' site; do
	# shellcheck disable=SC2086 # two or three words
	if [ "$view" = site ]; then
		tw-report site -o "$tmp/evilsite" "$tmp/evil"
		cat "$tmp"/evilsite/*.html "$tmp"/evilsite/*/*.html
	else
		tw-report $view --format html "$tmp/evil" |
			sed '/^<script>$/,/^<.script>$/d'
	fi >"$tmp/out"
	is "$(grep -c '<script>\|</title><' "$tmp/out")" 0 "$view: HTML"
done
for view in 'history k' 'stream k 9'; do
	# shellcheck disable=SC2086
	tw-report $view "$tmp/evil" >"$tmp/out"
	is "$(LC_ALL=C grep -c "$(printf '\033\|\007\|\342\200\256')" "$tmp/out")" 0 \
		"$view: text lets no escape through"
done
like "$(tw-report history k --format csv "$tmp/evil")" "\"'=</title>" "CSV: no formula"

# The live view, one frame.
{
	for second in 00 05 10 15 20 25 30 35 40 45 50 55; do w $second 10; done
	w 55 20
} >"$tmp/live"
is "$(tw-report live --once "$tmp/live")" \
	'12:01:00 UTC  1 channels  2.2 messages a second                                
channel            messages       msg/s chat/min viewers  age    bits paid seen
k                  ·▅▅▅▅▅▅▅▅▅▅▅█    2.2        0      50    –       0    0 100%' \
	"live --once: a window that comes again counts once"
is "$(COLUMNS=60 tw-report live --once "$tmp/live" | sed 's/·\|▅\|█\|–\|…/x/g' | awk '{ print length }' | sort -u)" 59 "COLUMNS"

# The site: only what changed is written; links lead somewhere.
"$TW_BIN/tests/gen" stats 2 2 60 >"$tmp/year"
tw-report site -v -o "$tmp/site" "$tmp/year" 2>"$tmp/err"
like "$(cat "$tmp/err")" 'site: 24 pages written, 0 as they were' "all pages"
find "$tmp/site" -type f -exec touch -d 2020-01-01 {} +
tw-report site -v -o "$tmp/site" "$tmp/year" 2>"$tmp/err"
like "$(cat "$tmp/err")" ' 0 pages written, 24 as they were' "nothing changed, nothing is written"
is "$(find "$tmp/site" -type f -newermt 2021-01-01)" "" "not even touched"
{ cat "$tmp/year"; s kanal_00 77 2026-11-22T12:00:00.000Z; } >"$tmp/year2"
out=$("$root/scripts/tw-site" "$tmp/year2" 2>&1)
is "$? $out" "2 tw-site: $tmp/year2: is no folder; that of the site goes before the files" \
	"the folder was forgotten"
"$root/scripts/tw-site" "$tmp/site" "$tmp/year2"
is "$(find "$tmp/site" -name '*.html' -newermt 2021-01-01 | wc -l)" 4 \
	"a new stream: its page, its channel, its week, the overview"
is "$(find "$tmp/site" -name '*.tmp')" "" "nothing is left aside"
# A run that fails has written pages, of which the next one knows nothing.
page=$tmp/site/stream/kanal_00.77.html
cp "$page" "$tmp/page"
sed 's/"title":"Titel"/"title":"Later"/' "$tmp/year2" >"$tmp/year3"
rm "$tmp/site/index.html"
mkdir "$tmp/site/index.html"
tw-report site -o "$tmp/site" "$tmp/year3" 2>/dev/null
is "$? $(grep -c Later "$page")" "1 1" "a site that cannot be written to its end"
rmdir "$tmp/site/index.html"
tw-report site -o "$tmp/site" "$tmp/year2"
same "$page" "$tmp/page" "and older data: its pages are made again"
is "$(cat "$tmp"/site/*.html "$tmp"/site/*/*.html | grep -c 'https\{0,1\}:')" 0 "no address of elsewhere"
tw-report site "$tmp/year" 2>/dev/null
is $? 2 "site without a folder: exit 2"
tw-report site -o /dev/null/x "$tmp/year" 2>/dev/null
is $? 1 "a folder that cannot be: exit 1"

# A stream of 12 hours stays small.
python3 - >"$tmp/long" <<'PY'
import datetime
for i in range(8640):
    t = datetime.datetime.fromtimestamp(1795435200 + i * 5, datetime.timezone.utc)
    print('{"ts":"%s.000Z","channel":"k","type":"window","seconds":5,"stream_id":"9","viewers":%d,"messages":%d,"heard_s":5}'
          % (t.strftime('%Y-%m-%dT%H:%M:%S'), 1000 + i % 97, 999 if i == 4321 else i * 7 % 31))
PY
s k 9 2026-11-23T12:00:00.000Z >>"$tmp/long"
tw-report stream k 9 -o "$tmp/long.html" "$tmp/long"
[ "$(wc -c <"$tmp/long.html")" -lt 307200 ]
ok $? "12 hours: $(wc -c <"$tmp/long.html") bytes of 307200"
is "$(tw-report stream k 9 --format json "$tmp/long" | jq -c '[(.course|length) <= 720, ([.course[].messages_max]|max), .peaks[0].messages]')" \
	'[true,999,999]' "and its peak is there"

# Moments are to the window, although the picture has 12 of them in a bucket; a window
# that is written again, as by tw-agg --live, takes its own place alone.
awk 'NR == 5001 || NR == 5002 { sub(/"messages":[0-9]*,"heard_s":5/, "\"messages\":0,\"heard_s\":0") }
	NR == 7778 { sub(/"heard_s"/, "\"raids\":1,\"heard_s\"") }
	NR == 4431 { sub(/"messages":[0-9]*/, "\"messages\":700") }
	NR == 4443 { sub(/"messages":[0-9]*/, "\"messages\":500") }
	NR == 8001 { again = $0; sub(/"messages":[0-9]*/, "\"messages\":600", again) }
	{ print }
	NR == 8003 { print again }' "$tmp/long" >"$tmp/moments"
is "$(tw-report stream k 9 --format json "$tmp/moments" | jq -c '.peaks[],.holes[],([.course[].windows]|add)')" \
	'{"ts":"2026-11-23T18:00:05.000Z","messages":999}
{"ts":"2026-11-23T23:06:40.000Z","messages":600}
{"ts":"2026-11-23T18:10:10.000Z","messages":500}
{"from":"2026-11-23T18:56:40.000Z","to":"2026-11-23T18:56:50.000Z"}
8640' "peaks and holes are to the window"
is "$(tw-report stream k 9 "$tmp/moments" | grep -A1 '^  raid  ')" "  raid  Mon 23 Nov 22:48
  hole  Mon 23 Nov 18:56 – 18:56  chat not heard for 10 s" "and so is a raid"
like "$(tw-report stream k 9 --format html "$tmp/moments")" \
	'<li>Chat not heard from 18:56 to 18:56 for 10 s</li>' "also in HTML"
awk 'NR <= 8640 && NR % 10 == 1 { sub(/"messages":[0-9]*,"heard_s":5/, "\"messages\":0,\"heard_s\":0") } { print }' \
	"$tmp/long" >"$tmp/holes"
is "$(tw-report stream k 9 "$tmp/holes" | grep -c '^  hole') $(tw-report stream k 9 "$tmp/holes" | tail -n 1)" \
	"32   and 832 more holes" "of many holes some are listed, and the number of the others"
is "$(tw-report stream k 9 --format json "$tmp/holes" | jq '.holes|length')" 864 "JSON has all"
{ w 00 4; w 05 0 '' 50 0; w 10 2 ',"bits":10'; s k 7 2026-11-18T12:00:00.000Z; } >"$tmp/hole"
is "$(tw-report stream 7 --format csv "$tmp/hole" 2>/dev/null | cut -d , -f 5-)" \
	'messages,messages_min,messages_max,bits,paid_messages,subs,raids,windows,heard
4,4,4,0,0,0,0,1,1
,,,,,,,1,0
2,2,2,10,0,0,0,1,1' "CSV: of a hole nothing is known"
is "$(tw-report stream 7 --format json "$tmp/hole" 2>/dev/null | jq -c '.course[1]')" \
	'{"ts":"2026-11-18T12:00:05.000Z","seconds":5,"viewers_min":50,"viewers_max":50,"windows":1,"heard":0}' \
	"nor in JSON"

# A window that is written again as another stream's leaves the one that had it.
s k 6 2026-11-18T12:00:10.000Z >"$tmp/moved"
{ cat "$tmp/hole"; w 10 2; w 15 3; } | sed '5,$s/"7"/"6"/' >>"$tmp/moved"
is "$(for id in 6 7; do
	tw-report stream $id --format json "$tmp/moved" 2>/dev/null |
		jq -c '[.course[].ts[17:19]]'
done)" '["10","15"]
["00","05"]' "of two lines of a window the later one says whose it is"

# On air without a line of the stream yet: no page of the channel to lead to; of two
# streams of a channel the newer one is.
{ w 00 4; w 05 5; w 10 5; } | sed '2,3s/"7"/"6"/' >"$tmp/air"
tw-report site -o "$tmp/air.site" "$tmp/air"
is "$? $(grep -c 'href="channel/' "$tmp/air.site/live.html") $(grep -c '<tr><th scope="row"><bdi>k</bdi>' "$tmp/air.site/live.html")" \
	"0 0 1" "site: who is on air without a page is not linked, and is there once"

# Figures of a million are whole, and apart.
s k 8 2026-11-23T12:00:00.000Z | sed 's/"bits":10/"bits":1234567/; s/"chatters":50/"chatters":2345678/' >"$tmp/wide"
like "$(tw-report history k "$tmp/wide")" ' 2,345,678 1,234,567$' "history: no figure is cut"

for bad in history stream 'stream k' 'history ?' 'weekly --since 2026-11-01' \
	'mentions --week latest' 'live -o x'; do
	# shellcheck disable=SC2086
	tw-report $bad </dev/null >/dev/null 2>&1
	is $? 2 "$bad: exit 2"
done
done_testing
