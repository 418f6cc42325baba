#!/bin/sh
# What people are kept of: those who opted out, pseudonyms, lines stripped.
. "$(dirname "$0")/tap.sh"
. "$here/ops.sh"
unset TW_OPTOUT
kept=$data
in=$here/data/privacy.in users=$here/data/privacy.users

# plain FILE: as it was before it was compressed
plain() {
	case $1 in
	*.zst) zstd -q -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# expect CASE NAME: $tmp/got is data/privacy.CASE, which TW_GOLDEN=1 writes
expect() {
	[ -z "${TW_GOLDEN:-}" ] || cp "$tmp/got" "$here/data/privacy.$1"
	same "$here/data/privacy.$1" "$tmp/got" "$2"
}

# Opted out
golden tw-parse privacy --optout privacy.users
data=$kept
TW_OPTOUT=$users tw-parse <"$in" >"$tmp/got"
same "$here/data/privacy.out" "$tmp/got" "TW_OPTOUT is as --optout"
echo 999 >"$tmp/other"
TW_OPTOUT=$tmp/nothing tw-parse --optout "$users" <"$in" >"$tmp/got"
same "$here/data/privacy.out" "$tmp/got" "and the option goes before it"
tw-parse <"$in" >"$tmp/all"
TW_OPTOUT='' tw-parse <"$in" | cmp -s - "$tmp/all"
ok $? "an empty variable names no file"
tw-parse --optout "$tmp/other" <"$in" | cmp -s - "$tmp/all"
ok $? "without a line of theirs nothing changes"
like "$(tw-parse -v --optout "$users" <"$in" 2>&1 >/dev/null)" \
	' 0 repeated, 15 of users who opted out$' "how many lines that were is told"
tw-parse -v <"$in" 2>"$tmp/err" >/dev/null
! grep -q opted "$tmp/err"
ok $? "but not where nobody did"

# wrong WORDS FILE: tw-parse does nothing with such a file
wrong() {
	out=$(tw-parse --optout "$2" <"$in" 2>"$tmp/err")
	is "$? $out" "2 " "$3: nothing is done"
	like "$(cat "$tmp/err")" "$1" "$3: and it says why"
}
wrong "^tw-parse: --optout: $tmp/none: No such file or directory; it wants one user id a line" \
	"$tmp/none" "no file"
wrong "$tmp: .*directory" "$tmp" "a folder"
printf '12\nzoe_12\n' >"$tmp/bad"
wrong "$tmp/bad:2: \"zoe_12\" is no Twitch user id (digits)" "$tmp/bad" "a login"
printf '12\n0900\n' >"$tmp/zero"
wrong "$tmp/zero:2: \"0900\" is no Twitch user id: it begins with a zero" "$tmp/zero" "a zero"
printf '12\r13\r' >"$tmp/cr"
wrong "$tmp/cr:1: there is a CR in the line" "$tmp/cr" "lines that end with CR"
gzip -c "$users" >"$tmp/users.gz"
wrong "$tmp/users.gz:1: " "$tmp/users.gz" "a compressed one"
printf '12\t900\n' >"$tmp/two"
tw-parse --optout "$tmp/two" <"$in" 2>"$tmp/err" | cmp -s - "$here/data/privacy.out"
is "$? $(cat "$tmp/err")" "0 tw-parse: $tmp/two:1: \"900\" is taken as a name: an id stands on a line of its own, and a name of digits has an @ before it" \
	"two ids on a line are warned of"
is "$(tw-parse -q --optout "$tmp/two" <"$in" 2>&1 >/dev/null)" "" "but not with -q"
out=$(TW_OPTOUT=$tmp/bad tw-parse <"$in" 2>&1)
is "$?" 2 "so it is with the variable"
like "$out" "^tw-parse: TW_OPTOUT: $tmp/bad:2: " "and it says where"

# What cannot be read is named, but not kept where such a user may stand in it.
{
	printf 'rubbish with 12 in it\nrubbish with 123 in it\n'
	printf '2026-11-23T12:00:00.000Z\tirc\tkanal_eins\t@user-id=12 :zoe_12!z@z PRIVMSG #kanal_eins :hal\0\n'
	sed -n 4p "$in" | sed 's/PRIVMSG #kanal_eins/PRIVMSG #kanal_zwei/'
} >"$tmp/torn"
tw-parse --optout "$users" --rejects "$tmp/rejects" "$tmp/torn" 2>"$tmp/err"
is $? 3 "refused lines"
is "$(cat "$tmp/rejects")" "
rubbish with 123 in it" "those with the user are empty in the file of rejects"
is "$(sed "s|.*$tmp/torn||" "$tmp/err")" ":1: refused: neither a raw log line nor IRC
:2: refused: neither a raw log line nor IRC
:3: refused: NUL in the line (torn by a crash?)" "but named; one that is read is the user's"

# The lines themselves
tw-parse --strip --optout "$users" <"$in" >"$tmp/got"
expect strip "--strip leaves the others' lines"
comm -13 "$in" "$tmp/got" 2>/dev/null >"$tmp/new"
same /dev/null "$tmp/new" "byte for byte"
tw-parse "$tmp/got" | cmp -s - "$here/data/privacy.out"
ok $? "what is parsed of them is what --optout leaves"
tw-parse --strip --optout "$users" "$tmp/all" | cmp -s - "$here/data/privacy.out"
ok $? "and so are the events stripped"
is "$(tw-parse --strip --optout "$users" <"$in" | tw-parse --strip -v --optout "$users" 2>&1 >/dev/null)" \
	"tw-parse: 22 lines, 0 dropped, 0 unreadable" "twice is once"
tw-parse --strip --mask --optout "$here/data/privacy.names" <"$in" >"$tmp/got"
expect mask "--mask masks names in what others wrote"
! grep -q -i -w -e zoe_12 -e zoe_12b -e ゾエ "$tmp/got"
ok $? "so that none is left"
is "$(wc -c <"$tmp/got")" "$(wc -c <"$here/data/privacy.strip")" "nothing else moves"
tw-parse "$in" | tw-parse --strip --mask --optout "$here/data/privacy.names" >"$tmp/got"
! grep -q -i -w -e zoe_12 -e zoe_12b -e ゾエ "$tmp/got"
ok $? "nor in events"
tw-parse "$here/data/privacy.mask" | cmp -s - "$tmp/got"
ok $? "which are those of the masked lines"
jq -e . "$tmp/got" >/dev/null
ok $? "and still JSON"
tw-agg "$tmp/all" >"$tmp/stats"
tw-parse --strip --mask --optout "$here/data/privacy.names" "$tmp/stats" |
	diff "$tmp/stats" - | sed -n 's/.*"title":"\([^"]*\)".*/\1/p' >"$tmp/titles"
is "$(cat "$tmp/titles")" "with @Zoe_12 and zoe_123
with @****** and zoe_123" "of stats only a title changes"
{
	printf 'rubbish\n{"half":\n\n'
	head -c 1100000 /dev/zero | tr '\0' x
	printf '\nno line end, 12'
} >"$tmp/odd"
tw-parse --strip --optout "$users" "$tmp/odd" >"$tmp/got" 2>"$tmp/err"
same "$tmp/odd" "$tmp/got" "what cannot be read stays as it is"
is "$(cat "$tmp/err")" "tw-parse: 4 lines cannot be read, so nobody knows whose they are; they were kept" \
	"and that is told"
is "$(tw-parse --strip --mask --optout "$users" "$tmp/odd" 2>/dev/null)" 'rubbish
{"half":' "--mask drops what has the id in it, and what nobody can look at"
for call in --mask "--strip" "--strip -c a --optout $users" \
	"--strip --mentions $here/data/mentions.patterns --optout $users" \
	"--names" "--names --mask --optout $users" "--names --strip --optout $users" \
	"--names -c a --optout $users" "--names --since 2h --optout $users" \
	"--names --rejects $tmp/rejected --optout $users"; do
	# shellcheck disable=SC2086 # words
	tw-parse $call </dev/null >/dev/null 2>&1
	is $? 2 "a wrong call: $call"
done
for pack in zstd gzip; do
	$pack -c <"$in" >"$tmp/packed"
	tw-parse --strip --optout "$users" "$tmp/packed" | cmp -s - "$here/data/privacy.strip"
	ok $? "$pack is read as it is"
done

# Names that stand beside an id, in whatever role
T=$(printf '\t')
cat >"$tmp/roles" <<I
2026-11-23T12:00:01.000Z${T}irc${T}k${T}@display-name=Amy;msg-id=giftpaidupgrade;msg-param-gifter-id=12;msg-param-gifter-login=zoe_old;msg-param-gifter-name=Zoe_Old;user-id=7 :t USERNOTICE #k
2026-11-23T12:00:02.000Z${T}irc${T}k${T}@reply-parent-display-name=Bob;reply-parent-msg-id=m;reply-parent-user-id=8;reply-parent-user-login=bob;reply-thread-parent-user-id=12;reply-thread-parent-user-login=zoe_thread;reply-thread-parent-display-name=Zoe_Thread;user-id=7 :amy!amy@amy PRIVMSG #k :hi
@msg-id=x;msg-param-prior-gifter-id=12;msg-param-prior-gifter-user-name=zoe_prior;user-id=7;tmi-sent-ts=1795435237007 :t USERNOTICE #k
@msg-id=x;msg-param-recipient-id=12;msg-param-recipient-user-name=zoe_rec;msg-param-recipient-display-name=ゾエ;user-id=7;tmi-sent-ts=1795435237008 :t USERNOTICE #k
@msg-id=raid;msg-param-displayName=Zoe\\sRaid;msg-param-login=zoe_raid;login=zoe_raid;user-id=12;tmi-sent-ts=1795435237009 :t USERNOTICE #k
@room-id=5;target-user-id=12;tmi-sent-ts=1795435237010 :t CLEARCHAT #k :zoe_ban
@display-name=b$(printf '\033')ad;user-id=12;tmi-sent-ts=1795435237010 :zoe_ban!z@z PRIVMSG #k :hi
@login=zoe_given;tmi-sent-ts=1795435237011 :t CLEARMSG #k :hi
rubbish
I
cat >"$tmp/roles.jsonl" <<'I'
{"ts":"2026-11-23T12:00:00.000Z","channel":"k","type":"message","id":"m1","user":"zoe_event","user_id":"12","name":"Z\u00f6 \"E\"","text":"x"}
{"ts":"2026-11-23T12:00:00.000Z","channel":"k","type":"subgift","user_id":"7","user":"amy","recipient":"zoe_given_to","recipient_id":"12"}
{"ts":"2026-11-23T12:00:00.000Z","channel":"k","type":"notice","user_id":"7","user":"amy","notice":"n","params":{"prior-gifter-id":"12","prior-gifter-display-name":"Zoe_Prior"}}
{"ts":"2026-11-23T12:00:00.000Z","channel":"k","type":"viewers","stream_id":"1","started_at":"2026-11-23T12:00:00.000Z","viewers":1,"user":"zoe_channel","user_id":"12"}
I
zstd -q -f "$tmp/roles" -o "$tmp/roles.zst"
echo '12 zoe_given ZOE_rec' >"$tmp/given"
out=$(tw-parse --names -v --optout "$tmp/given" "$tmp/roles.zst" "$tmp/roles.jsonl" 2>"$tmp/err")
is "$? $out" '0 zoe_old
zoe_thread
zoe_prior
zoe_rec
ゾエ
zoe raid
zoe_raid
zoe_ban
zoe_event
zö "e"
zoe_given_to' "--names: each name once, from raw lines and events"
is "$(cat "$tmp/err")" "tw-parse: 13 lines, 11 of these users, 11 names, 1 unreadable" \
	"and -v says of how many lines"
out=$(TW_OPTOUT=$tmp/given tw-parse --names <"$tmp/roles.jsonl" 2>&1 | tail -n 1)
is "$out" zoe_prior "also of standard input, and without a word"
out=$(tw-parse --names --optout "$tmp/given" "$tmp/none" "$tmp/roles.jsonl" 2>"$tmp/err" | wc -l)
is "$out $(cat "$tmp/err")" "4 tw-parse: $tmp/none: No such file or directory" \
	"what cannot be read is told"
is "$(printf 'x :hello\n' | tw-parse --names --optout "$tmp/given")" "" "nobody, no names"

# Names that are not one word
name='{"ts":"2026-11-23T12:00:00.000Z","channel":"k","type":"message","user_id":"12","name":"tあお"}'
other='{"ts":"2026-11-23T12:00:01.000Z","channel":"k","type":"message","user_id":"7","text":"x\tあお ok"}'
is "$(printf '%s\n' "$name" "$other" | tw-parse --strip --mask --optout "$users")" "$other" \
	"--mask begins in no escape"
{
	printf '2026-11-23T12:00:00.000Z\tirc\tk\t@display-name=ゾエ;user-id=12 :z!z@z PRIVMSG #k :hi\n'
	printf '2026-11-23T12:00:01.000Z\tirc\tk\t@badge-info=;badges=;display-name=ゾエ;id=m1;roo\0\n'
} >"$tmp/half"
is "$(tw-parse --strip --mask --optout "$users" "$tmp/half" | wc -c)" 0 \
	"such a name is found in a torn line, too"
tw-parse -q --optout "$users" --rejects "$tmp/rejects" "$tmp/half"
is "$(wc -c <"$tmp/rejects")" 1 "and nothing of it is kept in the file of rejects"

# What stands before the line that tells the login
cat >"$tmp/before" <<I
2026-11-20T00:00:05.000Z${T}irc${T}kanal_eins${T}@login=zoe_12;room-id=;target-msg-id=q;tmi-sent-ts=1795132805000 :tmi.twitch.tv CLEARMSG #kanal_eins :my deleted secret
2026-11-20T00:00:06.000Z${T}irc${T}kanal_eins${T}@display-name=Amy;id=m0;room-id=500;user-id=7 :amy!amy@a PRIVMSG #kanal_eins :where is zoe_12?
2026-11-20T00:10:00.000Z${T}irc${T}kanal_eins${T}@display-name=Zoe_12;id=m1;room-id=500;user-id=12 :zoe_12!zoe@z PRIVMSG #kanal_eins :hi again
I
sed -n 2p "$tmp/before" >"$tmp/want"
tw-parse --strip --optout "$users" "$tmp/before" >"$tmp/got"
same "$tmp/want" "$tmp/got" "--strip learns names before it writes"
tw-parse --strip --optout "$users" <"$tmp/before" >"$tmp/got"
same "$tmp/want" "$tmp/got" "also from a file at standard input"
{
	echo begin
	cat "$tmp/before"
} >"$tmp/begun"
{
	read -r line
	tw-parse --strip --optout "$users" >"$tmp/got"
} <"$tmp/begun"
is "$line" begin "a line that somebody else has read"
same "$tmp/want" "$tmp/got" "is not read again"
gzip -c "$tmp/before" >"$tmp/before.gz"
tw-parse --strip --mask --optout "$users" "$tmp/before.gz" >"$tmp/got"
like "$(cat "$tmp/got")" ':where is \*\*\*\*\*\*?$' "and masks by what it learned"
sed -n 1p "$tmp/before" >"$tmp/first"
sed 1d "$tmp/before" >"$tmp/rest"
tw-parse --strip --optout "$users" "$tmp/first" "$tmp/rest" >"$tmp/got"
same "$tmp/want" "$tmp/got" "it does from all files"
# shellcheck disable=SC2002 # a pipe
is "$(cat "$tmp/before" | tw-parse --strip --optout "$users" | wc -l)" 2 \
	"of a pipe it learns line by line"
head -c 60 "$tmp/before.gz" >"$tmp/cut.gz"
tw-parse --strip --optout "$users" "$tmp/cut.gz" >"$tmp/got" 2>"$tmp/err"
is "$? $(grep -c 'cut short' "$tmp/err")" "1 1" "a defect is told once"

# What people write in tags
cat >"$tmp/tags" <<I
2026-11-23T12:00:00.000Z${T}irc${T}k${T}@display-name=Amy;id=1;login=amy;msg-id=charitydonation;msg-param-charity-name=zoe12\\sfund\\:prime;msg-param-new-thing=by\\szoe12;tmi-sent-ts=1795435200007;user-id=7 :t USERNOTICE #k
2026-11-23T12:00:01.000Z${T}irc${T}k${T}@badge-info=subscriber/14,predictions/zoe12\\swins\\sPrime;badges=subscriber/12;display-name=Amy;id=2;source-badge-info=predictions/zoe12;tmi-sent-ts=1795435201007;user-id=7 :amy!amy@amy PRIVMSG #k :x
2026-11-23T12:00:02.000Z${T}irc${T}k${T}@display-name=Amy;id=3;login=amy;msg-id=sub;msg-param-sub-plan=Prime;msg-param-origin-id=prime;tmi-sent-ts=1795435202007;user-id=7 :t USERNOTICE #k
I
echo '12 zoe12 prime subscriber' >"$tmp/given"
tw-parse --strip --mask --optout "$tmp/given" "$tmp/tags" >"$tmp/got"
sed 's/zoe12/*****/g; 1,2s/[Pp]rime/*****/' "$tmp/tags" >"$tmp/want"
same "$tmp/want" "$tmp/got" "--mask masks params that it does not know, and predictions"
tw-parse "$tmp/got" >"$tmp/want"
tw-parse "$tmp/tags" | tw-parse --strip --mask --optout "$tmp/given" >"$tmp/got"
same "$tmp/want" "$tmp/got" "in events the same"
like "$(cat "$tmp/got")" '"badge_info":"subscriber/14,predictions/\*\*\*\*\* wins \*' "badges too"

# JSON that is no event
cat >"$tmp/json" <<'I'
{"ts":"2026-11-23T19:00:04.001Z","channel":"k","type":"hypetrain","user":"zoe","user_id":"12","text":"my secret"}
{"ts":"2026-11-23T19:00:04.001Z","channel":"k","type":"message","user":"zoe","user_id":"12","bits":-5,"text":"my secret"}
{"ts":"2026-11-23T19:00:04.001Z","channel":"k","type":"message","user":"zoe","user_id":12,"text":"my secret"}
{"ts":"2026-11-23T19:00:04.001Z","channel":"k","type":"hypetrain","user":"amy","user_id":"7"}
I
tw-agg "$tmp/all" >"$tmp/stats"
tw-parse --strip --optout "$users" "$tmp/json" "$tmp/stats" >"$tmp/got" 2>"$tmp/err"
cat "$tmp/json" "$tmp/stats" | cmp -s - "$tmp/got"
ok $? "JSON that is no event stays"
is "$(cat "$tmp/err")" "tw-parse: 4 lines cannot be read, so nobody knows whose they are; they were kept" \
	"and counts as not readable, but for stats"
tw-parse -q --strip --mask --optout "$users" "$tmp/json" >"$tmp/got"
sed -n 4p "$tmp/json" | cmp -s - "$tmp/got"
ok $? "--mask drops those with the id in them"

# Longer than 1 MiB: an id may lie between two pieces.
for at in 100 1048575 1500000; do
	{
		head -c "$at" /dev/zero | tr '\0' ' '
		printf '12'
		head -c 1100000 /dev/zero | tr '\0' ' '
		printf '\nrubbish\n'
	} >"$tmp/long"
	tw-parse -q --optout "$users" --rejects "$tmp/rejects" "$tmp/long"
	is "$? $(od -c "$tmp/rejects")" "3 $(printf '\nrubbish\n' | od -c)" \
		"--rejects keeps nothing of a long line, with an id after $at bytes"
done
tw-parse -q --rejects "$tmp/rejects" "$tmp/long"
same "$tmp/long" "$tmp/rejects" "where nobody opted out it keeps all"

# Pseudonyms
umask 077
echo 0123456789abcdef0123456789abcdef >"$tmp/key"
echo 0123456789abcdef0123456789abcdeg >"$tmp/key2"
tw-parse --pseudonymize "$tmp/key" <"$in" >"$tmp/got"
expect pseudonyms "--pseudonymize"
! grep -q -i -e zoe -e anna -e kappa -e ゾエ -e hello -e number -e '"user":"eins' -e Cheer \
	-e '"12"' -e '"123"' -e '"112"' -e '"m[0-9]' -e '"n[0-9]' -e 'title' -e subscriber "$tmp/got"
ok $? "nobody's id, login, name or text is left"
tw-parse --pseudonymize "$tmp/key2" <"$in" >"$tmp/got2"
is "$(grep -o '"[0-9a-f]\{32\}"' "$tmp/got" "$tmp/got2" -h | sort | uniq -d | wc -l)" \
	"$(grep -o '"[0-9a-f]\{32\}"' "$tmp/got" | sort | uniq -d | wc -l | awk '{ print $1 * 2 }')" \
	"another key makes others"
head -n 20 "$in" | tw-parse --pseudonymize "$tmp/key" >"$tmp/first"
tail -n +21 "$in" | tw-parse --pseudonymize "$tmp/key" >"$tmp/rest"
cat "$tmp/first" "$tmp/rest" | cmp -s - "$tmp/got"
ok $? "the same key makes the same from file to file"
"$TW_BIN/tests/gen" week "$tmp/week"
printf 'kappa\tkappa\nhello\t(hello|gg)\n' >"$tmp/patterns"
tw-parse --mentions "$tmp/patterns" "$tmp"/week/*/*/*.log >"$tmp/events"
tw-parse --mentions "$tmp/patterns" --pseudonymize "$tmp/key" "$tmp"/week/*/*/*.log >"$tmp/people"
# Every string that says who or what, against every string that is left.
head -n 30000 "$tmp/events" | jq -r 'if .type == "viewers" then .title, (.tags // [])[]
	else .user, .user_id, .name, .id, .recipient, .recipient_id, .reply_to,
	.target_id, .badge_info, .text, (.params // {})[] end | strings' | sort -u >"$tmp/persons"
head -n 30000 "$tmp/people" | jq -r 'if .type == "viewers" then del(.name) else . end |
	del(.channel, .ts, .type, .mentions) | .. | strings' | sort -u >"$tmp/left"
is "$(comm -12 "$tmp/persons" "$tmp/left")" "" \
	"none of $(wc -l <"$tmp/persons") ids, names and texts is left among $(wc -l <"$tmp/left")"
tw-agg "$tmp/events" | sed 's/"title":"\(\\.\|[^"\]\)*",//' >"$tmp/want"
tw-agg "$tmp/people" >"$tmp/figures"
same "$tmp/want" "$tmp/figures" "all figures are the same"
tw-report mentions "$tmp/figures" "$tmp/people" --format csv >"$tmp/got"
tw-report mentions "$tmp/want" "$tmp/events" --format csv >"$tmp/wanted"
same "$tmp/wanted" "$tmp/got" "those of mentions, too"
tw-load --dry-run "$tmp/people" >/dev/null 2>&1
is $? 0 "and they are events to tw-load"
mkfifo "$tmp/pieces"
{
	head -c 20 "$tmp/key"
	sleep 0.2
	tail -c +21 "$tmp/key"
} >"$tmp/pieces" &
tw-parse --pseudonymize "$tmp/pieces" <"$in" >"$tmp/got"
wait $!
same "$here/data/privacy.pseudonyms" "$tmp/got" "a key may come from a pipe in pieces"
chmod 644 "$tmp/key"
out=$(tw-parse --pseudonymize "$tmp/key" <"$in" 2>&1)
is "$? $out" "2 tw-parse: --pseudonymize: $tmp/key: others may read the key or change it; chmod 600 and, if they did, another key" \
	"a key that others may read is refused"
echo short >"$tmp/short"
out=$(tw-parse --pseudonymize "$tmp/short" <"$in" 2>&1)
is "$? $out" "2 tw-parse: --pseudonymize: $tmp/short: the key is shorter than 32 bytes, without the blanks and line ends behind it" \
	"and so is a short one"
# Nothing lies at the first address of a process: an error of reading.
for option in --optout --pseudonymize; do
	out=$(tw-parse $option /proc/self/mem <"$in" 2>&1)
	is "$? $out" "1 tw-parse: $option: /proc/self/mem: Input/output error" \
		"$option: what the system fails in may go well next time"
done

# tw-tidy
raw=$data/raw/chat/kanal_eins
mkdir -p "$raw"
grep -v '^@' "$in" >"$raw/2026-11-23.log"
cp "$raw/2026-11-23.log" "$tmp/whole"
grep -v '^@' "$here/data/privacy.strip" >"$tmp/want"
cp "$tmp/bad" "$tmp/optout"
echo "TW_OPTOUT=$tmp/optout" >>"$conf"
at 2026-11-25T03:17Z
out=$(tw-tidy 2>&1)
is "$?" 2 "tw-tidy does nothing while it cannot know who opted out"
like "$out" "TW_OPTOUT: $tmp/optout:2: " "and says so"
same "$tmp/whole" "$raw/2026-11-23.log" "the file is as it was"
out=$(tw-etl 2>&1)
is "$?" 2 "nor does tw-etl"
like "$out" "^tw-etl: TW_OPTOUT: $tmp/optout:2: " "and says so"
like "$(tw-status)" "TW_OPTOUT: $tmp/optout:2: " "and a person is told"
cp "$users" "$tmp/optout"
echo precious >"$tmp/victim"
for file in .2026-11-23.log.tmp .words.tmp; do
	ln -s "$tmp/victim" "$raw/$file"
done
tw-etl -q
is "$? $(find "$data/state" -name 'stop.*')" "0 " "once it can be read tw-etl goes on"
out=$(tw-tidy 2>&1)
is "$? $out" \
	"0 tw-tidy: 1 files compressed, 0 removed, 15 lines of users who opted out dropped, 0 unreadable kept" \
	"what is compressed is without them"
for file in "$raw"/*; do
	plain "$file" >"$tmp/got"
done
same "$tmp/want" "$tmp/got" "the others' lines are there, byte for byte"
is "$(cat "$tmp/victim")" precious "no link that was laid there is followed"
rm -f "$raw"/.*.tmp
like "$(tail -n 1 "$data/log/runs.jsonl")" '15 lines of users who opted out dropped' "the run log has it"

# Killed between any two steps, it comes to the same.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	rm -f "$raw"/*
	cp "$tmp/whole" "$raw/2026-11-23.log"
	setsid tw-tidy -q >/dev/null 2>&1 &
	leader=$!
	sleep "$(printf 0.%02d "$i")"
	kill -9 -- "-$leader" 2>/dev/null
	wait "$leader" 2>/dev/null
	ls "$raw" >"$tmp/there"
	tw-tidy -q
	for file in "$raw"/*; do
		plain "$file" >"$tmp/got"
	done
	if ! cmp -s "$tmp/want" "$tmp/got" ||
		[ "$(find "$raw" -type f | grep -c -v '/\.')" -ne 1 ]; then
		ok 1 "tw-tidy killed after ${i}0 ms: $(cat "$tmp/there")"
		break
	fi
done
is "$i" 12 "tw-tidy can be killed at any moment"

# What cannot be done leaves nothing that fills a disk: first when users are left
# out, then when it is compressed.
head -c 150000 /dev/urandom | base64 -w 100 |
	sed 's/^/2026-11-22T12:50:00.000Z\tirc\tkanal_eins\t@user-id=5 :eva!e@e PRIVMSG #kanal_eins :/' \
		>"$tmp/noise"
mkdir "$tmp/shim"
# shellcheck disable=SC2016 # for that shell to expand
printf '#!/bin/sh\nkill $PPID\n' >"$tmp/shim/sync"
chmod +x "$tmp/shim/sync"
for optout in "$tmp/optout" ''; do
	cp "$tmp/noise" "$raw/2026-11-22.log"
	(
		# No file gets longer than 50 kB, and who tries is told, not killed.
		trap '' XFSZ
		ulimit -f 100
		TW_OPTOUT=$optout
		export TW_OPTOUT
		exec tw-tidy -q
	) >"$tmp/out" 2>&1
	is "$? $(tail -n 1 "$tmp/out")" "1 tw-tidy: $raw/2026-11-22.log: not compressed" \
		"a full disk is told"
	is "$(find "$data" -name '.*')" "" "and nothing is left of the work"
	TW_OPTOUT=$optout PATH=$tmp/shim:$PATH tw-tidy -q
	is "$? $(find "$data" -name '.*')" "1 " "nor after a signal"
	cmp "$tmp/noise" "$raw/2026-11-22.log"
	ok $? "the file is as it was"
	# What was set goes before tw.conf.
	sed -i "s|^TW_OPTOUT=.*|: \"\${TW_OPTOUT=}\"|" "$conf"
done
rm "$raw/2026-11-22.log"
echo "TW_OPTOUT=$tmp/optout" >>"$conf"

# Events go, too, once their stream is done.
mkdir -p "$data/events/abend" "$data/rejects/abend" "$data/parts/abend"
for stream in 20261109T180307Z-5000000010 20261110T180307Z-5000000011 20261122T180307Z-5000000012; do
	: >"$data/events/abend/$stream.jsonl.zst"
	: >"$data/rejects/abend/$stream"
done
echo 2026-11-09T18:03:07Z 2026-11-09T20:03:07Z x >"$data/parts/abend/5000000010.done"
echo 2026-11-22T18:03:07Z 2026-11-22T20:03:07Z x >"$data/parts/abend/5000000012.done"
tw-tidy -q
# kept: the ids of which there is something
kept() {
	find "$data/events/abend" "$data/rejects/abend" -type f |
		sed 's/.*Z-\([0-9]*\).*/\1/' | sort | uniq -c | awk '{ printf "%s*%s ", $1, $2 }'
}
is "$(kept)" "2*5000000010 2*5000000011 2*5000000012 " "unless told otherwise events stay"
# What cannot be dated stays.
cp "$conf" "$tmp/conf.kept"
for days in 08 010 999999; do
	echo TW_KEEP_EVENTS=$days >>"$conf"
	tw-tidy -q 2>"$tmp/err"
	is "$? $(cat "$tmp/err")" \
		"2 tw-tidy: TW_KEEP_EVENTS: \"$days\" is no number of days, at most 99999" \
		"TW_KEEP_EVENTS=$days is refused"
done
cp "$tmp/conf.kept" "$conf"
echo TW_KEEP_EVENTS=7 >>"$conf"
mkdir "$tmp/nodate"
# shellcheck disable=SC2016 # for that shell to expand
printf '#!/bin/sh\ncase $* in *+%%F) kill -9 $$ ;; esac\nexec %s "$@"\n' \
	"$(command -v date)" >"$tmp/nodate/date"
chmod +x "$tmp/nodate/date"
PATH=$tmp/nodate:$PATH tw-tidy -q 2>/dev/null
is "$? $(kept)" "1 2*5000000010 2*5000000011 2*5000000012 " \
	"a date(1) that is killed makes nothing old"
tw-tidy -q
is "$? $(kept)" "0 2*5000000011 2*5000000012 " \
	"TW_KEEP_EVENTS removes those of streams that are done, and no others"
done_testing
