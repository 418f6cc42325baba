#!/bin/sh
# One user taken out of all files and out of a database, killed or not.
#
# TW_KILLS says how often it is killed.
. "$(dirname "$0")/tap.sh"
. "$here/mongod.sh"
. "$here/ops.sh"
unset TW_OPTOUT
kills=${TW_KILLS:-8}
port=$(free_ports 1)
start_mongod one "$port"

# Of the user with the id 12 nothing may be left; all else has to stay.
hers='zoe_12\|zoe_12b\|ゾエ'

# text FILE
text() {
	case $1 in
	*.zst) zstd -q -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# shim TOOL COMMANDS: done before TOOL
mkdir "$tmp/shim"
shim() {
	printf '#!/bin/sh\n%s\nexec %s "$@"\n' "$2" "$(command -v "$1")" >"$tmp/shim/$1"
	chmod +x "$tmp/shim/$1"
}

# left: where below $data there is something of hers
left() {
	find "$data/raw" "$data/events" "$data/stats" "$data/rejects" "$data/parts" \
		"$data/state" "$data/log" -type f | sort | while read -r file; do
		! text "$file" | grep -q -i -e "[^0-9a-z_]\\($hers\\)\\([^0-9a-z_]\\|\$\\)" \
			-e '[;@]user-id=12[; ]' -e '_id":"12"' -e 'recipient-id=12;' \
			-e 'hello from me' ||
			echo "${file#"$data/"}"
	done
}

# tree: all files with persons in them, and what is in these
tree() {
	(cd "$data" && find raw events stats rejects -type f | sort | while read -r file; do
		echo "$file $(text "$file" | cksum)"
	done)
}

# minutes FROM TO LINE: polls
minutes() {
	for minute in $(seq "$1" "$2"); do
		printf '2026-11-23T%02d:%02d:30.000Z\thelix\tkanal_eins\t%s\n' \
			$((minute / 60)) $((minute % 60)) "$3"
	done
}

# A day with a stream, done; that day is compressed; a later one is not, and today
# is being written.
world() {
	rm -rf "$data"
	echo '# who' >"$tmp/optout"
	printf '123456' >>"$tmp/optout" # no line end
	mkdir -p "$data/raw/chat/kanal_eins" "$data/raw/poll/kanal_eins" \
		"$data/raw/chat/abend" "$data/stats"
	raw=$data/raw/chat/kanal_eins
	grep -v -e '^@' -e '	helix	' "$here/data/privacy.in" >"$raw/2026-11-23.log"
	{
		printf '2026-11-23T12:50:00.000Z\tirc\tkanal_eins\t@user-id=12 :zoe_12!z@z PRIVMSG #kanal_zwei :wrong\n'
		printf '2026-11-23T12:50:01.000Z\tirc\tkanal_eins\t@user-id=123 :zoe_123!z@z PRIVMSG #kanal_zwei :wrong\n'
		printf 'torn user-id=12;display-name=Zoe_12\0\n'
	} >>"$raw/2026-11-23.log"
	hit=$(sed -n 's/.*	helix	kanal_eins	\({.*\)/\1/p' "$here/data/privacy.in")
	{
		printf '2026-11-23T11:59:00.000Z\tmark\tkanal_eins\t{"mark":"poll","by":"h/7/1794182400","interval_s":60}\n'
		minutes 720 779 "$hit"
		minutes 780 800 null
	} >"$data/raw/poll/kanal_eins/2026-11-23.log"
	sed -n '4,5s/2026-11-23/2026-11-24/p' "$here/data/privacy.in" >"$raw/2026-11-24.log"
	sed -n '4,5s/2026-11-23/2026-11-26/p' "$here/data/privacy.in" >"$raw/2026-11-26.log"
	sed -n '5s/kanal_eins/abend/gp' "$here/data/privacy.in" >"$data/raw/chat/abend/2026-11-23.log"
	at 2026-11-25T10:00Z
	tw-etl -q
	tw-tidy -q
	gzip -c "$raw/2026-11-24.log" >"$raw/2026-11-24.log.gz" && rm "$raw/2026-11-24.log"
	touch -d 2026-11-24T12:00Z "$raw"/*
	at 2026-11-26T10:00Z
}

# Files
echo "TW_OPTOUT=$tmp/optout" >>"$conf"
world
is "$(marked 'done') $(left | tr '\n' ' ')" "1 events/kanal_eins/20261123T120000Z-9000000001.jsonl.zst raw/chat/kanal_eins/2026-11-23.log.zst raw/chat/kanal_eins/2026-11-24.log.gz raw/chat/kanal_eins/2026-11-26.log raw/poll/kanal_eins/2026-11-23.log.zst rejects/kanal_eins/20261123T120000Z-9000000001 stats/kanal_eins/20261123T120000Z-9000000001.jsonl " \
	"she is everywhere"
tree >"$tmp/before"
text "$data"/events/*/*.zst >"$tmp/events"
text "$raw/2026-11-23.log.zst" >"$tmp/raw"
cp "$data"/stats/*/*.jsonl "$tmp/stats"
out=$(tw-forget -n 12 2>&1)
is "$? $(echo "$out" | tail -n 1)" "0 tw-forget: 7 files would be rewritten, 35 lines dropped, 136 masked" "-n says what would be done"
tree | cmp -s - "$tmp/before" && ! grep -q -x 12 "$tmp/optout"
ok $? "and does nothing"

(flock 3 && exec sleep 60) 3>>"$data/lock/chat" &
collector=$!
while flock -n "$data/lock/chat" true; do :; done
tw-forget 12 2>"$tmp/err"
is $? 3 "while a collector is at work there is something left"
like "$(cat "$tmp/err")" "^tw-forget: $raw/2026-11-26.log: a collector may be writing to it, and 1 lines are" "and it is told what"
like "$(cat "$data/state/forget.12")" zoe_12 "her names are kept for the next time"
is "$(left)" raw/chat/kanal_eins/2026-11-26.log "all else is done"
is "$(sed -n '2,$p' "$tmp/optout")" "123456
12" "she will not come back"
kill "$collector"
wait "$collector" 2>/dev/null
exec 3>>"$raw/2026-11-26.log"
flock -s 3
tw-forget -q 12 2>"$tmp/err"
is $? 3 "nor is a file touched that somebody has open"
exec 3>&-
out=$(tw-forget 12 2>&1)
is "$?" 0 "without a collector today's file is done, too"
is "$(left)" "" "nothing of her is left"
find "$data" -name '.*' >"$tmp/got"
same /dev/null "$tmp/got" "nor of the work"
tree >"$tmp/after"
echo "12 zoe_12 zoe_12b ゾエ" >"$tmp/who"
tw-parse --strip --mask --optout "$tmp/who" "$tmp/raw" >"$tmp/want"
text "$raw/2026-11-23.log.zst" >"$tmp/got"
same "$tmp/want" "$tmp/got" "what others wrote is there"
is "$(grep -c 'display-name=Zoe_123;' "$tmp/got")" 4 "also of one with nearly her name"
text "$data"/events/*/*.zst >"$tmp/got"
tw-parse --strip --mask --optout "$tmp/who" "$tmp/events" >"$tmp/want"
same "$tmp/want" "$tmp/got" "so it is with events"
sed 's/"title":"[^"]*",//' "$tmp/stats" >"$tmp/want"
sed 's/"title":"[^"]*",//' "$data"/stats/*/*.jsonl | cmp -s - "$tmp/want"
ok $? "figures are what they were"
is "$(cat "$data"/rejects/*/* | cut -f 4)" "@user-id=123 :zoe_123!z@z PRIVMSG #kanal_zwei :wrong" "rejects keep the others'"
is "$(find "$raw" -name '*.log*' -newermt 2026-11-24T12:00:01Z)" "" "files are as old as they were"
out=$(tw-forget 12 zoe_12 2>&1)
is "$? $out" "0 tw-forget: 0 files rewritten, 0 lines dropped, 0 masked" "a second time there is nothing to do"
tree | cmp -s - "$tmp/after"
ok $? "and nothing changes"
jq -e . "$data/log/runs.jsonl" >/dev/null
ok $? "the run log is JSON"

# Killed at any moment
world
cp -a "$data" "$tmp/whole"
i=0
while [ $i -lt "$kills" ]; do
	i=$((i + 1))
	[ $((i % 4)) -ne 1 ] || {
		rm -rf "$data"
		cp -a "$tmp/whole" "$data"
	}
	setsid tw-forget -q 12 >/dev/null 2>&1 &
	leader=$!
	sleep "$(printf 0.%02d $((i * 13 % 31)))"
	kill -9 -- "-$leader" 2>/dev/null
	wait "$leader" 2>/dev/null
	tree 2>"$tmp/torn" >/dev/null
	[ ! -s "$tmp/torn" ] || break
done
is "$i $(cat "$tmp/torn")" "$kills " "killed $kills times, no file is torn"
tw-forget -q 12 zoe_12
is "$? $(left)" "0 " "then it goes on to the end"
find "$data" -name '.*' >"$tmp/got"
same /dev/null "$tmp/got" "and cleans up"
tree >"$tmp/got"
same "$tmp/after" "$tmp/got" "to the same result"

# A file with two names
world
file=$raw/2026-11-24.log.gz
ln "$file" "$tmp/name"
mv "$raw/2026-11-23.log.zst" "$tmp/aside.zst"
ln -s "$tmp/aside.zst" "$raw/2026-11-23.log.zst"
tw-forget -q 12 2>"$tmp/err"
is "$? $(grep -c "^tw-forget: $raw/.*: a link, or one of several names" "$tmp/err")" "3 2" \
	"a file that has another name is told"
rm "$tmp/name" "$raw/2026-11-23.log.zst"
mv "$tmp/aside.zst" "$raw/2026-11-23.log.zst"
tw-forget -q 12
is "$? $(left)" "0 " "without it it is done"

# What happens while a file is rewritten
file=$raw/2026-11-26.log
sed -n '4,5s/2026-11-23/2026-11-26/p' "$here/data/privacy.in" >"$file"
cp "$file" "$tmp/kept"
late='2026-11-26T09:00:00.000Z	irc	kanal_eins	PING'
shim sync "case \$1 in */.2026-11-26.log.*) echo '$late' >>'$file' ;; esac"
PATH=$tmp/shim:$PATH tw-forget -q 12 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "1 tw-forget: $file: not rewritten" "a file that grows meanwhile"
echo "$late" >>"$tmp/kept"
same "$tmp/kept" "$file" "keeps what came"
# shellcheck disable=SC2016 # for that shell to expand
shim sync 'case $1 in */.2026-11-26.log.*) kill $PPID ;; esac'
PATH=$tmp/shim:$PATH tw-forget -q 12
is "$? $(find "$data" -name '.*')" "1 " "a signal: nothing of the work is left"
rm "$tmp/shim/sync"
# noise: half a minute of what cannot be compressed to less than 100 kB
noise() {
	head -c 150000 /dev/urandom | base64 -w 100 |
		sed 's/^/2026-11-20T12:50:00.000Z\tirc\tkanal_eins\t@user-id=5 :eva!e@e PRIVMSG #kanal_eins :/'
}
for pack in cat zstd gzip; do
	{
		noise
		sed -n 4p "$here/data/privacy.in"
	} | $pack >"$tmp/noise.$pack"
done
cp "$tmp/noise.cat" "$raw/2026-11-18.log"
cp "$tmp/noise.zstd" "$raw/2026-11-19.log.zst"
cp "$tmp/noise.gzip" "$raw/2026-11-20.log.gz"
(
	# No file gets longer than 50 kB, and who tries is told, not killed.
	trap '' XFSZ
	ulimit -f 100
	exec tw-forget -q 12
) >"$tmp/out" 2>&1
is "$? $(grep -c '^tw-forget: .*: not rewritten' "$tmp/out")" "1 3" "a full disk is told"
find "$data" -name '.*' >"$tmp/got"
same /dev/null "$tmp/got" "and nothing is left that fills it"
cmp "$tmp/noise.zstd" "$raw/2026-11-19.log.zst" && cmp "$tmp/noise.gzip" "$raw/2026-11-20.log.gz" &&
	cmp "$tmp/noise.cat" "$raw/2026-11-18.log"
ok $? "the files are as they were"
echo precious >"$tmp/victim"
ln -s "$tmp/victim" "$data/state/.forget.12.tmp"
shim id 'echo 0; exit'
# shellcheck disable=SC2016 # for that shell to expand
shim chown "echo \"\$*\" >>'$tmp/owners'; exit"
PATH=$tmp/shim:$PATH tw-forget -q 12
is "$? $(left)" "0 " "when there is room it is done"
is "$(cat "$tmp/victim")" precious "no link that was laid there is followed"
is "$(sort "$tmp/owners")" "$(for file in 18.log 19.log.zst 20.log.gz; do
	echo "-h --reference=$raw/2026-11-$file $raw/.2026-11-$file.tmp"
done)
-h --reference=$data/state $data/state/.forget.12.tmp" "by root: whose a file was, it stays"
rm -r "$raw"/2026-11-[12]* "$tmp"/noise.*

# Names that stand beside the id in other roles, in whatever file, and one that is
# given as people write it
world
# chat DAY TAGS TEXT: a line of somebody else, with these tags
chat() {
	printf '2026-11-%s\tirc\tkanal_eins\t@id=a%s;user-id=5%s :eva!e@e PRIVMSG #kanal_eins :%s\n' \
		"$1T12:51:00.000Z" "$1" "$2" "$3" >"$raw/2026-11-$1.log"
}
chat 22 '' 'ida_77 Ida_77b was here, Ida too, der herr and idas and ida_ev, Ida_Re ;reply-parent-user-id=77;reply-parent-user-login=here;'
chat 19 ';reply-parent-display-name=Ida_77;reply-parent-msg-body=hi;reply-parent-msg-id=a6;reply-parent-user-id=77;reply-parent-user-login=ida_77b' thanks
{
	printf 'torn\0\n'
	cat "$raw/2026-11-19.log"
} >"$tmp/torn"
gzip -c "$tmp/torn" >"$raw/2026-11-19.log.gz" && rm "$raw/2026-11-19.log"
printf '2026-11-20T12:51:00.000Z\tirc\tkanal_eins\t@display-name=Eva;id=a20;login=eva;msg-id=subgift;msg-param-gifter-id=77;msg-param-gifter-login=idas;msg-param-gifter-name=--;room-id=1;tmi-sent-ts=1795265460000;user-id=5 :tmi.twitch.tv USERNOTICE #kanal_eins\n' \
	>"$raw/2026-11-20.log"
# Of a line that is refused, and of events whose raw log is gone.
printf '2026-11-21T12:51:00.000Z\tirc\tkanal_eins\t@user-id=77;login=ida_re;display-name=.. :ida_re!e@e PRIVMSG\n' \
	>"$data/rejects/kanal_eins/20261121T120000Z-1"
printf '{"ts":"2026-11-21T12:51:00.000Z","channel":"kanal_eins","type":"message","id":"a21","user":"ida_ev","user_id":"77","name":"Der Herr","text":"x"}\n' \
	>"$data/events/kanal_eins/20261121T120000Z-1.jsonl"
tree >"$tmp/before"
for tool in xargs tw-parse sort; do
	# shellcheck disable=SC2016 # for that shell to expand
	shim $tool 'case $* in *--names*|*/names*) kill -9 $$ ;; esac'
	PATH=$tmp/shim:$PATH tw-forget -q 77 2>/dev/null
	is "$?" 1 "tw-forget while a $tool is killed: it fails"
	tree | cmp -s - "$tmp/before"
	ok $? "and nothing is rewritten with only some of the names"
	rm "$tmp/shim/$tool"
done
printf '77 idas # Ida\n' >>"$tmp/optout"
# Killed when the lines that teach some names are gone.
# shellcheck disable=SC2016 # for that shell to expand
shim sync 'case $1 in */.2026-11-22.*) kill -9 $PPID ;; esac'
(PATH=$tmp/shim:$PATH tw-forget -q 77 @Ida; :) 2>/dev/null
rm "$tmp/shim/sync"
# The sync has its locks a moment longer.
for lock in tidy etl; do
	flock "$data/lock/$lock" true
done
out=$(tw-forget -q 77 2>&1)
is "$? $out" "0 " "names in other roles, in other files: it is done"
is "$(gzip -dc "$raw/2026-11-19.log.gz" | sed 1d)$(cat "$raw/2026-11-20.log" "$data"/*/kanal_eins/20261121*)" "" \
	"the lines with the user go"
is "$(cut -f 4 "$raw/2026-11-22.log")" \
	"@id=a22;user-id=5 :eva!e@e PRIVMSG #kanal_eins :****** ******* was here, *** too, der herr and **** and ******, ****** ;reply-parent-user-id=77;reply-parent-user-login=here;" \
	"and names are learned from them, but none is taken apart"
rm "$raw"/2026-11-19* "$raw"/2026-11-2[02].log "$data"/*/kanal_eins/20261121*

# What is wrong
for call in "" "''" x 1x 123456789012345678901 "-z 12" "12 .." "12 'Der Herr'" "12 ''"; do
	eval "tw-forget $call" >/dev/null 2>&1
	is $? 2 "a wrong call: tw-forget $call"
done
out=$(tw-forget -q 424242 2>&1)
is "$? $out" "3 tw-forget: no name of 424242 is known, so texts that name the user and deleted messages cannot be found; give the login: tw-forget 424242 NAME" \
	"a user of whom no name is known"
out=$(tw-forget -q 424242 @Nora 2>&1)
is "$? $out" "0 " "but one that is given"
chat 22 '8;display-name=..' hi
out=$(tw-forget -q 58 2>&1)
is "$? $out $(cat "$raw/2026-11-22.log")" "0  " "what is no login is no channel of the user's"
for pack in gzip zstd; do
	$pack -c "$tmp/optout" >"$tmp/optout.packed"
	out=$(TW_OPTOUT=$tmp/optout.packed TW_CONF=/dev/null TW_DATA=$data tw-forget 59 2>&1)
	is "$? $out" "2 tw-parse: TW_OPTOUT: $tmp/optout.packed:1: this is no line of text; it wants one user id a line, and without it nothing is done" \
		"a list that is compressed"
	$pack -dc "$tmp/optout.packed" | cmp -s - "$tmp/optout"
	ok $? "and stays as it is"
done
sed -i '/TW_OPTOUT/d' "$conf"
out=$(tw-forget 12 2>&1)
is "$?" 3 "without TW_OPTOUT something is left to do"
like "$out" '^tw-forget: TW_OPTOUT is not set, so the user will be kept again' "and it is told"
out=$(tw-forget 500100200 2>&1)
is "$?" 3 "a broadcaster"
like "$out" '^tw-forget: the user has the channel kanal_eins, whose figures and name stay' "has a channel"
is "$(tw-parse "$data"/raw/*/kanal_eins/*.log* 2>/dev/null | cut -d '"' -f 12 | sort | uniq -c | xargs)" \
	"1 announcement 1 ban 1 delete 4 mark 10 message 1 notice 21 offline 1 resub 1 subgift 60 viewers" \
	"of which all lines can be read that are not the broadcaster's own"
echo "TW_OPTOUT=$tmp/optout" >>"$conf"
flock "$data/lock/etl" tw-forget 12 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "1 tw-forget: tw-etl is at work; try again" "not while tw-etl is at work"

# A database
uri="$tmp/it's its \"uri\""
printf 'mongodb://127.0.0.1:%s/forget\r\nand no more\n' "$port" >"$uri"
cat >>"$conf" <<C
TW_URI_FILE='$tmp/it'\\''s its "uri"'
C
world
n=$(text "$data"/events/*/*.zst | wc -l)
is "$(events_in "$port" forget)" "$n $n" "all is in a database"
tw-forget 12 >"$tmp/commands" 2>"$tmp/err"
is $? 3 "a database is left to do"
like "$(cat "$tmp/err")" '^tw-forget: MongoDB: kanal_eins: 14 events are the user.s, 67 name the user: see the commands$' "and it is told"
is "$(events_in "$port" forget)" "$n $n" "nothing was done to it"
# In the place of mongosh, which is no package of Debian's.
mkdir "$tmp/bin"
cat >"$tmp/bin/mongosh" <<M
#!/bin/sh
# Everybody can read what it is called with.
case "\$*" in
*127.0.0.1*) exit 1 ;;
--version) exit ;;
"--quiet --nodb --eval connect(require("*) ;;
*) exit 1 ;;
esac
channel=\$(printf '%s' "\$4" | sed -n 's/.*)\.getSiblingDB("forget").chatLogs.deleteMany({"meta.channel": "\([a-z_]*\)"})$/\1/p')
[ -n "\$channel" ] || exit 1
! command -v node >/dev/null || [ "\$(node -e "
	connect = uri => ({ getSiblingDB: db => ({ chatLogs: { deleteMany: query =>
		console.log(uri, db, query['meta.channel']) } }) });
	\$4")" = "mongodb://127.0.0.1:$port/forget forget \$channel" ] || exit 1
python3 "$fake/mongo.py" "$port" forget \
	"{\"delete\":\"chatLogs\",\"deletes\":[{\"q\":{\"meta.channel\":\"\$channel\"},\"limit\":0}]}" |
	jq -e '.ok == 1' >/dev/null
M
chmod +x "$tmp/bin/mongosh"
# Killed when the events are deleted, and not yet loaded again.
# shellcheck disable=SC2016 # for mongosh
sed -i '2i\
[ ! -e "$0.kill" ] || [ $# -eq 1 ] || trap "kill -9 $PPID" EXIT' "$tmp/bin/mongosh"
: >"$tmp/bin/mongosh.kill"
(cd "$tmp" && PATH=$tmp/bin:$PATH sh "$tmp/commands" >"$tmp/out" 2>&1)
rm "$tmp/bin/mongosh.kill"
is "$(events_in "$port" forget)" "0 0" "the commands are killed"
(cd "$tmp" && PATH=$tmp/bin:$PATH sh "$tmp/commands" >"$tmp/out" 2>&1)
is "$?" 0 "the commands run"
m=$(text "$data"/events/*/*.zst | wc -l)
is "$(events_in "$port" forget)" "$m $m" "the rest is in the database, once"
tw-load --export --uri "mongodb://127.0.0.1:$port/forget" >"$tmp/got"
mongo "$port" forget '{"find":"chatStats","filter":{"type":"stream"}}' >>"$tmp/got"
like "$(tail -n 1 "$tmp/got")" '"title": "with @[*]* and zoe_123"' "the stream is there"
! grep -q -i -w -e "$hers" -e '"user_id":"12"' "$tmp/got"
ok $? "and she is not"
sed -i '$d' "$tmp/got"
sort "$tmp/got" >"$tmp/sorted"
text "$data"/events/*/*.zst | sort | cmp -s - "$tmp/sorted"
ok $? "it is what the files are"
is "$(find "$tmp" -maxdepth 1 -name 'forget-*')" "" "the commands leave nothing behind"
out=$(tw-forget 12 2>&1)
is "$? $out" "0 tw-forget: 0 files rewritten, 0 lines dropped, 0 masked" "then nothing is left to do"
# A channel that has no folder any more, and one of which only the stats are left.
echo '{"ts":"2026-11-23T12:00:00.000Z","channel":"weg","type":"message","id":"w1","user":"zoe_12","user_id":"12","text":"hello from me"}' |
	tw-load --uri "mongodb://127.0.0.1:$port/forget"
mkdir "$data/stats/rest"
echo '{"ts":"2026-11-01T12:00:00.000Z","channel":"rest","type":"stream","seconds":5,"stream_id":"7","started_at":"2026-11-01T12:00:00.000Z","ended_at":"2026-11-01T13:00:00.000Z","title":"with @zoe_12","airtime_s":3600,"messages":0,"messages_max":0,"windows":721}' \
	>"$data/stats/rest/20261101T120000Z-7.jsonl"
tw-load --uri "mongodb://127.0.0.1:$port/forget" "$data/stats/rest/"*
tw-forget 12 zoe_12 >"$tmp/commands" 2>"$tmp/err"
is "$? $(grep MongoDB "$tmp/err")" "3 tw-forget: MongoDB: rest: titles in its stats name the user: see the commands
tw-forget: MongoDB: weg: 1 events are the user's, 0 name the user: see the commands" \
	"what is only in the database is told"
(cd "$tmp" && PATH=$tmp/bin:$PATH sh "$tmp/commands" >"$tmp/out" 2>&1)
is "$? $(events_in "$port" forget)" "0 $m $m" "the commands take it out"
mongo "$port" forget '{"find":"chatStats","filter":{"channel":"rest"}}' >"$tmp/got"
like "$(cat "$tmp/got")" '"title": "with @[*]*"' "also from the stats"
out=$(tw-forget 12 zoe_12 2>&1)
is "$? $out" "0 tw-forget: 0 files rewritten, 0 lines dropped, 0 masked" "and that was all"
# Such a server does not do it in any other way.
like "$(mongo "$port" forget '{"delete":"chatLogs","deletes":[{"q":{"user_id":"123"},"limit":0}]}')" \
	'"code": 72' "by user it does not delete"
end TERM one
tw-forget 0900 2>"$tmp/err"
is "$? $(grep -c 'is no Twitch user id' "$tmp/err")" "2 1" "an id does not begin with 0"
done_testing
