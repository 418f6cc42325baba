# aggregate.sh - tw-agg beside DuckDB, polars, jq and Miller
#
# tw-agg has one core, DuckDB and polars have two threads on all of them.

aggregate_round() {
	run find "$bin/tests/bench/floor" find <"$work/events"
	run copy "$bin/tests/bench/floor" copy <"$work/events"
	run tw-agg taskset -c 0 "$bin/tw-agg" <"$work/events"
	run tw-agg-pgo taskset -c 0 "$pgo/tw-agg" <"$work/events"
	run duckdb "$python" "$peers/aggregate_duckdb.py" "$work/events" 2
	run duckdb-1 "$python" "$peers/aggregate_duckdb.py" "$work/events" 1
	POLARS_MAX_THREADS=2 run polars "$python" \
		"$peers/aggregate_polars.py" "$work/events"
	run jq "$peers/aggregate_jq.sh" <"$work/few"
	run miller "$peers/aggregate_miller.sh" <"$work/few"
}

# Brings windows on one form, sorted: channel, begin, and four figures.
windows() {
	jq -r 'select((.type // "window") == "window" and .messages > 0)
		| [.channel, (.ts | sub(" "; "T") | .[0:19]), .messages,
		   .chatters // 0, .bits // 0, .cheers // 0] | @tsv' | sort
}

aggregate_agree() {
	"$bin/tw-agg" <"$work/few" | windows >"$work/ours"
	if wanted duckdb; then
		"$python" "$peers/aggregate_duckdb.py" "$work/few" 2 |
			windows >"$work/theirs"
		agree duckdb "$work/ours" "$work/theirs"
	fi
	if wanted polars; then
		"$python" "$peers/aggregate_polars.py" "$work/few" |
			windows >"$work/theirs"
		agree polars "$work/ours" "$work/theirs"
	fi
	for peer in jq miller; do
		! wanted $peer || {
			"$peers/aggregate_$peer.sh" <"$work/few" |
				windows >"$work/theirs"
			agree $peer "$work/ours" "$work/theirs"
		}
	done
}

bench_aggregate() {
	lines=$1 few=$((lines < 100000 ? lines : 100000))
	"$bin/tests/gen" lines "$lines" | "$bin/tw-parse" >"$work/events"
	head -n $few "$work/events" >"$work/few"
	section "aggregate-$lines"
	row find "$lines" "floor: find each newline"
	row copy "$lines" "floor: copy each line"
	row tw-agg "$lines" "**tw-agg**, one core"
	[ -z "$pgo" ] || row tw-agg-pgo "$lines" "tw-agg of make pgo, one core"
	if has duckdb; then
		row duckdb "$lines" "DuckDB, two threads"
		row duckdb-1 "$lines" "DuckDB, one thread"
	fi
	! has polars || row polars "$lines" "polars, two threads"
	row jq $few "jq and mawk"
	if command -v mlr >/dev/null; then
		row miller $few "Miller"
	else
		missing Miller
	fi
	aggregate_agree
	rounds aggregate_round
	echo "### Events to windows of 5 seconds, $lines events"
	echo
	table find tw-agg
	goal "tw-agg on one core: DuckDB's wall time on two ÷ ours, $lines events" \
		"$(per duckdb 2)" "$(per tw-agg 2)" +1.6
	rm "$work/events" "$work/few"
}
