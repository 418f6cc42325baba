#!/bin/sh
# tw-agg and tw-report on a database: the same lines as from files.
# TW_WEEKS: how many weeks; 20 are what was promised, each takes some seconds.
. "$(dirname "$0")/tap.sh"
. "$root/tests/cli/mongod.sh"

weeks=5
[ "$TW_MODE" != san ] || weeks=1
weeks=${TW_WEEKS:-$weeks}
# shellcheck disable=SC2046 # a list of words
set -- $(free_ports 2)
a=$1 cut=$2
uri=mongodb://127.0.0.1:$a
start_mongod a "$a"

# same_lines DATABASE WHAT [OPTION...]: sorted, as channels come in another order
same_lines() {
	db=$1 what=$2
	shift 2
	tw-agg "$@" "$tmp/events" 2>"$tmp/err" | sort >"$tmp/want"
	tw-agg --uri "$uri/$db" "$@" 2>"$tmp/err1" | sort >"$tmp/read"
	tw-agg --uri "$uri/$db" --pushdown "$@" 2>"$tmp/err2" | sort >"$tmp/counted"
	same "$tmp/want" "$tmp/read" "$what: --uri $*"
	same "$tmp/want" "$tmp/counted" "$what: --pushdown $*"
}

week=0
while [ $week -lt "$weeks" ]; do
	week=$((week + 1))
	rm -rf "$tmp/raw"
	"$TW_BIN/tests/gen" week "$tmp/raw" $week
	tw-parse "$tmp"/raw/*/*/*.log | head -n 50000 |
		python3 "$fake/disturb.py" $week >"$tmp/events"
	tw-load --uri "$uri/w$week" "$tmp/events"
	same_lines w$week "week $week"
	[ "$(wc -l <"$tmp/want")" -gt 1000 ] || ok 1 "week $week is something"
done
# shellcheck disable=SC2016 # a dollar
like "$(cat "$tmp/want")" '"mentions":{"$d":' "sponsors are mentioned in it"
like "$(cat "$tmp/want")" '"heard_s":0,\|"heard_s":0}' "there are holes in it"
like "$(cat "$tmp/want")" '"messages_shared"' "there is shared chat in it"

# The database is lost in the middle: what is written is right all the same.
spawn cut python3 "$fake/cutter.py" "$cut" "$a" 1000000 9000000 7
sleep 0.3
: >"$tmp/wrong"
told=0
for option in --hold=60s --hold=61s --hold=62s --hold=63s --pushdown; do
	tw-agg --uri "mongodb://127.0.0.1:$cut/w$week" "$option" >"$tmp/got" 2>"$tmp/err"
	[ "$? $(grep -c MongoDB "$tmp/err")" != "1 1" ] || told=$((told + 1))
	sort "$tmp/got" | comm -13 "$tmp/want" - >>"$tmp/wrong"
done
is $told 5 "a database that is lost in the middle is told"
same /dev/null "$tmp/wrong" "and no window or stream is cut short"
end TERM cut

# Every option.
for options in "--window 1s" "--window 7s" "--window 90s" \
	"--window 2m --session-gap 2m" "-c nordlicht -c nobody" \
	"--since 2026-11-10 --until 2026-11-11T20:00:00Z" "--hold 0s"; do
	# shellcheck disable=SC2086 # words
	same_lines w$week options $options
done
for option in --hold=60s --pushdown; do
	is "$(tw-agg --uri "$uri/w$week" $option -c nordlicht -c nobody 2>&1 >"$tmp/got" |
		grep '^tw-agg: -c ')" "tw-agg: -c nobody: nothing of this channel was read" \
		"$option: a channel that is not there is named"
	is "$(tw-agg --uri mongodb://127.0.0.1:1/w $option -c nordlicht 2>&1 |
		grep -v ': MongoDB: ')" "" "$option: but not when the database is not there"
done
# Chat alone.
grep -v '"type":"\(viewers\|offline\)"' "$tmp/events" >"$tmp/chat"
mv "$tmp/chat" "$tmp/events"
tw-load --uri "$uri/chat" "$tmp/events"
same_lines chat inferred
like "$(cat "$tmp/counted")" '"inferred":true' "streams are inferred"
tw-agg --pushdown --window 1h --uri "$uri/chat" 2>"$tmp/err"
is $? 2 "--pushdown: windows that are too long"
tw-agg --pushdown "$tmp/events" 2>"$tmp/err"
is $? 2 "--pushdown without a database"
tw-agg --uri "$uri/chat" "$tmp/events" 2>"$tmp/err"
is $? 2 "--uri and a file"

# Reports.
"$TW_BIN/tests/gen" week "$tmp/raw"
tw-parse "$tmp"/raw/*/*/*.log | tee "$tmp/events" | tw-agg >"$tmp/stats"
grep -v '"type":"mark"' "$tmp/events" | tw-agg -c nordlicht >>"$tmp/stats"
tw-load --uri "$uri/stats" "$tmp/stats"
for options in "--format json" "--format csv" "--format html" "--format text" \
	"--tz America/New_York" "-c nordlicht -c kanal_eins" "--week latest" \
	"--week 2026-W46"; do
	# shellcheck disable=SC2086 # words
	tw-report --week 2026-W47 $options "$tmp/stats" >"$tmp/want"
	# shellcheck disable=SC2086
	tw-report --week 2026-W47 $options --uri "$uri/stats" >"$tmp/got"
	same "$tmp/want" "$tmp/got" "tw-report --uri $options"
done
like "$(cat "$tmp/got")" 'kanal_eins' "which is something"
# The database is lost in the middle: a report of half the streams is none.
spawn cut python3 "$fake/cutter.py" "$cut" "$a" 8000 8001 7
sleep 0.3
tw-report --week 2026-W47 --uri "mongodb://127.0.0.1:$cut/stats" >"$tmp/got" 2>"$tmp/err"
is "$? $(wc -c <"$tmp/got")" "1 0" "tw-report: no report of a part of the database"
like "$(cat "$tmp/err")" 'no report' "which is told"
end TERM cut
echo "$uri/stats" >"$tmp/uri"
chmod 600 "$tmp/uri"
is "$(TW_URI_FILE=$tmp/uri tw-report --week latest --uri - | wc -l)" \
	"$(tw-report --week latest "$tmp/stats" | wc -l)" "--uri - reads TW_URI_FILE"
end KILL a
tw-agg --uri "$uri/stats" >"$tmp/out" 2>"$tmp/err"
is $? 1 "tw-agg: no server"
tw-report --uri "$uri/stats" >"$tmp/out" 2>"$tmp/err"
is $? 1 "tw-report: no server"
done_testing
