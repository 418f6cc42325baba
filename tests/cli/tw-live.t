#!/bin/sh
# tw-agg --live and tw-live against the fake Twitch; the view in tmux.
# shellcheck disable=SC2119 # the servers take options; none here
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/fake.sh"
PATH=$root/scripts:$PATH
TMPDIR="$tmp/a folder" TW_CONF=/dev/null
mkdir "$TMPDIR"
unset TW_OPTOUT
export PATH TMPDIR TW_CONF

# tw-agg --live: each window within 2 s of its end, from a stream that goes on.
# Times are taken where lines come out.
{
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf '{"ts":"%s","channel":"k","type":"message","id":"%s","user_id":"1"}\n' \
			"$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" "$i"
		sleep 1
	done
} | tw-agg --live --window 2s | while IFS= read -r line; do
	printf '%s %s\n' "$(date +%s%3N)" "$line"
done >"$tmp/out"
late=$(while read -r at line; do
	begin=$(printf '%s' "$line" | jq -r '.ts | sub("\\.000Z";"Z") | fromdate')
	type=$(printf '%s' "$line" | jq -r .type)
	[ "$type" = stream ] || echo $((at - (begin + 2) * 1000))
done <"$tmp/out" | sort -n | tail -1)
[ "${late:-9999}" -le 2000 ]
ok $? "the last of all windows came $late ms after its end"
is "$(cut -d' ' -f2- "$tmp/out" | jq -s '[.[] | select(.type=="window") |
	{ts,messages}] | group_by(.ts) | map(.[-1].messages) | add')" 12 "no message is lost"

# tw-live: fifty channels, a frame at the end; nothing is left behind.
irc_start
helix_start
names=$(i=1; while [ $i -le 50 ]; do printf 'kanal_%02d ' $i; i=$((i + 1)); done)
helix user "$names"
for name in $names; do helix live "$name" 123; done
# shellcheck disable=SC2086 # a list of names
COLUMNS=100 tw-live --once 9 $names >"$tmp/frame" 2>"$tmp/err" 6>&- 7<&- 8>&- 9<&- &
pid=$!
irc joined 50 5000
irc rate 100 4
wait "$pid"
is $? 0 "tw-live --once: $(cat "$tmp/err")"
like "$(head -1 "$tmp/frame")" ' UTC  50 channels  ' "fifty channels"
is "$(wc -l <"$tmp/frame")" 52 "a line each"
[ "$(awk '$1 ~ /^kanal_/ && / 123 / { n++ } END { print n }' "$tmp/frame")" = 50 ]
ok $? "each with its viewers"
is "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 -name 'tmp.*' | wc -l)" 0 "its folder is gone"

# The view itself.
if command -v tmux >/dev/null; then
	cat >"$tmp/run.sh" <<SH
cd "$tmp" && tw-live $names 2>"$tmp/words"
echo "left \$?" >"$tmp/left"
SH
	pane() {
		tmux -L "tw$$" "$@" 6>&- 7<&- 8>&- 9<&-
	}
	NO_COLOR=1 LC_ALL=C.UTF-8 pane -f /dev/null new-session -d -x 80 -y 24 "sh $tmp/run.sh"
	until_ok 20 sh -c "tmux -L tw$$ capture-pane -p | grep -q '50 channels'"
	ok $? "80x24: it shows"
	irc joined 50 5000
	sent=$(date +%s%3N)
	irc send kanal_33 hello
	until_ok 10 sh -c "tmux -L tw$$ capture-pane -p | sed -n 3p | grep -q '^kanal_33'"
	took=$(($(date +%s%3N) - sent))
	[ $took -le 7000 ]
	ok $? "a message is on the screen after $took ms"
	is "$(pane capture-pane -p | grep -c '^kanal_')" 22 "22 channels"
	like "$(pane capture-pane -p | head -1)" '1–22 of 50' "of fifty"
	pane send-keys G
	until_ok 3 sh -c "tmux -L tw$$ capture-pane -p | head -1 | grep -q '29–50 of 50'"
	ok $? "G goes to the end"
	pane send-keys g
	pane resize-window -x 200 -y 60
	until_ok 3 sh -c "[ \$(tmux -L tw$$ capture-pane -p | grep -c '^kanal_') -eq 50 ]"
	ok $? "200x60: all fifty after a resize"
	is "$(pane capture-pane -p -e | grep -c "$(printf '\033')\\[3[0-9]m")" 0 "NO_COLOR"
	pane send-keys q
	until_ok 10 [ -e "$tmp/left" ]
	is "$(cat "$tmp/left")" "left 0" "q leaves"
	is "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 -name 'tmp.*' | wc -l)" 0 "and nothing is left behind"
	pane kill-server 2>/dev/null
else
	echo "# no tmux: the view was not looked at"
fi
helix_end
irc_end
tw-live 2>/dev/null
is $? 2 "no channel: exit 2"
tw-live --nonsense x 2>/dev/null
is $? 2 "a wrong option: exit 2"
# Calls that are wrong, and one that is over before anything has begun.
timeout 30 tw-live --once 1 'bad name' >"$tmp/frame" 2>"$tmp/err"
is $? 2 "a name that is none: exit 2"
like "$(cat "$tmp/err")" 'is no channel' "and why"
timeout 30 tw-live --once 1 -f "$tmp/none" >"$tmp/frame" 2>"$tmp/err"
is $? 2 "a file that is not there: exit 2"
timeout 30 tw-live --once 0 kanal_01 >"$tmp/frame" 2>"$tmp/err"
is $? 0 "no time at all: $(cat "$tmp/err")"
# Who opted out, as tw.conf says; nothing else of it.
# shellcheck disable=SC2016 # for those shells to expand
echo 'TW_OPTOUT=$PWD/optout TZ=Asia/Tokyo TW_DATA=nowhere; echo words' >"$tmp/tw.conf"
mkdir "$tmp/shim"
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$TW_OPTOUT $TZ" >>"%s"\nexec "%s/tw-parse" "$@"\n' \
	"$tmp/seen" "$TW_BIN" >"$tmp/shim/tw-parse"
chmod +x "$tmp/shim/tw-parse"
echo zoe >"$tmp/optout"
out=$(cd "$tmp" && TW_CONF=tw.conf timeout 30 tw-live --once 0 kanal_01 2>&1)
is "$? $(echo "$out" | cut -d ';' -f 1)" \
	"2 words
tw-parse: TW_OPTOUT: $tmp/optout:1: \"zoe\" is no Twitch user id (digits)" \
	"a list of those who opted out that cannot be read"
echo 12 >"$tmp/optout"
(cd "$tmp" && PATH=$tmp/shim:$PATH TW_CONF=tw.conf timeout 30 tw-live --once 0 kanal_01) >"$tmp/frame" 2>"$tmp/err"
is "$? $(tail -n 1 "$tmp/seen")" "0 $tmp/optout UTC" "they are left out, and that is all of tw.conf"
done_testing
