#!/bin/sh
# tw-agg as a user calls it; the figures were computed by hand.
. "$(dirname "$0")/tap.sh"

# Events are written short: at TIME TYPE [MEMBERS], of channel c on one day.
at() {
	printf '{"ts":"2026-11-23T%sZ","channel":"c","type":"%s"%s}\n' \
		"$1" "$2" "${3:-}"
}
msg() {
	at "$1" message ",\"user_id\":\"$2\"${3:-}"
}
hit() {
	at "$1" viewers ",\"stream_id\":\"${3:-s1}\",\"started_at\":\"${4:-2026-11-23T12:00:00.000Z}\",\"viewers\":$2"
}
mark() {
	at "$1" mark ",\"mark\":\"$2\",\"by\":\"${3:-h/1/1}\"${4:-}"
}
# stream KEY...: these keys of the last line of each stream, as JSON lists
stream() {
	jq -c "select(.type==\"stream\") | [$(printf '.%s,' "$@" | sed 's/,$//')]" \
		"$tmp/out"
}
window() {
	jq -c "select(.type==\"window\" and .ts==\"2026-11-23T$1Z\") | del(.ts,.channel,.type,.seconds)" \
		"$tmp/out"
}
run() {
	tw-agg "$@" >"$tmp/out" 2>"$tmp/err"
}

# Uneven polls: 100 for 60 s, 200 for 30 s, 400 for 180 s (held for 3 x 60 s, not
# 300 s), the last lasts 0: (6000 + 6000 + 72000) / 270 = 311.1111
{
	hit 12:01:00.000 100
	hit 12:02:00.000 200
	hit 12:02:30.000 400
	hit 12:07:30.000 10
	at 12:30:00.000 offline
} | run
is "$(stream viewers_avg viewer_s sampled_s viewers_max viewers_max_at airtime_s hours_watched coverage_viewers)" \
	'[311.1111,84000,270,400,"2026-11-23T12:02:30.000Z",450,23.3333,0.6]' \
	"averages are weighted by time; a sample holds for 3 polls"
is "$(stream open)" '[true]' "one miss does not end it"

# A poll mark sets the hold limit: 3 x 10 s.
{
	mark 12:00:59.000 poll h/2/2 ',"interval_s":10'
	hit 12:01:00.000 100
	hit 12:02:00.000 200
} | run
is "$(stream viewer_s sampled_s)" '[3000,30]' "the hold limit follows interval_s"

# One sample: a plain mean, nothing watched that is known.
hit 12:01:00.000 70 | run
is "$(stream viewers_avg viewer_s sampled_s hours_watched coverage_viewers airtime_s)" \
	'[70,0,0,0,0,60]' "a single sample"

# Windows: edges belong to the window that begins there; the same chatter in two
# windows is two in the windows and one in the stream; quiet ones are 0.
{
	hit 12:00:02.000 10
	msg 12:00:04.999 1
	msg 12:00:05.000 1
	msg 12:00:09.999 2
	msg 12:00:15.000 1
	hit 12:00:19.000 20
} | run
is "$(window 12:00:00.000)" \
	'{"stream_id":"s1","viewers":10,"viewers_max":10,"messages":1,"chatters":1}' \
	"12:00:04.999 is in the first window"
is "$(window 12:00:05.000)" \
	'{"stream_id":"s1","viewers":10,"messages":2,"chatters":2}' \
	"12:00:05.000 is in the second"
is "$(window 12:00:10.000)" '{"stream_id":"s1","viewers":10,"messages":0}' \
	"a quiet window is written as 0"
is "$(stream messages chatters windows messages_avg messages_max messages_max_at)" \
	'[4,2,4,1,2,"2026-11-23T12:00:05.000Z"]' "chatters are counted once a stream"

# Two samples in one window: their mean and the higher.
{
	hit 12:00:01.000 10
	hit 12:00:02.000 11
	hit 12:00:04.000 13
} | run
is "$(window 12:00:00.000)" \
	'{"stream_id":"s1","viewers":11.3333,"viewers_max":13,"messages":0}' \
	"samples inside of a window are averaged"

# What counts: cheers, money, subs, gift bombs, copies, moderation.
{
	hit 12:00:01.000 10
	msg 12:00:01.100 1 ',"bits":100,"mentions":["b","a","b"]'
	msg 12:00:01.200 1 ',"paid":{"amount":5,"currency":"USD","exponent":2},"first":true'
	msg 12:00:01.300 9 ',"shared_from":"2","bits":500,"mentions":["a"]'
	at 12:00:01.400 giftbomb ',"gift_count":2'
	at 12:00:01.500 subgift
	at 12:00:01.600 subgift
	at 12:00:01.700 sub ',"mentions":["a"]'
	at 12:00:01.800 resub
	at 12:00:01.900 resub ',"shared_from":"2"'
	at 12:00:02.000 notice ',"notice":"onetapgiftredeemed","bits":5'
	at 12:00:02.100 notice ',"notice":"giftpaidupgrade"'
	at 12:00:02.200 raid ',"raid_viewers":5'
	at 12:00:02.300 delete
	at 12:00:02.400 timeout
	at 12:00:02.500 ban
	at 12:00:02.600 clear
	at 12:00:02.700 announcement
	hit 12:00:03.000 10
} | run
is "$(window 12:00:00.000)" \
	'{"stream_id":"s1","viewers":10,"viewers_max":10,"messages":2,"messages_shared":1,"chatters":1,"bits":105,"cheers":1,"paid_messages":2,"subs":4,"gifts":2,"raids":1,"deleted":1,"timeouts":1,"bans":1,"mentions":{"a":2,"b":1}}' \
	"every counter"
is "$(stream chatters_new bits subs gifts)" '[1,105,4,2]' "and in the stream"

# Outside of streams only windows in which something counts.
{
	at 12:00:00.000 offline
	at 12:00:01.000 announcement
	at 12:00:06.000 ban
} | run
is "$(wc -l <"$tmp/out")" 1 "outside of streams only what counts is written"

# A hole: lost at 12:00:07, back at 12:00:13.5; 3 + 5 - 6.5 seconds are missing.
{
	mark 12:00:00.000 join
	hit 12:00:01.000 10
	msg 12:00:06.000 1
	mark 12:00:08.000 lost h/1/1 ',"since":"2026-11-23T12:00:07.000Z","why":"x"'
	mark 12:00:13.500 join
	hit 12:00:19.000 10
	mark 12:00:20.000 alive
} | run
is "$(window 12:00:05.000 | jq .heard_s) $(window 12:00:10.000 | jq .heard_s)" \
	'2 1.5' "lost and join cut the heard time to the millisecond"
is "$(stream heard_s messages_avg coverage_chat)" '[13.5,0.3704,0.7105]' \
	"holes do not count: 1 x 5 / 13.5, 13.5 / 19"

# Dead without a mark: the last sign at 12:01:00, the next one 151 s later.
{
	mark 12:00:00.000 join
	mark 12:01:00.000 alive
	hit 12:00:01.000 10
	hit 12:01:01.000 10
	hit 12:02:01.000 10
	hit 12:03:01.000 10
	mark 12:03:31.000 alive
	hit 12:04:01.000 10
	mark 12:04:05.000 stop
} | run
is "$(stream heard_s)" '[94]' "a collector that is silent for 151 s was dead"
{
	mark 12:00:00.000 join
	mark 12:01:00.000 alive
	mark 12:03:30.000 alive
	hit 12:00:01.000 10
	hit 12:01:01.000 10
	hit 12:02:01.000 10
	hit 12:03:01.000 10
} | run
is "$(stream heard_s)" '[185]' "one that is silent for 150 s was not"

# A second collector fills the hole of the first; a gap is its own's.
{
	mark 12:00:00.000 join h/1/1
	mark 12:00:00.000 join h/2/2
	hit 12:00:01.000 10
	mark 12:00:10.000 gap h/1/1 ',"from":"2026-11-23T12:00:05.000Z","to":"2026-11-23T12:00:09.000Z","lines":3'
	mark 12:00:15.000 alive h/1/1
	mark 12:00:07.000 stop h/2/2
	hit 12:00:14.000 10
} | run
is "$(window 12:00:05.000 | jq .heard_s)" 3 \
	"7 to 9 is in the gap of one and after the stop of the other"

# Before the first chat mark nothing is known, and counts as heard.
{
	hit 12:00:01.000 10
	msg 12:00:02.000 1
	mark 12:00:10.000 join
	mark 12:00:20.000 alive
	hit 12:00:19.000 10
} | run
is "$(window 12:00:05.000)" '{"stream_id":"s1","viewers":10,"messages":0}' \
	"no heard_s before the first chat mark"
is "$(stream heard_s messages_avg)" '[10,0.25]' "1 x 5 / (10 + 2 x 5)"

# False offline: 2 misses; 4 misses in 4 minutes; and over at the third that is
# 10 minutes after the last hit.
misses() {
	hit 12:01:00.000 10
	for t in "$@"; do at "$t" offline; done
}
{ misses 12:02:00.000 12:20:00.000; hit 12:21:00.000 20; } | run
is "$(stream ended_at airtime_s)" '["2026-11-23T12:21:00.000Z",1260]' \
	"two misses do not end a stream"
{ misses 12:02:00.000 12:03:00.000 12:04:00.000 12:05:00.000; hit 12:06:00.000 20; } | run
is "$(stream ended_at airtime_s)" '["2026-11-23T12:06:00.000Z",360]' \
	"four misses in four minutes do not"
{ misses 12:02:00.000 12:10:59.999 12:10:59.999; hit 12:11:30.000 20; } | run
is "$(stream airtime_s)" '[690]' "nor do three within 9:59.999"
{ misses 12:02:00.000 12:03:00.000 12:11:00.000; at 12:40:00.000 offline; } | run
is "$(stream ended_at open airtime_s)" '["2026-11-23T12:01:00.000Z",null,60]' \
	"the third miss, 10 minutes after the hit, does"

# 12 minutes away and the same id again: a new segment, one line.
{ misses 12:02:00.000 12:03:00.000 12:12:00.000; hit 12:13:00.000 20; hit 12:14:00.000 30; } | run
is "$(stream stream_id ended_at airtime_s viewer_s sampled_s windows)" \
	'["s1","2026-11-23T12:14:00.000Z",120,1200,60,26]' \
	"the same id again is a new segment; the gap stays outside"

# A new id ends the stream before at its last hit.
{ hit 12:01:00.000 10; hit 12:02:00.000 10; hit 12:02:32.000 5 s2 2026-11-23T12:02:20.000Z; } | run
is "$(stream stream_id ended_at open windows)" \
	'["s1","2026-11-23T12:02:00.000Z",null,25]
["s2","2026-11-23T12:02:32.000Z",true,3]' "a new id after a restart"
{ hit 12:01:00.000 10 s2; hit 12:02:00.000 99 s1 2026-11-23T11:00:00.000Z; hit 12:03:00.000 10 s2; } | run
is "$(stream stream_id viewers_max)" '["s2",10]' "an older stream is a cache"

# Begins: the windows reach back 10 minutes at most, the airtime to started_at.
hit 12:30:00.000 10 | run
is "$(stream airtime_s windows)" '[1800,121]' \
	"found half an hour late: 1800 s of airtime, windows from 12:20"

# 6 hours without hit or miss.
{ hit 12:01:00.000 10; msg 18:00:59.999 1; } | run
is "$(stream open)" '[true]' "5:59:59.999 without a poll: still open"
{ hit 12:01:00.000 10; msg 18:01:00.000 1; } | run
is "$(stream open)" '[null]' "6 hours: over"

# Over midnight.
{
	hit 23:59:58.000 10 s1 2026-11-23T23:59:00.000Z
	hit 23:59:59.000 20 s1 2026-11-23T23:59:00.000Z
	hit 00:00:04.000 20 s1 2026-11-23T23:59:00.000Z | sed 's/23T00/24T00/'
} | run
is "$(stream ts ended_at windows)" \
	'["2026-11-23T23:59:00.000Z","2026-11-24T00:00:04.000Z",13]' \
	"a stream over midnight is one stream"

# Imported chat: a silence of strictly more than the gap parts two streams.
{ msg 12:00:00.000 1; msg 12:30:00.000 2; msg 13:00:00.001 3; } | run
is "$(stream stream_id inferred airtime_s messages)" \
	'["~2026-11-23T12:00:00.000Z",true,1800,2]
["~2026-11-23T13:00:00.001Z",true,0,1]' "inferred streams"
{ msg 12:00:00.000 1; msg 12:00:10.001 2; } | run --session-gap 10s
is "$(stream airtime_s | wc -l)" 2 "--session-gap"
{ msg 12:00:00.000 1; at 12:20:00.000 offline; msg 12:21:00.000 1; } | run
is "$(stream airtime_s)" '' "a run under way at the first Helix line is none"

# Late: its window is written.
{
	at 12:00:00.000 offline
	msg 12:00:01.000 1
	at 12:30:00.000 offline
	msg 12:00:02.000 2
	msg 12:29:00.000 3
} >"$tmp/late"
tw-agg --rejects "$tmp/rejects" "$tmp/late" >"$tmp/out" 2>"$tmp/err"
is $? 3 "a late event: exit 3"
is "$(cat "$tmp/err")" "tw-agg: $tmp/late:4: refused: late: its window is already written" \
	"it is named"
is "$(cat "$tmp/rejects")" "$(sed -n 4p "$tmp/late")" "and kept"
# Where nothing is of use a stage was left out.
printf '2026-11-23T12:00:00.000Z\tirc\tk\tPING\n' >"$tmp/raw"
like "$(tw-agg "$tmp/raw" 2>&1)" 'this reads events, which tw-parse makes' \
	"of a raw log it says what it reads"
is "$(tw-agg -q "$tmp/raw" 2>&1)" "" "not with -q"

# Later than --hold, and its window is not written: as if it had come in time.
# in_time WHAT: $tmp/in gives what it gives in order of time
in_time() {
	sort "$tmp/in" | tw-agg >"$tmp/want"
	tw-agg "$tmp/in" >"$tmp/out" 2>"$tmp/err"
	is "$? $(cat "$tmp/err")" '0 ' "$1: not late"
	same "$tmp/want" "$tmp/out" "$1: the same lines"
}
{
	hit 12:22:00.000 5 s1 2026-11-23T12:10:00.000Z
	at 12:24:10.000 offline
	hit 12:23:00.000 5 s2 2026-11-23T12:23:00.000Z
} >"$tmp/in"
in_time "a new stream behind one of which windows are written"
{
	hit 12:34:01.000 9 s1 2026-11-23T12:35:21.000Z
	hit 12:35:01.000 9 s1 2026-11-23T12:35:21.000Z
	mark 12:41:26.000 alive
	mark 12:39:06.000 alive
} >"$tmp/in"
in_time "a stream that began after its first hits"
{
	hit 12:01:30.000 1 s1 2026-11-23T12:00:00.000Z
	msg 12:04:30.000 1
	hit 12:07:50.000 8 s2 2026-11-23T12:01:30.000Z
	msg 12:11:50.000 2
	hit 12:09:50.000 8 s2 2026-11-23T12:01:30.000Z
} >"$tmp/in"
in_time "a second hit, the stream before is out"

# One clock that is wrong does not move the watermark, two do.
{
	msg 12:00:01.000 1
	msg 12:00:02.000 1 | sed 's/2026/2099/'
	msg 12:00:03.000 1
} | run
is $? 0 "one event in the year 2099 makes nothing late"

# Other lengths of windows.
{ hit 12:00:01.000 10; msg 12:00:30.000 1; hit 12:01:30.000 30; } | run --window 60
is "$(stream windows seconds messages_avg)" '[2,60,0.5]' "--window 60"

# Bad input.
printf 'x\n{"ts":1}\n[1]\n{"ts":"2026-11-23T12:00:00Z","channel":"c","type":"dance"}\n' |
	tw-agg >"$tmp/out" 2>"$tmp/err"
is $? 3 "lines that are no events: exit 3"
is "$(grep -c ": refused: " "$tmp/err")" 4 "each is named"
{ printf '{ "type" : "message", "channel":"c", "user_id":"\\u0031", "ts":"2026-11-23T13:00:01+01:00" }\n'; } | run
is "$(jq -c '[.ts,.chatters]' "$tmp/out" | head -1)" \
	'["2026-11-23T12:00:00.000Z",1]' "any spelling of JSON is read"
tw-agg "$tmp/none" >/dev/null 2>&1
is $? 1 "a missing file: exit 1"
tw-agg --window 0 </dev/null >/dev/null 2>&1
is $? 2 "--window 0: exit 2"
hit 12:00:01.000 10 | tw-agg >/dev/full 2>"$tmp/err"
is $? 1 "a full disk: exit 1"
like "$(cat "$tmp/err")" 'standard output: No space left' "it is named"
is "$(tw-agg </dev/null)" "" "no input, no output"

# --since and --until limit what is written.
{ hit 12:00:01.000 10; hit 12:10:00.000 10; } >"$tmp/in"
tw-agg --since 2026-11-23T12:05:00Z "$tmp/in" >"$tmp/out" 2>"$tmp/err"
is "$(head -1 "$tmp/out" | jq -r .ts) $(grep -c stream\" "$tmp/out")" \
	"2026-11-23T12:05:00.000Z 0" "--since: windows from then on, no stream from before"
like "$(cat "$tmp/err")" 'stream s1 began before --since' "which is told"

# Generated weeks: a stream's counters are the sums over its windows; cuts and
# runs make no difference.
for seed in 1 2 3; do
	"$TW_BIN/tests/gen" week "$tmp/week$seed" $seed
	tw-parse "$tmp/week$seed"/*/*/*.log >"$tmp/events"
	tw-agg "$tmp/events" >"$tmp/stats"
	jq -n '[inputs] | group_by(.channel + " " + (.stream_id // ""))
		| map(select(.[0].stream_id)) | map(
		  (map(select(.type == "window"))) as $w
		  | (map(select(.type == "stream")) | .[-1]) as $s
		  | [["messages","messages_shared","bits","cheers","paid_messages",
		      "subs","gifts","raids","deleted","timeouts","bans"][] as $k
		     | ($w | map(.[$k] // 0) | add) == ($s[$k] // 0)]
		    + [($w | length) == $s.windows,
		       ($w | map(.messages) | max) == $s.messages_max,
		       (($w | map(.heard_s) | add) - $s.heard_s | fabs) < 0.0005]
		  | all) | [length, all]' -c "$tmp/stats" >"$tmp/sums"
	like "$(cat "$tmp/sums")" '^\[[1-9][0-9]*,true\]$' \
		"week $seed: a stream is the sum of its windows"
	split -b 99991 "$tmp/events" "$tmp/cut."
	cat "$tmp"/cut.* | dd ibs=4093 obs=511 2>/dev/null | tw-agg |
		cmp -s - "$tmp/stats"
	ok $? "week $seed: reads of any size give the same bytes"
	rm -f "$tmp"/cut.*
done

like "$(tw-agg -h)" 'usage: tw-agg' "-h"
[ "$(tw-agg -h | wc -l)" -le 24 ]
ok $? "-h fits a screen"
done_testing
