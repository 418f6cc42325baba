# chain.sh - from the raw log to the report of a week, beside a script in Python

# Each process by itself for its memory, all of them together for the time.
chain_ours() {
	"$bin/tests/bench/spend" "$work/stage" tw-parse "$bin/tw-parse" -q \
		"$work/raw" |
		"$bin/tests/bench/spend" "$work/stage" tw-agg "$bin/tw-agg" -q |
		"$bin/tests/bench/spend" "$work/stage" tw-report \
			"$bin/tw-report" weekly --week 2026-W46 --format json
}

chain_round() {
	run find "$bin/tests/bench/floor" find <"$work/raw"
	# This shell has the figures of all three; the memory is their sum.
	: >"$work/stage"
	begin=$(date +%s.%N)
	chain_ours >"$work/ours"
	end=$(date +%s.%N)
	awk -v begin="$begin" -v end="$end" '{ cpu += $3; kib += $4 }
		END { print "chain", end - begin, cpu, kib }' \
		"$work/stage" >>"$times"
	cat "$work/stage" >>"$times"
	once python python3 "$peers/chain.py" 2026-W46 \
		<"$work/raw"
}

# The figures that both have, channel by channel.
chain_figures() {
	jq -r '.channels[] | [.channel, .streams, .messages, .messages_max,
		.viewers_max, .viewers_avg, .bits, .subs] | @tsv'
}

chain_agree() {
	chain_ours | chain_figures >"$work/ours"
	python3 "$peers/chain.py" 2026-W46 <"$work/raw" |
		chain_figures >"$work/theirs"
	agree chain.py "$work/ours" "$work/theirs"
}

# bench_chain LINES [alone]: alone is without the script
bench_chain() {
	lines=$1
	"$bin/tests/gen" evening "$lines" >"$work/raw"
	section "chain-$lines"
	row find "$lines" "floor: find each newline"
	row chain "$lines" "**tw-parse \\| tw-agg \\| tw-report**"
	row tw-parse "$lines" "…of which tw-parse"
	row tw-agg "$lines" "…of which tw-agg"
	row tw-report "$lines" "…of which tw-report"
	if [ "${2:-}" != alone ]; then
		row python "$lines" "a Python script"
		chain_agree
	fi
	rounds chain_round
	echo "### Raw log to the report of a week, $lines messages"
	echo
	table find chain
	if [ "${2:-}" = alone ]; then
		goal "chain of $lines messages: wall s, median" "$(pick chain 2 0)" 1 12
		goal "chain of $lines messages: MiB in sum" \
			"$(pick chain 4 -1)" 1024 128
	fi
	rm "$work/raw"
}
