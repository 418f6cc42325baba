# parse.sh - tw-parse beside the Rust crates tmi and twitch-irc, and mawk

parse_round() {
	run find "$bin/tests/bench/floor" find <"$work/raw"
	run copy "$bin/tests/bench/floor" copy <"$work/raw"
	run tw-parse "$bin/tw-parse" <"$work/raw"
	run tw-parse-pgo "$pgo/tw-parse" <"$work/raw"
	run tmi-fields "$rust/tmi" fields <"$work/raw"
	run tmi-json "$rust/tmi" json <"$work/raw"
	run tmi-typed "$rust/tmi-typed" <"$work/raw"
	run twitch-irc "$rust/twitch-irc" json <"$work/raw"
	# shellcheck disable=SC2016 # for mawk to expand
	run mawk mawk -F'[;= ]' \
		'{ n += NF; print $1, $2, $4, $NF } END { print n }' <"$work/raw"
}

# parse_agree PEER COMMAND...: it writes what tw-parse writes
parse_agree() {
	peer=$1
	shift
	"$@" <"$work/raw" >"$work/events.peer"
	agree "$peer" "$work/events" "$work/events.peer"
	rm "$work/events.peer"
}

bench_parse() {
	lines=$1
	"$bin/tests/gen" lines "$lines" >"$work/raw"
	section parse
	row find "$lines" "floor: find each newline"
	row copy "$lines" "floor: copy each line"
	row tw-parse "$lines" "**tw-parse**"
	"$bin/tw-parse" "$work/raw" >"$work/events"
	[ -z "$pgo" ] || {
		row tw-parse-pgo "$lines" "tw-parse of make pgo"
		parse_agree "make pgo" "$pgo/tw-parse"
	}
	if [ -n "$rust" ]; then
		row tmi-fields "$lines" "tmi, by hand, fields between tabs"
		row tmi-json "$lines" "tmi, by hand, the same JSON"
		row tmi-typed "$lines" "tmi, typed messages, serde_json"
		row twitch-irc "$lines" "twitch-irc, by hand, the same JSON"
		for peer in tmi tmi-typed twitch-irc; do
			parse_agree "$peer" "$rust/$peer" json
		done
	else
		missing tmi, twitch-irc
	fi
	row mawk "$lines" "mawk, splitting alone"
	rounds parse_round
	echo "### Raw log to events"
	echo
	table find tw-parse
	goal "tw-parse: CPU ÷ newline scan" "$(per tw-parse 3)" "$(per find 3)" 5
	[ -z "$pgo" ] ||
		goal "tw-parse of make pgo: CPU ÷ newline scan" \
			"$(per tw-parse-pgo 3)" "$(per find 3)" 5
	for peer in typed json fields; do
		goal "tw-parse: CPU ÷ tmi-$peer" "$(per tw-parse 3)" \
			"$(per tmi-$peer 3)" 0.25
	done
	rm "$work/raw" "$work/events"
}
