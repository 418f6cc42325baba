#!/bin/sh
# What tw-parse, tw-agg and tw-report have given up when they read (base/confine.h).
. "$(dirname "$0")/tap.sh"

# breakout FILE COMMAND...: as if its first line had taken over; tries to write FILE
breakout() {
	rm -f "$1"
	echo >"$tmp/line"
	(
		TW_BREAKOUT=$1
		LD_PRELOAD=$TW_BIN/tests/fake/breakout.so
		ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0
		export TW_BREAKOUT LD_PRELOAD ASAN_OPTIONS
		shift
		exec "$@"
	) <"$tmp/line" 2>&1 >/dev/null | grep -e ^socket: -e ^file: -e ^program:
}

# Kernels without Landlock keep files open to it; coverage is written to files.
denied='Permission denied' skip=
case $TW_MODE$(tw-parse -v /dev/null 2>&1) in
cov* | *Landlock*) skip='# SKIP no Landlock here' denied='done' ;;
esac

is "$(breakout "$tmp/new" cat)" "socket: done
file: done" "unconfined, all is possible: nothing is heard after true(1)"
for tool in tw-parse tw-agg tw-report 'tw-report live --once'; do
	# shellcheck disable=SC2086 # words
	is "$(breakout "$tmp/new" $tool)" "socket: Operation not permitted
file: $denied
program: Operation not permitted" "$tool: no network, no file, no program $skip"
done
mkdir "$tmp/reports"
is "$(breakout "$tmp/reports/x" tw-report -o "$tmp/reports/week.html" | sed -n 2p)" \
	'file: done' "a report is written into its folder"
[ -s "$tmp/reports/week.html" ]
ok $? "and is there"
is "$(breakout "$tmp/new" tw-report -o "$tmp/reports/week.html" | sed -n 2p)" \
	"file: $denied" "and nowhere else $skip"
is "$(breakout "$tmp/site/x" tw-report site -o "$tmp/site" | sed -n 2p)" \
	'file: done' "likewise a site, whose folder is made"
is "$(breakout "$tmp/new" tw-report site -o "$tmp/site" | sed -n 2p)" \
	"file: $denied" "and nothing beside it $skip"
(cd "$tmp/reports" && tw-report -o plain.csv </dev/null)
[ -s "$tmp/reports/plain.csv" ]
ok $? "without a folder in the name it is the present one"
echo x | tw-parse -q --rejects "$tmp/rejects" >/dev/null
is "$(cat "$tmp/rejects")" x "refused lines are kept"

# libmongoc's counters, shared by name, are not: also where another program that was
# killed has left some under our number, nothing is said of them.
# shellcheck disable=SC2016 # its own number
sh -c 'echo $$ >"$1"; : >"/dev/shm/mongoc-$$"; exec tw-agg -' x "$tmp/pid" \
	</dev/null >"$tmp/out" 2>"$tmp/err"
is "$? $(cat "$tmp/out" "$tmp/err")" "0 " "nothing is said of another's memory"
left=/dev/shm/mongoc-$(cat "$tmp/pid")
[ -e "$left" ]
ok $? "nor done to it"
rm -f "$left"
done_testing
