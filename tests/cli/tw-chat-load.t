#!/bin/sh
# shellcheck disable=SC2119 # irc_start has options, it needs none
# tw-chat under load, killed at random moments, and with many channels: nothing
# is lost but the last second of a killed one, limits are kept. The sanitizers
# make everything slow: they get a smaller load.
. "$(dirname "$0")/tap.sh"
. "$here/fake.sh"
ledger=$TW_BIN/tests/fake/ledger
case ${TW_MODE:-plain} in
plain) per_second=50000 seconds=20 channels=1000 kills=50 many=10000 ;;
*) per_second=5000 seconds=5 channels=300 kills=8 many=0 ;;
esac

names() {
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) print "kanal_" i }'
}

# Resident memory of the process, KiB: the most it ever was.
memory() {
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status"
}

# Seconds of a core that the process has used, in hundredths.
used() {
	sed 's/.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }'
}

# Many messages
irc_start
names $channels >"$tmp/list"
start tw-chat -f "$tmp/list" -o "$tmp/out"
irc joined $channels 60000
is "$reply" ok "$channels channels are joined"
irc rate $per_second $seconds
# What has come meanwhile is not taken in one piece.
sleep 2
kill -STOP $pid
sleep 1
kill -CONT $pid
irc wait 90000
kill -USR1 $pid
until_ok 30 grep -q heard= "$tmp/err"
echo "# $(tail -n 1 "$tmp/err")"
if [ "${TW_MODE:-plain}" = plain ]; then
	[ "$(memory)" -lt 36864 ]
	ok $? "memory stays under 36 MiB: $(memory) KiB"
fi
echo "# $(used) hundredths of a second of CPU time"
stop
found=$("$ledger" check "$irc/ledger" "$tmp/out" 2>&1)
ok $? "$per_second messages a second for $seconds s: each is there once, as it was"
echo "# $found"
"$ledger" joins "$irc/ledger" 1000/1 >"$tmp/joins"
ok $? "JOINs within the limit: $(cat "$tmp/joins")"
irc_end
rm -rf "$tmp/out"

# A limit, and a mass reconnect: it holds over all connections
irc_start
names 120 >"$tmp/list"
TW_CHAT_JOIN_RATE=30/2 start tw-chat -f "$tmp/list" -o "$tmp/out"
irc joined 120 30000
irc rst
irc joined 120 30000
is "$reply" ok "all are back after a mass reconnect"
"$ledger" joins "$irc/ledger" 30/2 >"$tmp/joins"
ok $? "and the JOINs were within the limit: $(cat "$tmp/joins")"
stop
irc_end
rm -rf "$tmp/out"

# Killed at random moments, with no order to what is in the middle of what
irc_start
irc rate 3000 $((kills / 2 + 5))
bad=0 n=0
while [ $n -lt $kills ]; do
	tw-chat -o "$tmp/out" k1 k2 k3 2>/dev/null 8>&- 9<&- &
	pid=$!
	sleep "0.$(awk -v s=$n 'BEGIN { srand(s); printf "%03d", 100 + rand() * 400 }')"
	kill -9 $pid
	wait $pid 2>/dev/null
	n=$((n + 1))
done
start tw-chat -o "$tmp/out" k1 k2 k3
irc joined 3 30000
irc wait 60000
irc send k1 last
irc sync
until_ok 30 grep -rq ':last' "$tmp/out/k1"
stop
# A line is whole, or it ends in NUL: then it was closed.
bad=$(cat "$tmp"/out/*/*.log | tr '\0' '\001' | awk -F'\t' '
	!/\001$/ && ($1 !~ /^20..-..-..T..:..:..\....Z$/ || NF < 4) { n++ }
	END { print n + 0 }')
is "$bad" 0 "kill -9 at $kills moments leaves no torn line"
is "$(cat "$tmp"/out/*/*.log | tr -d '\0' | cut -f1-2,4- | grep PRIVMSG | sort | uniq -d | wc -l)" 0 \
	"and none twice"
# A run is from a join to the next; within it no number of a message is missing,
# as each is written before the next one: what is lost is at its end.
"$ledger" check -r 1000 "$irc/ledger" "$tmp/out" >"$tmp/found" 2>&1
ok $? "at most the last second before each is missing"
echo "# $(tail -n 1 "$tmp/found")"
irc_end
rm -rf "$tmp/out"

# Ten thousand channels: not more files open than allowed, and little memory
if [ $many -gt 0 ]; then
	irc_start
	names $many >"$tmp/list"
	TW_CHAT_JOIN_RATE=2000/10 start tw-chat -f "$tmp/list" -o "$tmp/out"
	irc joined $many 120000
	is "$reply" ok "$many channels are joined"
	irc rate 5000 5
	irc wait 60000
	files=$(find "/proc/$pid/fd" | wc -l)
	[ "$files" -lt 1200 ]
	ok $? "$files descriptors are open"
	[ "$(memory)" -lt 49152 ]
	ok $? "memory: $(memory) KiB"
	stop
	found=$("$ledger" check "$irc/ledger" "$tmp/out" 2>&1)
	ok $? "each message of $many channels is there once"
	echo "# $found"
	"$ledger" joins "$irc/ledger" 2000/10 >"$tmp/joins"
	ok $? "JOINs within the limit: $(cat "$tmp/joins")"
	irc_end
fi
done_testing
