#!/bin/sh
# shellcheck disable=SC2119 # irc_start has options, it needs none
# From nothing to a collecting, reporting installation, as a plain user would:
# installed, configured, run from the crontab, against fakes of Twitch.
. "$(dirname "$0")/tap.sh"
. "$here/fake.sh"

# Installed, with nothing else of ours in PATH, and an empty home
unset MAKEFLAGS MFLAGS
eval "set -- ${TW_MAKE:-}"
make -s -C "$root" "$@" PREFIX="$tmp/usr" install
is $? 0 "make install"
irc_start
helix_start
helix live kanal_eins 120
helix offline kanal_zwei
mkdir -p "$tmp/home/.config/tw"
conf=$tmp/home/.config/tw/tw.conf
data=$tmp/home/.local/share/tw
cat >"$conf" <<C
TW_IRC_URL=$TW_IRC_URL
TW_CHAT_JOIN_RATE=1000/1
TW_HELIX_URL=$TW_HELIX_URL
TW_AUTH_URL=$TW_AUTH_URL
TW_CLIENT_ID=goodclient
TW_CLIENT_SECRET_FILE=$helix/secret
TW_INTERVAL=60
TW_RETRY=0
C
# user COMMAND...: as that user, with next to no environment, like cron
user() {
	env -i HOME="$tmp/home" PATH=/usr/bin:/bin \
		${TW_NOW:+TW_NOW="$TW_NOW"} "$@" 6>&- 7<&- 8>&- 9<&-
}
# tw TOOL...: an installed one
tw() {
	tool=$1
	shift
	user "$tmp/usr/bin/$tool" "$@"
}
trap 'tw tw-watch --stop; sleep 0.3; rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT PIPE TERM

tw tw-watch
is "$? $(find "$data/run" -name '*.pid' | wc -l)" "0 0" "without a channel nothing is started"
tw tw-track add kanal_eins '#Kanal_Zwei'
is "$? $(tw tw-track list | tr '\n' ' ')" "0 kanal_eins kanal_zwei " "channels are tracked"
mv "$data/channels" "$tmp/list"
ln -s "$tmp/list" "$data/channels"
printf kanal_x >>"$tmp/list" # no line end
tw tw-track -q add kanal_y && tw tw-track -q remove kanal_x kanal_y
is "$? $(tr '\n' ' ' <"$tmp/list") $(find "$data" -maxdepth 1 -name '*channels*' -type l | wc -l)" \
	"0 kanal_eins kanal_zwei  1" "the list may be a link, and stays one"
rm "$data/channels"
mv "$tmp/list" "$data/channels"
out=$(tw tw-track add 'no channel' 2>&1)
is "$? $out" '2 tw-track: "no channel" is no channel' "what is none is not"

# The crontab is run: each line, as cron would
tw tw-crontab >"$tmp/crontab"
grep -v '^#' "$tmp/crontab" | cut -d ' ' -f 6- >"$tmp/commands"
is "$(wc -l <"$tmp/commands")" 5 "the crontab has five lines"
sed -i '/tw-status/d' "$tmp/commands"
while IFS= read -r command; do
	user sh -c "$command" </dev/null || echo "$command: $?"
done <"$tmp/commands" >"$tmp/out" 2>&1
same /dev/null "$tmp/out" "each command of it runs, and says nothing"
irc joined 2 10000
is "$reply" ok "the chat is listened to"
irc send kanal_eins hello
irc sync
until_ok 5 grep -rq ':hello' "$data/raw/chat/kanal_eins"
until_ok 5 grep -rq viewer_count "$data/raw/poll/kanal_eins"
ok $? "and polls are made"
tw tw-watch -q
chat=$(cat "$data/run/chat.pid") poll=$(cat "$data/run/poll.pid")
tw tw-watch -q
is "$(cat "$data/run/chat.pid" "$data/run/poll.pid" | tr '\n' ' ')" "$chat $poll " \
	"nothing is started twice"
until_ok 5 grep -q 'kanal_eins [0-9]' "$data/state/open"
is "$(grep kanal_eins "$data/state/open")" \
	"kanal_eins $(sed -n 's/.*"id":"\([0-9]*\)".*/\1/p' "$data"/raw/poll/kanal_eins/*.log | head -n 1)" \
	"tw-etl was started for the stream that began"
# It may still be at work.
flock -w 10 "$data/lock/etl" true
out=$(tw tw-status)
is "$? $(echo "$out" | sed -n '/person/,$p')" "0 " "tw-status needs nobody"
like "$out" '^kanal_eins  *live ' "and tells who is live"
tr '\0' ' ' <"/proc/$poll/cmdline" >"$tmp/cmdline"
grep -r -l goodsecret "$data" "$tmp/cmdline" >"$tmp/out"
same /dev/null "$tmp/out" "no secret in an argument or a file"
is "$(find "$data" -type f -perm /077 | wc -l)" 0 "nobody else can read what was said"

# The list
tw tw-track add kanal_drei
irc joined 3 5000
is "$reply" ok "a channel that is added is joined"
tw tw-track -q remove kanal_drei kanal_vier
until_ok 5 grep -rq '"mark":"stop"' "$data/raw/chat/kanal_drei"
ok $? "and left when it is removed"

# One that died
kill -9 "$chat"
while kill -0 "$chat" 2>/dev/null; do sleep 0.1; done
like "$(tw tw-status)" '^  tw-chat does not run' "a dead collector is told"
tw tw-watch -q
until_ok 5 test "$(cat "$data/run/chat.pid")" != "$chat"
irc joined 2 10000
is "$reply" ok "and started again"

# One that hangs
chat=$(cat "$data/run/chat.pid")
kill -STOP "$chat"
TW_NOW="$(date -u -d '+200 sec' +%Y-%m-%dT%H:%M:%SZ)"
out=$(tw tw-watch -q 2>&1)
is "$out" "tw-watch: tw-chat hangs: ending it" "one that hangs is ended"
until_ok 5 test "$(cat "$data/run/chat.pid")" != "$chat"
irc joined 2 10000
is "$reply" ok "and started again"

TW_NOW=

# On a full disk it does not hang, and what it keeps would be lost with it
full=$TW_BIN/tests/fake/full.so
if [ "${TW_MODE:-plain}" = plain ] && [ -e "$full" ]; then
	tw tw-watch --stop
	until_ok 10 flock -n "$data/lock/chat" true
	set -- LD_PRELOAD="$full" TW_FULL="$tmp/is.full" "$tmp/usr/bin/tw-watch" -q
	user "$@"
	# shellcheck disable=SC2016 # for that shell to expand
	until_ok 5 sh -c '! flock -n "$1" true' sh "$data/lock/chat"
	sleep 0.5
	chat=$(cat "$data/run/chat.pid")
	until_ok 10 grep -q "\"join\".*/$chat/" "$data/raw/chat/kanal_eins"/*.log
	: >"$tmp/is.full"
	irc send kanal_eins 'kept in memory'
	TW_NOW="$(date -u -d '+200 sec' +%Y-%m-%dT%H:%M:%SZ)"
	user "$@" 2>/dev/null
	TW_NOW=
	kill -0 "$chat" && [ "$(cat "$data/run/chat.pid")" = "$chat" ]
	ok $? "on a full disk none is ended"
	rm "$tmp/is.full"
	until_ok 5 grep -q 'kept in memory' "$data/raw/chat/kanal_eins"/*.log
	ok $? "and what it kept is written when there is room again"
fi

# No network: it is not the collector that hangs
chat=$(cat "$data/run/chat.pid")
irc listen off
until_ok 20 grep -q 'onnect' "$data/log/tw-chat.log"
TW_NOW="$(date -u -d '+200 sec' +%Y-%m-%dT%H:%M:%SZ)"
out=$(tw tw-watch -q 2>&1)
is "$out $(cat "$data/run/chat.pid")" " $chat" "without a network nothing is ended"
TW_NOW="$(date -u -d '+900 sec' +%Y-%m-%dT%H:%M:%SZ)"
out=$(tw tw-status)
is $? 1 "but a person is told after a while"
like "$out" '^  nothing heard for 1[0-9] min; no network? ' "that nothing is heard"
TW_NOW=
helix fault streams status 503 '*'
tw tw-watch --stop
until_ok 10 flock -n "$data/lock/poll" true
tw tw-watch -q
until_ok 40 grep -rq '"mark":"error"' "$data/raw/poll/kanal_zwei"
like "$(tw tw-status)" '^  no poll has an answer: 503' "nor do polls have an answer"

# Another name of it
tw tw-watch --stop
until_ok 10 flock -n "$data/lock/chat" true
until_ok 10 flock -n "$data/lock/poll" true
ok $? "--stop ends both"
if command -v systemd-analyze >/dev/null; then
	out=$(systemd-analyze verify --man=no "$tmp"/usr/share/tw/systemd/* 2>&1)
	is "$? $out" "0 " "systemd takes the units"
fi
# The server of helix has the other pipe open, too.
helix_end
irc_end
done_testing
