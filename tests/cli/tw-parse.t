#!/bin/sh
# tw-parse as a user calls it.
. "$(dirname "$0")/tap.sh"

p='2026-11-23T12:00:00.000Z	irc	kanal_eins	'
tags='@id=a1;user-id=7;display-name=Zoe;tmi-sent-ts=1795435200123;room-id=1'
line="$p$tags :zoe!zoe@zoe.tmi.twitch.tv PRIVMSG #kanal_eins :hello"
want='{"ts":"2026-11-23T12:00:00.123Z","channel":"kanal_eins","type":"message","id":"a1","user":"zoe","user_id":"7","name":"Zoe","text":"hello"}'

golden tw-parse events
golden tw-parse bare
golden tw-parse refused
golden tw-parse mentions --mentions mentions.patterns

is "$(printf '%s\n' "$line" | tw-parse)" "$want" "a raw line is an event"
is "$(printf '%s\r\n' "$line" | tw-parse)" "$want" "CRLF is a line end"
is "$(printf '%s\n' "$line" "$line" | tw-parse)" "$want" "a repeat is dropped"

# Before it waits for more, all that came is out: a repeat not, one that is asked
# for by its line (without an id) neither.
noid=$(printf '%s\n' "$line" | sed 's/id=a1;user/user/; s/hello/no id/')
mkfifo "$tmp/pipe"
tw-parse -v <"$tmp/pipe" >"$tmp/live.out" 2>"$tmp/live.err" &
exec 3>"$tmp/pipe"
printf '%s\n' "$line" "$line" "$noid" >&3
until_ok 20 grep -q 'no id' "$tmp/live.out"
is "$(wc -l <"$tmp/live.out")" 2 "a pipe that stays open: what came of it is out"
printf '%s\n' "$noid" "$line" | sed 's/a1/a2/' >&3
until_ok 20 grep -q a2 "$tmp/live.out"
ok $? "and what came after"
exec 3>&-
wait
is "$(wc -l <"$tmp/live.out")" 3 "without repeats of what was out already"
like "$(cat "$tmp/live.err")" '5 lines, 3 events (message 3), .* 2 repeated' "-v"

# Compressed input, from files and from a pipe.
printf '%s\n' "$line" >"$tmp/a.log"
zstd -q -k "$tmp/a.log"
gzip -k "$tmp/a.log"
is "$(tw-parse "$tmp/a.log.zst")" "$want" ".zst"
is "$(tw-parse "$tmp/a.log.gz")" "$want" ".gz"
is "$(tw-parse <"$tmp/a.log.zst")" "$want" ".zst on standard input"
is "$(cat "$tmp/a.log.gz" "$tmp/a.log.gz" | tw-parse -)" "$want" \
	"two .gz one after the other"

# Merging: by time, stable, and the same however the log is cut.
sed 's/a1/b1/; s/12:00:00.000/11:59:59.000/' "$tmp/a.log" >"$tmp/b.log"
is "$(tw-parse "$tmp/a.log" "$tmp/b.log" | grep -o '"id":"..."*')" \
	'"id":"b1"
"id":"a1"' "inputs are merged by time"
"$TW_BIN/tests/gen" week "$tmp/week"
cat "$tmp"/week/chat/kanal_eins/*.log >"$tmp/whole.log"
tw-parse "$tmp"/week/chat/kanal_eins/*.log >"$tmp/files.out"
tw-parse "$tmp/whole.log" >"$tmp/whole.out"
same "$tmp/files.out" "$tmp/whole.out" "fourteen files give what one gives"
split -b 65521 "$tmp/whole.log" "$tmp/part."
cat "$tmp"/part.* | dd ibs=7001 obs=333 2>/dev/null | tw-parse >"$tmp/cut.out"
same "$tmp/whole.out" "$tmp/cut.out" "reads of any size give the same bytes"
tw-parse "$tmp/whole.log" | cmp -s - "$tmp/whole.out"
ok $? "twice gives the same bytes"

# Filters.
is "$(tw-parse -c other "$tmp/a.log" 2>"$tmp/err")" "" "-c leaves other channels out"
is "$(cat "$tmp/err")" "tw-parse: -c other: nothing of this channel was read" \
	"and names one of which there is nothing"
is "$(tw-parse -c kanal_eins --since 2030-01-01 "$tmp/a.log" 2>&1)" "" \
	"but not where there is nothing of that time"
is "$(tw-parse -c other </dev/null 2>&1)" "" "nor where nothing was read at all"
printf '%s\tirc\tjoined\t:a!a@a JOIN #joined\n' 2026-11-23T18:00:00.000Z >"$tmp/joined"
is "$(tw-parse -c joined "$tmp/joined" 2>&1)" "" "nor where lines of it become no events"
printf ':a!a@a JOIN #joined\n' >"$tmp/joined"
is "$(tw-parse -c other "$tmp/joined" 2>&1)" \
	"tw-parse: -c other: nothing of this channel was read" "a line without a prefix"
echo 77 >"$tmp/optout"
printf '%s\tirc\tleft\t@user-id=77 :a!a@a PRIVMSG #left :hi\n' \
	2026-11-23T18:00:00.000Z >"$tmp/left"
is "$(tw-parse -c left --optout "$tmp/optout" "$tmp/left" 2>&1)" "" \
	"nor where all who wrote there have opted out"
is "$(tw-parse -c '#Kanal_Eins' "$tmp/a.log")" "$want" \
	"-c takes a name as people write it"
is "$(tw-parse --since 2026-11-24 "$tmp/a.log")" "" "--since"
is "$(tw-parse --until 2026-11-23 "$tmp/a.log")" "" "--until is exclusive"
is "$(tw-parse --since 2026-11-23 --until 2026-11-24 "$tmp/a.log")" "$want" \
	"--since and --until"

# Refused lines are named, kept, and the good ones go on.
printf 'junk\n%s\n%s\0\n' "$line" "$line" |
	tw-parse --rejects "$tmp/rejects" >"$tmp/out" 2>"$tmp/err"
is $? 3 "refused lines: exit 3"
is "$(cat "$tmp/out")" "$want" "the good line is delivered"
is "$(cat "$tmp/err")" \
	"tw-parse: standard input:1: refused: neither a raw log line nor IRC
tw-parse: standard input:3: refused: NUL in the line (torn by a crash?)" \
	"refused lines are named with their place"
printf 'junk\n%s\0\n' "$line" >"$tmp/want"
same "$tmp/want" "$tmp/rejects" "and kept as they were"
is "$(printf 'junk\n' | tw-parse -q 2>&1)" "" "-q is silent"

# Half of a line, in the middle of its command
like "$(printf '%s:a!a@a PRIVM' "$p" | tw-parse 2>&1)" \
	'standard input:1: has no line end, may be half of a line' "half a command is warned of"

# A line of 10 MiB between two good ones.
{
	printf '%s\n%s' "$line" "$p$tags :z!z@z PRIVMSG #kanal_eins :"
	head -c 10485760 /dev/zero | tr '\0' x
	printf '\n'
	printf '%s\n' "$line" | sed s/a1/a2/
} >"$tmp/long"
tw-parse --rejects "$tmp/rejects" "$tmp/long" >"$tmp/out" 2>"$tmp/err"
is $? 3 "a line of 10 MiB: exit 3"
is "$(wc -l <"$tmp/out")" 2 "the lines around it are delivered"
like "$(cat "$tmp/err")" ':2: refused: longer than 1 MiB' "it is named"
sed -n 2p "$tmp/long" | cmp -s - "$tmp/rejects"
ok $? "and kept whole"

# Bad operands.
tw-parse "$tmp/missing" "$tmp/a.log" >"$tmp/out" 2>"$tmp/err"
is $? 1 "a missing file: exit 1"
is "$(cat "$tmp/out")" "$want" "the other file is read"
like "$(cat "$tmp/err")" 'missing: No such file' "it is named"
tw-parse "$tmp" >/dev/null 2>"$tmp/err"
is $? 1 "a directory: exit 1"
like "$(cat "$tmp/err")" 'is a directory' "it is named"
head -c 60 "$tmp/a.log.zst" >"$tmp/torn.log.zst"
tw-parse "$tmp/torn.log.zst" "$tmp/a.log" >"$tmp/out" 2>"$tmp/err"
is $? 1 "a .zst cut short: exit 1"
is "$(cat "$tmp/out")" "$want" "the other file is read"
like "$(cat "$tmp/err")" 'torn.log.zst: .*cut short' "it is named"
tw-parse --nonsense </dev/null >/dev/null 2>&1
is $? 2 "an unknown option: exit 2"
printf 'name\t(\n' >"$tmp/bad"
tw-parse --mentions "$tmp/bad" </dev/null >/dev/null 2>"$tmp/err"
is $? 2 "a pattern that is none: exit 2"
like "$(cat "$tmp/err")" 'bad:1: pattern' "with its line"

# The mark that some editors put before a file belongs to nothing in it.
printf '\357\273\277hello\thello\n' >"$tmp/bom"
like "$(tw-parse --mentions "$tmp/bom" "$tmp/a.log")" '"mentions":\["hello"\]' \
	"a byte order mark before the mentions"
printf '\357\273\2777\n' >"$tmp/bom"
is "$(tw-parse --optout "$tmp/bom" "$tmp/a.log")" "" "and before the opt-outs"

# A pattern that explodes does not hang the pipe.
printf 'slow\t(x+x+)+[yz]\n' >"$tmp/slow"
printf '%s\n' "$p@id=1;tmi-sent-ts=1795435200123 :z!z@z PRIVMSG #kanal_eins :$(
	printf 'x%.0s' $(seq 60))" |
	timeout 20 tw-parse --mentions "$tmp/slow" >"$tmp/out" 2>"$tmp/err"
is $? 0 "a slow pattern ends"
like "$(cat "$tmp/err")" 'pattern slow is too slow' "and is named"

# Outputs that fail.
tw-parse "$tmp/whole.log" >/dev/full 2>"$tmp/err"
is $? 1 "a full disk: exit 1"
like "$(cat "$tmp/err")" 'standard output: No space left' "it is named"
printf 'junk\n' | tw-parse --rejects /dev/full 2>"$tmp/err"
is $? 1 "a full disk for the rejects: exit 1"
(
	trap '' PIPE
	tw-parse "$tmp/whole.log" 2>"$tmp/err"
	echo $? >"$tmp/status"
) | true
is "$(cat "$tmp/status")" 1 "a closed pipe, SIGPIPE ignored: exit 1"
like "$(cat "$tmp/err")" 'standard output: Broken pipe' "it is named"

# Refused lines replace nothing that is read, and no raw log.
cp "$tmp/whole.log" "$tmp/raw.log"
ln "$tmp/raw.log" "$tmp/link.log"
printf 'cola\tcola\n' >"$tmp/names"
printf 'junk\n' >"$tmp/junk"
printf '%s\0\n\n%s\n' "$p" "$line" >"$tmp/torn.log"
cp "$tmp/torn.log" "$tmp/torn.was"
for args in "raw.log raw.log" "link.log raw.log" "raw.log part.aa" \
	"torn.log part.aa" \
	"names --mentions names raw.log" "junk junk"; do
	# shellcheck disable=SC2086 # words
	(cd "$tmp" && tw-parse --rejects $args) >"$tmp/out" 2>"$tmp/err"
	is "$? $(wc -c <"$tmp/out")" "2 0" "--rejects $args: refused"
	like "$(cat "$tmp/err")" 'would be lost' "with the reason"
done
# shellcheck disable=SC2094 # on purpose
tw-parse --rejects "$tmp/junk" <"$tmp/junk" 2>"$tmp/err"
is $? 2 "standard input, too"
same "$tmp/raw.log" "$tmp/whole.log" "the raw log is as it was"
same "$tmp/torn.log" "$tmp/torn.was" "one that begins with a torn line, too"
is "$(cat "$tmp/junk" "$tmp/names")" "junk
cola	cola" "and so are the others"
printf 'more\njunk\n' | tw-parse -q --rejects "$tmp/junk"
printf 'x\n' | tw-parse -q --rejects "$tmp/junk"
is "$(cat "$tmp/junk")" x "what was refused before is replaced"
printf 'junk\n%s:a!a@a PRIVM' "$p" >"$tmp/junk"
printf 'x\n' | tw-parse -q --rejects "$tmp/junk"
is "$(cat "$tmp/junk")" x "of a run that was killed, too"

# The clock.
printf '%s\n' "$line" | sed 's/^2026-11-23T12:00:00/2026-11-23T12:00:09/' |
	tw-parse >/dev/null 2>"$tmp/err"
like "$(cat "$tmp/err")" 'clock was wrong' "a wrong clock is told"

like "$(tw-parse -h)" 'usage: tw-parse' "-h"
[ "$(tw-parse -h | wc -l)" -le 24 ]
ok $? "-h fits a screen"
like "$(tw-parse -V)" '^tw-parse [0-9]' "-V"
like "$(tw-parse -v "$tmp/a.log" 2>&1 >/dev/null)" \
	'1 lines, 1 events (message 1), 0 skipped, 0 refused, 0 repeated' "-v"
done_testing
