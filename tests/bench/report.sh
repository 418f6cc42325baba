# report.sh - tw-report over stats lines

report_round() {
	run find "$bin/tests/bench/floor" find <"$work/stats"
	run weekly "$bin/tw-report" weekly --week latest <"$work/stats"
	run html "$bin/tw-report" weekly --week latest --format html \
		<"$work/stats"
	run history "$bin/tw-report" history kanal_00 <"$work/stats"
	run jq jq -n 'reduce (inputs | select(.type == "stream")) as $s ({};
		.[$s.channel] |= [(.[0] // 0) + $s.messages,
			([.[1] // 0, $s.viewers_max] | max)])' <"$work/stats"
}

# bench_report WEEKS: of 50 channels, with four streams a week each
bench_report() {
	"$bin/tests/gen" stats 50 "$1" 600 >"$work/stats"
	lines=$(wc -l <"$work/stats")
	section report
	row find "$lines" "floor: find each newline"
	row weekly "$lines" "**tw-report weekly**"
	row html "$lines" "tw-report weekly, HTML"
	row history "$lines" "tw-report history of one channel"
	row jq "$lines" "jq, two figures a channel over all weeks"
	rounds report_round
	echo "### Stats to reports, $(($1 * 200)) streams"
	echo
	table find weekly
	rm "$work/stats"
}
