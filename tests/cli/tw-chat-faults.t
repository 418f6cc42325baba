#!/bin/sh
# shellcheck disable=SC2119 # irc_start has options, it needs none
# tw-chat when the network, the server or the disk fail: when it was deaf is in
# the log, to the second, and it comes back.
. "$(dirname "$0")/tap.sh"
. "$here/fake.sh"
ledger=$TW_BIN/tests/fake/ledger
out=$tmp/out

check() {
	found=$("$ledger" check -w "$irc/ledger" "$out" 2>&1)
	ok $? "$1"
	echo "# $found"
}

# near TIME TIME MS NAME: two times, RFC 3339, are at most so far apart
near() {
	away=$(awk -v a="$1" -v b="$2" 'function ms(t, p) {
			split(t, p, /[-T:.Z]/)
			return ((p[3] * 24 + p[4]) * 60 + p[5]) * 60000 + p[6] * 1000 + p[7]
		}
		BEGIN { d = ms(a) - ms(b); print d < 0 ? -d : d }')
	[ "$away" -le "$3" ]
	ok $? "$4 ($away ms)"
}

now() {
	date -u +%Y-%m-%dT%H:%M:%S.%3NZ
}

# value KEY: of the JSON on standard input
value() {
	sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

# These two take their time: they wait beside the others, each on a server of
# its own.
(
	irc_start
	irc mute all
	timeout 20 tw-chat -o "$tmp/mute" kanal 2>"$tmp/mute.err" 8>&- 9<&-
	irc_end
) &
mute=$!
(
	irc_start
	irc login refuse
	timeout 36 tw-chat -o "$tmp/refused" k1 k2 k3 2>"$tmp/refused.err" 8>&- 9<&-
	"$ledger" logins "$irc/ledger" >"$tmp/refused.logins"
	irc_end
) &
refused=$!
(
	irc_start
	tw-chat -o "$tmp/silent" kanal 2>"$tmp/silent.err" 8>&- 9<&- &
	pid=$!
	irc joined 1 30000
	irc send kanal hello
	irc sync
	now >"$tmp/silent.from"
	irc freeze
	irc connections 1 40000
	now >"$tmp/silent.to"
	until_ok 30 sh -c "[ \$(cat $tmp/silent/*/*.log | grep -c '\"join\"') = 2 ]"
	kill $pid
	wait $pid
	irc_end
) &
silent=$!

# RST and FIN
irc_start
start tw-chat -o "$out" k1 k2
irc joined 2 30000
for how in rst fin; do
	irc burst k1 2000
	irc $how
	cut=$(now)
	irc joined 2 30000
	irc send k1 back
	irc sync
	until_ok 30 grep -rq "back" "$out"/k1
	near "$(marks lost "$out"/k2/*.log | tail -n1 | value since)" "$cut" 1000 \
		"$how: lost since then"
done
is "$(marks lost "$out"/k1/*.log | value why)" "Recv failure: Connection reset by peer
closed by the server" "and why"
is "$(marks join "$out"/k1/*.log | wc -l)" 3 "heard again each time"

# RECONNECT: the new connection first
irc rate 1000 6
irc reconnect '*' 5000
irc wait 20000
is "$(marks lost "$out"/k1/*.log | wc -l)" 2 "RECONNECT leaves no hole"
is "$(marks join "$out"/k1/*.log | wc -l)" 3 "and no second join"
irc connections 1 10000
is "$reply" ok "the old connection has gone"

# RECONNECT once more, before the new connection has joined
irc answer k1 no
irc answer k2 no
irc reconnect '*' 60000
irc connections 2 30000
irc reconnect 5 60000
irc send k1 meanwhile
irc sync
until_ok 30 grep -rq ':meanwhile' "$out"/k1
irc answer k1 yes
irc answer k2 yes
irc connections 1 60000
is "$(marks lost "$out"/k1/*.log | wc -l)" 2 "asked again meanwhile: no hole either"

# The network is gone, and comes back
irc listen off
cut=$(now)
sleep 4
irc listen on
irc joined 2 30000
is "$reply" ok "the network is back, and so are we"
irc send k2 here
irc sync
until_ok 30 grep -rq ':here' "$out"/k2
near "$(marks lost "$out"/k2/*.log | tail -n1 | value since)" "$cut" 1000 \
	"the hole begins where it began"

# Parted by the server, and banned
irc kick k1
irc sync
until_ok 30 grep -rq '"refused"' "$out"/k1
is "$(marks refused "$out"/k1/*.log | value why)" msg_banned "a ban in mid-stream is told"
stop
is $status 0 "a good end"
check "chat is there right up to each cut, each line once"
irc_end

# No answer to a JOIN
irc_start
start tw-chat -o "$tmp/nosuch" k1 nosuch
irc joined 1 30000

# Its files are removed
until_ok 30 grep -rq '"join"' "$tmp/nosuch/k1"
rm -r "$tmp/nosuch/k1"
sleep 3
irc send k1 new
irc sync
until_ok 30 grep -rq ':new' "$tmp/nosuch/k1"
ok $? "a file that was removed is made again"

# Refusals
irc caps nak
tw-chat k1 2>"$tmp/err2" 8>&- 9<&-
is $? 2 "without tags it is of no use"
like "$(cat "$tmp/err2")" 'refuses the capabilities twitch.tv/tags' "and it says so"
irc caps ack
: >"$tmp/token"
TW_CHAT_LOGIN=Lesebot TW_CHAT_TOKEN_FILE=$tmp/token tw-chat -q k1 2>"$tmp/err2" 8>&- 9<&-
is "$? $(cat "$tmp/err2")" \
	"2 tw-chat: TW_CHAT_TOKEN_FILE: $tmp/token: no token in it" \
	"a file without a token is no reason to try again"
echo oauth:wrongtoken >"$tmp/token"
TW_CHAT_LOGIN=Lesebot TW_CHAT_TOKEN_FILE=$tmp/token tw-chat k1 2>"$tmp/err2" 8>&- 9<&-
is $? 2 "a real login that is refused, too"
like "$(cat "$tmp/err2")" 'Login authentication failed' "with the reason"
grep -q wrongtoken "$tmp/err2" "$irc/ledger"
is $? 1 "the token is not in what it says"
echo goodtoken >"$tmp/token"
TW_CHAT_LOGIN=Lesebot TW_CHAT_TOKEN_FILE=$tmp/token \
	tw-chat -v -o "$tmp/real" k3 2>"$tmp/err2" 8>&- 9<&- &
real=$!
until_ok 30 grep -rq '"join"' "$tmp/real/k3"
ok $? "a real login that is taken"
tr '\0' ' ' <"/proc/$real/cmdline" >"$tmp/cmdline"
kill $real
wait $real
grep -qr goodtoken "$tmp/real" "$tmp/err2" "$tmp/cmdline"
is $? 1 "no secret in the log, the words or the arguments"
TW_CHAT_LOGIN=Lesebot tw-chat k1 2>/dev/null
is $? 2 "a login needs its token's file"
TW_IRC_URL=irc://no-such-host.invalid tw-chat k1 2>"$tmp/err2" 8>&- 9<&- &
nohost=$!
until_ok 30 grep -q 'trying again' "$tmp/err2"
kill $nohost
wait $nohost
like "$(cat "$tmp/err2")" '[Rr]esolv' "a name that is none"
TW_IRC_URL=irc://127.0.0.1:1 timeout 2 tw-chat k1 2>"$tmp/err2"
like "$(cat "$tmp/err2")" 'Connection refused\|connect' "a port where nobody is"

# The disk is full: simulated in write(), as only root can fill one.
make_full() {
	LD_PRELOAD=$TW_BIN/tests/fake/full.so TW_FULL=$tmp/full \
		ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 \
		exec tw-chat -o "$tmp/disk" k5 k6
}
make_full 2>"$tmp/disk.err" 8>&- 9<&- &
full=$!
irc joined 3 30000
irc send k5 first
irc sync
until_ok 30 grep -rq ':first' "$tmp/disk/k5"
touch "$tmp/full"
irc burst k5 20000
irc send k6 quiet
irc sync
until_ok 30 grep -q 'No space left' "$tmp/disk.err"
ok $? "a full disk is told"
sleep 1
rm "$tmp/full"
until_ok 30 grep -rq '"gap"' "$tmp/disk/k5"
ok $? "and when it has room again, the gap"
irc send k5 after
irc sync
until_ok 30 grep -rq ':after' "$tmp/disk/k5"
kill $full
wait $full
is $? 0 "it did not crash"
like "$(cat "$tmp/disk.err")" 'can be written again' "and said that it goes on"
grep -rq ':quiet' "$tmp/disk/k6"
ok $? "what found room in the queue was kept"
is "$(grep -c 'PRIVMSG #k5' "$tmp/disk/k5/"*.log)" \
	$((20002 - $(marks gap "$tmp/disk/k5/"*.log | sed 's/.*"lines":\([0-9]*\).*/\1/'))) \
	"the gap counts exactly what is missing"
is "$(tw-parse -q "$tmp/disk/k5/"*.log 2>/dev/null | grep -c '"type":"message"')" \
	"$(grep -c 'PRIVMSG #k5' "$tmp/disk/k5/"*.log)" "no line is torn"

# A file that must not grow any more is no end, either.
(
	ulimit -f 100
	exec tw-chat -o "$tmp/limit" k7 2>"$tmp/limit.err" 8>&- 9<&-
) &
limit=$!
until_ok 30 grep -rq '"join"' "$tmp/limit"
irc burst k7 5000
until_ok 30 grep -q 'File too large: trying again' "$tmp/limit.err"
ok $? "a file at its limit is told"
kill $limit
wait $limit
is $? 1 "and does not kill"

# TLS: who is not who he should be is not listened to
"$root/tests/fake/certs" "$tmp/certs"
irc_plain=$irc
exec 3>&8 4<&9
for kind in good wrongname wrongca expired; do
	irc_start -t "$tmp/certs/$kind.pem,$tmp/certs/$kind.key"
	TW_CAFILE=$tmp/certs/ca.pem TW_IRC_URL=ircs://localhost:$irc_port \
		timeout 3 tw-chat kanal >"$tmp/tls" 2>"$tmp/err2" 3>&- 4<&- 8>&- 9<&-
	if [ $kind = good ]; then
		like "$(cat "$tmp/tls")" '"mark":"join"' "TLS: $kind"
	else
		is "$(cat "$tmp/tls")" "" "TLS: $kind is refused"
		like "$(cat "$tmp/err2")" 'SSL' "and why"
	fi
	irc_end
done
exec 8>&3 9<&4 3>&- 4<&-
irc=$irc_plain

# What has waited meanwhile
until_ok 60 grep -rq '"no answer"' "$tmp/nosuch/nosuch"
ok $? "a channel that does not answer is refused after three tries"
stop
irc_end
wait $mute
like "$(cat "$tmp/mute.err")" 'no answer to the login; trying again' "a server that never answers"
is "$(cat "$tmp"/mute/*/*.log 2>/dev/null)" "" "nothing was heard, nothing is written"
wait $silent
near "$(marks lost "$tmp"/silent/*/*.log | value since)" "$(cat "$tmp/silent.from")" 1000 \
	"half-open silence: deaf since the last byte"
is "$(marks lost "$tmp"/silent/*/*.log | value why)" "no answer to PING" "and why"
near "$(cat "$tmp/silent.to")" "$(cat "$tmp/silent.from")" 30000 "noticed within 30 s"
is "$(marks join "$tmp"/silent/*/*.log | wc -l)" 2 "and heard again"
wait $refused
like "$(cat "$tmp/refused.err")" 'Login authentication failed"; trying again' \
	"an anonymous login that is refused is tried again"
like "$(cat "$tmp/refused.logins")" 'logins=[12] ' "but not before 30 s have passed"
echo "# $(cat "$tmp/refused.logins")"
done_testing
