#!/bin/sh
# make bench still works: with few lines, and with the peers that are there. No
# time is looked at, only that there is one in each row, and that all agree.
. "$(dirname "$0")/tap.sh"

BENCH_SMALL=1 BENCH_DIR=$tmp "$root/scripts/bench" "$TW_BIN" \
	>"$tmp/report" 2>"$tmp/err"
is $? 0 "a small bench"
# Lines, wall and CPU seconds and their median, ns a line, three ratios, MiB.
figures=' \| [1-9][0-9]*( \| [0-9.]+){3} \| [1-9][0-9]*( \| [0-9.]+){3} \| [1-9][0-9]* \|$'
for tool in tw-parse tw-agg 'tw-parse \| tw-agg \| tw-report' \
	'tw-report weekly' tw-chat tw-poll $([ ! -x "$TW_BIN/tw-load" ] || echo tw-load); do
	grep -F "| **$tool**" "$tmp/report" | grep -q -E "$figures"
	ok $? "$tool has a row with figures"
done
is "$(grep -c -E '^\| .*\| +\|' "$tmp/report")" 0 "no figure is empty"
like "$(cat "$tmp/report")" '^| tw-parse: CPU ÷ newline scan | at most 5 | [0-9.]* |' \
	"what was promised is there"
like "$(cat "$tmp/report")" '^Equal figures: .*chain.py' "the figures were compared"
[ $tap_failed -eq 0 ] || sed 's/^/# /' "$tmp/report" "$tmp/err"
done_testing
