#!/bin/sh
# make bench still works: with few lines, and with the peers that are there. No
# time is looked at, only that there is one in each row, and that all agree.
. "$(dirname "$0")/tap.sh"

BENCH_SMALL=1 BENCH_DIR=$tmp "$root/scripts/bench" "$TW_BIN" \
	>"$tmp/report" 2>"$tmp/err"
is $? 0 "a small bench"
for tool in tw-parse tw-agg 'tw-parse \\| tw-agg \\| tw-report' \
	'tw-report weekly' ${TW_BENCH_LOAD-tw-load}; do
	row=$(grep -F "| **$tool**" "$tmp/report")
	[ "$(printf '%s\n' "$row" | awk -F' [|] ' '
		{ print NF >= 9 && $(NF - 7) > 0 && $(NF - 1) ~ /^[0-9.]+$/ &&
			$(NF - 5) > 0 && $(NF) + 0 > 0 }')" = 1 ]
	ok $? "$tool has a row: $row"
done
is "$(grep -c '^| .* |  *|' "$tmp/report")" 0 "no figure is empty"
like "$(cat "$tmp/report")" '^| tw-parse: CPU ÷ newline scan | at most 5 | [0-9.]* |' \
	"what was promised is there"
like "$(cat "$tmp/report")" '^Equal figures: .*chain.py' "the figures were compared"
done_testing
