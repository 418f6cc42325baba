#!/bin/sh
# The scripts that take the place of a workflow engine: a fortnight day by day,
# and what can go wrong without a database.
. "$(dirname "$0")/tap.sh"
. "$here/ops.sh"
# A fortnight, day by day
monday=$(date -u -d 2026-11-09 +%s)
for d in 0 1 2 3 4 5 6 7 8 9 10 11 12 13; do
	day=$(date -u -d "@$((monday + d * 86400))" +%F)
	for time in 09:45 16:30 20:10 24:00; do
		[ $time != 24:00 ] || time=23:59:59.999
		lay "$day" "${day}T$time"
		at "${day}T${time}Z"
		tw-etl -q >>"$tmp/etl.out" 2>&1 || echo "$TW_NOW: $?" >>"$tmp/etl.out"
	done
done
lay 2026-11-23 2026-11-23T06:00
at 2026-11-23T06:05Z
tw-etl -q >>"$tmp/etl.out" 2>&1 || echo "$TW_NOW: $?" >>"$tmp/etl.out"
is "$(cat "$tmp/etl.out")" "" "tw-etl goes through a fortnight without a word"
tw-parse "$tmp"/full/*/*/*.log | tw-agg >"$tmp/one"
for week in 2026-W46 2026-W47; do
	for format in text json html csv; do
		tw-report --week $week --format $format "$tmp/one" >"$tmp/want"
		tw-weekly --week $week --format $format >"$tmp/got"
		same "$tmp/want" "$tmp/got" "$week as $format is that of one go"
	done
done
grep '"stream_id":"' "$tmp/one" | sort >"$tmp/want"
cat "$data"/stats/*/*.jsonl | sort >"$tmp/got"
same "$tmp/want" "$tmp/got" "and so is each window and stream"
streams=$(grep -c '"type":"stream"' "$tmp/one")
is "$(marked 'done') $streams" "68 68" "each stream is done"
# Those that came back were done once more.
grep '"step":"done"' "$data/log/runs.jsonl" | cut -d '"' -f 4 | sort | uniq -c |
	awk '$1 > 1 { print $2 }' >"$tmp/got"
printf '%s\n' abend/5000000040 abend/5000000100 lang/6000000001 >"$tmp/want"
same "$tmp/want" "$tmp/got" "each once, but those that came back"
tw-etl -q
is "$? $(runs 'done')" "0 71" "and nothing is done when nothing is due"
find "$tmp/data" -name '.*' >"$tmp/got"
same /dev/null "$tmp/got" "nothing half is left"
jq -e . "$data/log/runs.jsonl" >/dev/null
ok $? "the run log is JSON"
done_testing
