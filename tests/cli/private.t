#!/bin/sh
# Who can read what is written, and what secrets are read from (SECURITY.md).
. "$(dirname "$0")/tap.sh"

mode() {
	stat -c %a "$1"
}

umask 0
echo junk | tw-parse -q --rejects "$tmp/rejects" >/dev/null
is "$(mode "$tmp/rejects")" 640 "refused lines are not for all to read"
echo junk | tw-agg -q --rejects "$tmp/rejects2" >/dev/null
is "$(mode "$tmp/rejects2")" 640 "of no tool"
umask 077
echo junk | tw-parse -q --rejects "$tmp/rejects3" >/dev/null
tw-report -o "$tmp/week.html" </dev/null
tw-report site -o "$tmp/site" </dev/null
is "$(mode "$tmp/rejects3") $(mode "$tmp/week.html") $(mode "$tmp/site")" \
	"600 600 700" "less the umask"

# A secret that everybody can read.
TW_IRC_URL=irc://127.0.0.1:1 TW_HELIX_URL=http://127.0.0.1:1/h
TW_AUTH_URL=http://127.0.0.1:1/o TW_CLIENT_ID=x XDG_CACHE_HOME=$tmp
TW_CLIENT_SECRET_FILE=$tmp/secret TW_CHAT_TOKEN_FILE=$tmp/secret
export TW_IRC_URL TW_HELIX_URL TW_AUTH_URL TW_CLIENT_ID XDG_CACHE_HOME
export TW_CLIENT_SECRET_FILE TW_CHAT_TOKEN_FILE
echo s3cret >"$tmp/secret"
# words MODE COMMAND...: what it says of a secret with that mode; it ends for want
# of a list
words() {
	chmod "$1" "$tmp/secret"
	shift
	"$@" -f "$tmp/none" 2>&1 >/dev/null </dev/null | grep 'everybody can read it'
}
want='tw-poll: TW_CLIENT_SECRET_FILE: '$tmp'/secret: everybody can read it: make its mode 600'
is "$(words 644 tw-poll)" "$want" "a warning"
is "$(words 604 tw-poll)" "$want" "also when only others can"
is "$(words 644 tw-poll -q)" '' "not with -q"
is "$(TW_CHAT_LOGIN=x words 644 tw-chat)" \
	"tw-chat: TW_CHAT_TOKEN_FILE${want#*FILE}" "tw-chat likewise"
is "$(words 640 tw-poll)" '' "a group is the owner's to choose"

# Memory with a secret in it.
# guarded COMMAND...: soft and hard limit
guarded() {
	prlimit --core=unlimited "$@" >/dev/null 2>&1 </dev/null 9>&- &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		limit=$(awk '/^Max core/ { print $5, $6 }' "/proc/$pid/limits")
		[ "$limit" != '0 0' ] || break
		sleep 0.2
	done
	kill $pid
	wait $pid 2>/dev/null
	echo "$limit"
}
is "$(guarded tw-poll -o "$tmp/poll" k1)" "0 0" "tw-poll leaves no core dump"
is "$(TW_CHAT_LOGIN=x guarded tw-chat -o "$tmp/chat" k1)" "0 0" "nor tw-chat with a login"
# The scripts: their configuration is run, their data is trusted.
PATH=$root/scripts:$PATH
TW_CONF=$tmp/conf
export TW_CONF
mkdir "$tmp/real"
ln -s real "$tmp/data"
echo "TW_DATA=$tmp/data" >"$tmp/conf"
umask 022
tw-track -q add kanal_eins
is "$? $(cat "$tmp/real/channels")" "0 kanal_eins" "the data folder may be a link"
echo precious >"$tmp/target"
ln -s "$tmp/target" "$tmp/real/.channels.tmp"
tw-track -q add kanal_zwei && tw-track -q remove kanal_zwei
is "$? $(cat "$tmp/target" "$tmp/real/channels" | xargs)" "0 precious kanal_eins" \
	"a link that was laid where the list is written aside is not followed"
is "$(mode "$tmp/real/channels") $(mode "$tmp/real/raw")" "600 700" "what is made is private"
chmod 777 "$tmp/real"
is "$(tw-track list 2>&1; echo $?)" "tw-track: TW_DATA: $tmp/data: everybody can write there
2" "data that everybody can write"
chmod 755 "$tmp/real"
chmod 666 "$tmp/conf"
echo 'echo was run' >>"$tmp/conf"
is "$(tw-track list 2>&1; echo $?)" "tw-track: TW_CONF: $tmp/conf: everybody can write there
2" "nor is such a configuration run"
chmod 644 "$tmp/conf"
like "$(tw-track list)" 'was run' "which else it is"
sed -i '$d' "$tmp/conf"

# A folder shared with others, who may have laid something there.
mkdir "$tmp/shared"
echo precious >"$tmp/victim"
for name in .tw.prom.tmp tw.prom; do
	ln -s "$tmp/victim" "$tmp/shared/$name"
done
tw-status --metrics "$tmp/shared/tw.prom"
is "$? $(tail -n 1 "$tmp/shared/tw.prom") $(mode "$tmp/shared/tw.prom")" "0 # EOF 644" \
	"figures for all to read"
is "$(cat "$tmp/victim")" precious "no link is followed"
is "$(find "$tmp/shared" -type f)" "$tmp/shared/tw.prom" "and nothing stays"
ln -s "$tmp/victim" "$tmp/shared/page.html"
tw-report -o "$tmp/shared/page.html" </dev/null
ln -sf "$tmp/victim" "$tmp/site/index.html"
tw-report site -o "$tmp/site" </dev/null
is "$(cat "$tmp/victim")" precious "nor by reports"
[ -f "$tmp/shared/page.html" ] && [ ! -h "$tmp/shared/page.html" ] &&
	[ ! -h "$tmp/site/index.html" ]
ok $? "which take the place of the links"
rm "$tmp/site/.pages"
mkfifo "$tmp/site/.pages"
timeout 10 tw-report site -o "$tmp/site" </dev/null
is $? 0 "nor does a pipe stop a site"
done_testing
