# collect.sh - tw-chat and tw-poll, beside the bytes alone and scripts in Python
#
# Against the servers of tests/fake. The chat comes at a rate, and answers when the
# fake Helix has them: of both only the CPU time says something.

tmp=$work root=$top TW_BIN=$bin
# shellcheck source=tests/cli/fake.sh
. "$top/tests/cli/fake.sh"

collect_channels() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "kanal_" i }'
}

# chat_run NAME INPUT COMMAND...: the command hears the server send for some seconds;
# then the connection ends, and with it all but tw-chat. What it wrote has each
# message.
chat_run() {
	name=$1 input=$2
	shift 2
	"$bin/tests/bench/spend" "$times" "$name" "$@" <"$input" \
		>"$work/heard/out" 2>"$work/heard/err" 8>&- 9<&- &
	spend=$!
	irc joined $chat_rooms 30000
	irc rate "$chat_rate" "$chat_s"
	irc wait 60000
	irc fin
	[ "$name" != chat ] || kill $spend
	wait $spend || :
	irc_end
	n=$(find "$work/heard" -type f -exec cat {} + | grep -c PRIVMSG) || :
	rm -r "$work/heard"
	if [ "$n" != $((chat_rate * chat_s)) ]; then
		echo "bench: $name: heard $n messages" >&2
		exit 1
	fi
}

chat_begin() {
	mkdir "$work/heard"
	irc_start
}

chat_round() {
	chat_begin
	chat_run hear "$work/asked" "$bin/tests/bench/floor" hear "$irc_port"
	chat_begin
	chat_run chat /dev/null "$bin/tw-chat" -f "$work/list" -o "$work/heard"
	chat_begin
	chat_run script "$work/list" python3 "$peers/chat.py" "$irc_port" \
		"$work/heard"
}

# bench_chat RATE SECONDS: messages a second, of 100 channels
bench_chat() {
	chat_rate=$1 chat_s=$2 chat_rooms=100
	lines=$((chat_rate * chat_s))
	collect_channels $chat_rooms >"$work/list"
	{
		printf 'CAP REQ :twitch.tv/tags twitch.tv/commands\r\n'
		printf 'NICK justinfan1\r\n'
		awk '{ printf "JOIN #%s\r\n", $1 }' "$work/list"
	} >"$work/asked"
	section chat
	row hear $lines "floor: the bytes, from the connection to a file"
	row chat $lines "**tw-chat**"
	row script $lines "a Python script"
	rounds chat_round
	echo "### Chat to raw log, $chat_rate messages a second"
	echo
	table hear chat
}

# poll_run NAME COMMAND...: asks for all channels once
poll_run() {
	wanted "$1" || return 0
	"$bin/tests/bench/spend" "$times" "$@" <"$work/list" >"$work/told" \
		6>&- 7<&-
	n=$(grep -o '"viewer_count":' "$work/told" | wc -l)
	if [ "$n" != "$lines" ]; then
		echo "bench: $1: told of $n channels" >&2
		exit 1
	fi
}

poll_round() {
	poll_run curl "$peers/poll_curl.sh" "$work/list"
	poll_run poll "$bin/tw-poll" --once -q -f "$work/list"
	poll_run script python3 "$peers/poll.py"
}

# bench_poll CHANNELS: all of them live
bench_poll() {
	lines=$1
	collect_channels "$lines" >"$work/list"
	section poll
	if command -v curl >/dev/null; then
		row curl "$lines" "floor: curl, the answers alone"
	else
		missing curl
	fi
	row poll "$lines" "**tw-poll**"
	row script "$lines" "a Python script"
	helix_start
	helix limit 1000000 1000000
	while read -r name; do
		helix live "$name" 571
	done <"$work/list"
	rounds poll_round
	helix_end
	echo "### A poll of $lines live channels to raw log"
	echo
	table curl poll
	rm "$work/told"
}
