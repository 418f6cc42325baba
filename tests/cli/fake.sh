# fake.sh - starts the servers of tests/fake for a command test, and for make bench
#
# After tap.sh, or with its $tmp, $root and $TW_BIN. One server of each kind at a time; it ends with the test.

# irc_start [OPTION...]: starts tests/fake/irc; $irc_port, and $irc, its folder.
irc_start() {
	irc=$(mktemp -d "$tmp/irc.XXXXXX")
	mkfifo "$irc/in" "$irc/out"
	"$TW_BIN/tests/fake/irc" -l "$irc/ledger" "$@" \
		<"$irc/in" >"$irc/out" 2>"$irc/err" &
	irc_pid=$!
	exec 8>"$irc/in" 9<"$irc/out"
	read -r _ irc_port <&9
	TW_IRC_URL=irc://127.0.0.1:$irc_port
	TW_CHAT_JOIN_RATE=1000/1
	export TW_IRC_URL TW_CHAT_JOIN_RATE
}

# irc COMMAND...: gives the server a command and waits for its answer, $reply
irc() {
	printf '%s\n' "$*" >&8
	read -r reply <&9
	case $reply in
	ok*) ;;
	*) echo "# irc: $*: $reply" ;;
	esac
}

irc_end() {
	exec 8>&- 9<&-
	wait "$irc_pid"
}

# helix_start [OPTION...]: likewise tests/fake/helix.py, and credentials for it.
helix_start() {
	helix=$(mktemp -d "$tmp/helix.XXXXXX")
	mkfifo "$helix/in" "$helix/out"
	python3 "$root/tests/fake/helix.py" --ledger "$helix/ledger" "$@" \
		<"$helix/in" >"$helix/out" 2>"$helix/err" &
	helix_pid=$!
	exec 6>"$helix/in" 7<"$helix/out"
	read -r _ helix_port <&7
	echo goodsecret >"$helix/secret"
	chmod 600 "$helix/secret"
	TW_HELIX_URL=http://127.0.0.1:$helix_port/helix
	TW_AUTH_URL=http://127.0.0.1:$helix_port/oauth2
	TW_CLIENT_ID=goodclient
	TW_CLIENT_SECRET_FILE=$helix/secret
	XDG_CACHE_HOME=$helix/cache
	export TW_HELIX_URL TW_AUTH_URL TW_CLIENT_ID TW_CLIENT_SECRET_FILE
	export XDG_CACHE_HOME
}

# helix COMMAND...: as irc
helix() {
	printf '%s\n' "$*" >&6
	read -r reply <&7
	case $reply in
	ok*) ;;
	*) echo "# helix: $*: $reply" ;;
	esac
}

helix_end() {
	exec 6>&- 7<&-
	wait "$helix_pid"
}

# start TOOL [ARGUMENT...]: runs it in the background; $pid, its words in
# $tmp/err. Its standard output goes where the caller's goes.
start() {
	"$@" 2>"$tmp/err" 6>&- 7<&- 8>&- 9<&- &
	pid=$!
}

# stop: ends it with SIGTERM; $status
stop() {
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	status=$?
}

# marks NAME FILE...: the marks of that name, one a line
marks() {
	name=$1
	shift
	cat "$@" | awk -F'\t' -v want="{\"mark\":\"$name\"," \
		'$2 == "mark" && index($4, want) == 1 { print $4 }'
}

# counter NAME: of the last line of counters in $tmp/err
counter() {
	sed -n "s/.* $1=\([0-9]*\).*/\1/p" "$tmp/err" | tail -n 1
}
