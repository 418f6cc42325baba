#!/bin/sh
# shellcheck disable=SC2119 # irc_start has options, it needs none
# tw-chat against a server that plays what it is told: nothing is lost, altered
# or written twice, and what was not heard is said.
. "$(dirname "$0")/tap.sh"
. "$here/fake.sh"
ledger=$TW_BIN/tests/fake/ledger

# holds NAME: what the server sent is in $tmp/out, each line once
holds() {
	found=$("$ledger" check "$irc/ledger" "$tmp/out" 2>&1)
	ok $? "$1"
	echo "# $found"
}

# joins N DIR: so many joins are written there
joins() {
	[ "$(marks join "$2"/*/*.log | wc -l)" = "$1" ]
}

# Calls that are wrong
tw-chat >/dev/null 2>&1
is $? 2 "no channel is a wrong call"
tw-chat 'a b' 2>"$tmp/err"
is "$? $(cat "$tmp/err")" '2 tw-chat: "a b" is no channel' "so is a name that is none"
tw-chat -f "$tmp/none" 2>/dev/null
is $? 2 "so is a list that is not there"
TW_CHAT_JOIN_RATE=20 tw-chat kanal 2>/dev/null
is $? 2 "so is a rate that is none"
TW_CHAT_JOIN_RATE='' tw-chat 'a b' 2>"$tmp/err"
is "$? $(cat "$tmp/err")" '2 tw-chat: "a b" is no channel' "an empty one is as good as none"
TW_IRC_URL=https://localhost tw-chat kanal 2>/dev/null
is $? 2 "so is an address that is none"
TW_CAFILE=$tmp/none tw-chat kanal 2>/dev/null
is $? 2 "so are certificates that are not there"

# What comes is written as it came
irc_start
start tw-chat -v -o "$tmp/out" kanal_eins '#Kanal_Zwei' kanal_drei nosuch \
	suspended_kanal banned_kanal
irc joined 3 30000
is "$reply" ok "three channels are joined"
irc chunk 1
irc burst kanal_eins 100
irc line kanal_zwei '@id=1 :b!b@b PRIVMSG #kanal_zwei :caf\xc3\xa9 \xf0\x9f\x98\x80 \xff\xfe\x01\x0b \xe2\x80\xa8 '
irc line kanal_zwei ':b!b@b PRIVMSG #KANAL_ZWEI :no tags\r'
irc sync
irc chunk 7
irc burst kanal_zwei 300
irc sync
irc chunk 0
irc burst kanal_drei 10000
irc long kanal_eins 65536
irc line kanal_eins '@room-id=;target-msg-id=x :tmi.twitch.tv CLEARMSG #kanal_eins :x'
irc line kanal_eins ':tmi.twitch.tv HOSTTARGET #kanal_eins :- 0'
irc line kanal_eins ':x.tmi.twitch.tv 353 x = #kanal_eins :x y'
irc wire '*' '\r\n\r\n:\r\n@\r\n@a=b\r\n:x\r\n\xff\x00\x01 y\r\n'
irc wire '*' ':a!a@a WHISPER justinfan :psst\r\n:tmi.twitch.tv GLOBALUSERSTATE\r\n'
irc wire '*' ':a!a@a PRIVMSG #not_asked_for :hello\r\n'
irc ping
irc send kanal_eins last
irc sync
until_ok 30 grep -rq ':last' "$tmp/out/kanal_eins"
holds "each line is there once, byte for byte"
cat "$tmp"/out/*/*.log >"$tmp/all"
grep -qa -e WHISPER -e not_asked_for -e 'PING' "$tmp/all"
is $? 1 "what names no channel asked for is not written"
is "$(marks refused "$tmp/out/suspended_kanal/"*.log | cut -d, -f1,3)" \
	'{"mark":"refused","why":"msg_channel_suspended"}' "a suspended channel is refused"
is "$(marks refused "$tmp/out/banned_kanal/"*.log | cut -d, -f1,3)" \
	'{"mark":"refused","why":"msg_banned"}' "so is one that banned us"
like "$(marks join "$tmp/out/kanal_eins/"*.log)" \
	'^{"mark":"join","by":"[^/]*/[0-9]*/[0-9]*"}$' "hearing begins with a join"
irc stats
like "$reply" 'pongs=1' "a PING is answered"

# Lines that are too long
irc long kanal_eins 65537
irc long kanal_eins 300000
irc send kanal_eins behind
irc sync
until_ok 30 grep -rq ':behind' "$tmp/out/kanal_eins"
is "$("$ledger" check -g "$irc/ledger" "$tmp/out" >/dev/null 2>&1; echo $?)" 0 \
	"lines over 64 KiB are missing, and a gap says how many"
like "$(cat "$tmp/err")" 'kanal_eins: dropped a line longer than 65536 bytes' "and a warning"

# Counters
kill -USR1 $pid
until_ok 30 grep -q 'heard=3' "$tmp/err"
like "$(cat "$tmp/err")" 'heard=3 rooms=6 refused=2 connections=1 lost=0' "SIGUSR1 tells counters"
is "$(counter overlong)" 2 "and how many lines were too long"

# The end
stop
is $status 0 "SIGTERM is a good end"
is "$(marks stop "$tmp"/out/*/*.log | wc -l)" 3 "each channel that was heard has its stop"
is "$(tail -qc1 "$tmp"/out/*/*.log | tr -d '\n' | wc -c)" 0 "each file ends with a line end"

# A torn line, and the same file again
file=$(echo "$tmp"/out/kanal_eins/*.log)
cp "$file" "$tmp/before"
printf '2026-11-23T12:00:00.000Z\tirc\tkanal_eins\thalf of a li' >>"$file"
start tw-chat -o "$tmp/out" kanal_eins
irc joined 1 30000
irc send kanal_eins again
irc sync
until_ok 30 grep -qa ':again' "$file"
stop
{
	cat "$tmp/before"
	printf '2026-11-23T12:00:00.000Z\tirc\tkanal_eins\thalf of a li\0\n'
} >"$tmp/want"
head -c "$(wc -c <"$tmp/want")" "$file" | cmp -s - "$tmp/want"
ok $? "a torn line is closed with NUL LF, and the file goes on behind it"
is "$(tw-parse -q "$file" | grep -c '"text":"again"')" 1 "its events can be read"

# Killed: the next one writes the end that it could not write
start tw-chat -o "$tmp/killed" kanal_eins kanal_zwei
irc joined 2 30000
until_ok 30 joins 2 "$tmp/killed"
irc send kanal_eins 'the last one'
irc sync
until_ok 30 grep -rqa ':the last one' "$tmp/killed/kanal_eins"
kill -9 $pid
wait $pid 2>/dev/null
heard=$(tail -qn1 "$tmp"/killed/kanal_eins/*.log | cut -f1)
dead=$(marks join "$tmp"/killed/kanal_eins/*.log | cut -d'"' -f8)
start tw-chat -o "$tmp/killed" kanal_eins kanal_zwei
until_ok 30 joins 4 "$tmp/killed"
is "$(marks lost "$tmp"/killed/kanal_eins/*.log)" \
	"{\"mark\":\"lost\",\"by\":\"$dead\",\"since\":\"$heard\",\"why\":\"the collector died\"}" \
	"who was killed is lost since its last line"
second=$pid
start tw-chat -o "$tmp/killed" kanal_eins kanal_zwei
until_ok 30 joins 6 "$tmp/killed"
is "$(marks lost "$tmp"/killed/*/*.log | wc -l)" 2 "each channel, and who lives is not"
stop
pid=$second
stop
start tw-chat -o "$tmp/killed" kanal_eins
until_ok 30 joins 7 "$tmp/killed"
stop
is "$(marks lost "$tmp"/killed/*/*.log | wc -l)" 2 "nor who was stopped"
irc_end

# The list is read again
irc_start
rm -rf "$tmp/out"
printf '# ours\nkanal_eins\n  Kanal_Zwei # a comment\r\n\nno channel!\n' >"$tmp/list"
start tw-chat -v -f "$tmp/list" -o "$tmp/out" kanal_null
irc joined 3 30000
is "$reply" ok "a list, and an operand"
until_ok 30 joins 3 "$tmp/out"
like "$(cat "$tmp/err")" 'list:5: "no channel!" is no channel: left out' "a bad line is named"
printf 'kanal_zwei\nkanal_drei\n' >"$tmp/list"
kill -HUP $pid
until_ok 30 test -n "$(ls "$tmp/out/kanal_drei" 2>/dev/null)"
until_ok 30 grep -rq '"stop"' "$tmp"/out/kanal_eins
is "$(marks stop "$tmp"/out/*/*.log | wc -l)" 1 "one is gone, with a stop"
irc joined 3 30000
until_ok 30 grep -rq '"join"' "$tmp"/out/kanal_drei
is "$(marks join "$tmp"/out/*/*.log | wc -l)" 4 "one has come, the others were not touched"
is "$(grep -c '^A' "$irc/ledger")" 1 "all on one connection"
irc send kanal_eins unheard
irc send kanal_zwei heard
irc sync
rm "$tmp/list"
kill -HUP $pid
until_ok 30 grep -q 'the old list stays in force' "$tmp/err"
ok $? "a list that cannot be read leaves the old one in force"
irc send kanal_drei still
irc sync
until_ok 30 grep -rq ':still' "$tmp"/out/kanal_drei
ok $? "and it is listened to"
grep -q ':unheard' "$tmp"/out/kanal_eins/*.log
is $? 1 "who is left is not written any more"
stop
irc_end

# Standard output: whose reader is slow, or goes away
irc_start
mkfifo "$tmp/pipe"
tw-chat kanal_eins kanal_zwei >"$tmp/pipe" 2>"$tmp/err" 8>&- 9<&- &
pid=$!
exec 5<"$tmp/pipe"
irc joined 2 30000
irc rate 20000 4
irc wait 30000
kill -USR1 $pid
until_ok 30 grep -q dropped= "$tmp/err"
waiting=$(counter waiting)
[ "$waiting" -gt 8000000 ] && [ "$waiting" -le 16777216 ]
ok $? "what a slow reader leaves is bounded: $waiting bytes"
[ "$(counter dropped)" -gt 1000 ]
ok $? "the rest is dropped: $(counter dropped) lines"
cat <&5 >"$tmp/slow" &
reader=$!
until_ok 30 grep -q '"gap"' "$tmp/slow"
irc send kanal_eins again
irc sync
until_ok 30 grep -q ':again' "$tmp/slow"
stop
is $status 0 "a good end"
exec 5<&-
wait $reader
found=$("$ledger" check -g "$irc/ledger" "$tmp/slow" 2>&1)
ok $? "the gap marks count exactly what is missing"
echo "# $found"
tw-chat kanal_eins 2>/dev/null 8>&- 9<&- | head -n 1 >"$tmp/first"
like "$(cat "$tmp/first")" '	mark	kanal_eins	{"mark":"join"' "a reader that has enough ends it"
irc_end
done_testing
