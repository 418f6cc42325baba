#!/bin/sh
# The scripts that take the place of a workflow engine: a fortnight day by day,
# and what can go wrong without a database.
. "$(dirname "$0")/tap.sh"
. "$here/ops.sh"
# A fortnight, day by day
monday=$(date -u -d 2026-11-09 +%s)
for d in 0 1 2 3 4 5 6 7 8 9 10 11 12 13; do
	day=$(date -u -d "@$((monday + d * 86400))" +%F)
	for time in 09:45 16:30 20:10 24:00; do
		[ $time != 24:00 ] || time=23:59:59.999
		lay "$day" "${day}T$time"
		at "${day}T${time}Z"
		tw-etl -q >>"$tmp/etl.out" 2>&1 || echo "$TW_NOW: $?" >>"$tmp/etl.out"
	done
done
lay 2026-11-23 2026-11-23T06:00
at 2026-11-23T06:05Z
tw-etl -q >>"$tmp/etl.out" 2>&1 || echo "$TW_NOW: $?" >>"$tmp/etl.out"
is "$(cat "$tmp/etl.out")" "" "tw-etl goes through a fortnight without a word"
tw-parse "$tmp"/full/*/*/*.log | tw-agg >"$tmp/one"
for week in 2026-W46 2026-W47; do
	for format in text json html csv; do
		tw-report --week $week --format $format "$tmp/one" >"$tmp/want"
		tw-weekly --week $week --format $format >"$tmp/got"
		same "$tmp/want" "$tmp/got" "$week as $format is that of one go"
	done
done
grep '"stream_id":"' "$tmp/one" | sort >"$tmp/want"
cat "$data"/stats/*/*.jsonl | sort >"$tmp/got"
same "$tmp/want" "$tmp/got" "and so is each window and stream"
streams=$(grep -c '"type":"stream"' "$tmp/one")
is "$(marked 'done') $streams" "68 68" "each stream is done"
# Those that came back were done once more.
grep '"step":"done"' "$data/log/runs.jsonl" | cut -d '"' -f 4 | sort | uniq -c |
	awk '$1 > 1 { print $2 }' >"$tmp/got"
printf '%s\n' abend/5000000040 abend/5000000100 lang/6000000001 >"$tmp/want"
same "$tmp/want" "$tmp/got" "each once, but those that came back"
tw-etl -q
is "$? $(runs 'done')" "0 71" "and nothing is done when nothing is due"
find "$tmp/data" -name '.*' >"$tmp/got"
same /dev/null "$tmp/got" "nothing half is left"
jq -e . "$data/log/runs.jsonl" >/dev/null
ok $? "the run log is JSON"

# Nothing of this is of a day that the rest needs.
again() {
	rm -rf "$data"
	mkdir -p "$data/raw"
	at "$1"
}

# By hand
again 2026-11-13T00:00Z
out=$(tw-etl --again 123 2>&1)
is "$? $out" "2 tw-etl: --again: 123: there is no such stream" "also where nothing was polled"
lay_days 9 12
tw-etl kurz
is "$? $(marked 'done')" "0 8" "only the channels that are asked for"
tw-etl
n=$(marked 'done')
cksum "$data"/stats/*/*.jsonl >"$tmp/want"
tw-etl --again abend/5000000010
is "$? $(marked 'done')" "0 $n" "--again does one more time"
is "$(grep -c '"abend/5000000010","step":"done"' "$data/log/runs.jsonl")" 2 "that one"
cksum "$data"/stats/*/*.jsonl >"$tmp/got"
same "$tmp/want" "$tmp/got" "with the same result"
out=$(tw-etl --again 123 2>&1)
is "$? $out" "2 tw-etl: --again: 123: there is no such stream" "and says which there is not"
rm -rf "$data/parts" "$data/stats"
tw-etl --backfill 2026-11-11 2026-11-10 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "2 tw-etl: --backfill: 2026-11-10 is before 2026-11-11" \
	"--backfill the wrong way round"
for day in x 2026-11-9 2026-11-31; do
	tw-etl --backfill $day 2026-12-01 2>"$tmp/err"
	is "$? $(cat "$tmp/err")" \
		"2 tw-etl: --backfill: \"$day\" is no day; 2026-11-09 is one" "nor is $day"
done
tw-etl --backfill 2026-11-10 2026-11-11
is "$? $(marked 'done')" "0 $(grep -l '"type":"stream"' "$data"/stats/*/2026111[01]* | wc -l)" \
	"--backfill does those that began in these days"
tw-etl
cksum "$data"/stats/*/*.jsonl >"$tmp/got"
same "$tmp/want" "$tmp/got" "and the rest comes after it"

# Raw files: compressed, and removed when nobody needs them
find "$data/raw" -name '*.log' | wc -l >"$tmp/before"
tw-tidy -q
is "$? $(find "$data/raw" -name '*.log' | wc -l)" "0 10" "closed raw files are compressed"
for file in "$data"/raw/*/*/*.log.*; do
	case $file in
	*.zst) zstd -q -dc "$file" ;;
	*) gzip -dc "$file" ;;
	esac >"$tmp/raw.one"
	name=${file#"$data/raw/"}
	cmp -s "$tmp/raw.one" "$tmp/full/${name%.*}" || echo "$file"
done >"$tmp/got"
same /dev/null "$tmp/got" "and hold what they held"
lay 2026-11-09 2027
tw-etl --again lang/6000000001 2>/dev/null
tw-etl --again abend/5000000010
cksum "$data"/stats/*/*.jsonl >"$tmp/got"
same "$tmp/want" "$tmp/got" "a copy that a killed tw-tidy left does not count twice"
over=$(find "$data/stats/nacht" -name '20261111T224100Z-*.jsonl')
part=nacht/${over##*Z-}
for kind in chat poll; do
	for file in "$data/raw/$kind/nacht/2026-11-11.log"*; do
		mv "$file" "$tmp/away.$kind"
	done
	out=$(tw-etl --again "${part%.jsonl}" 2>&1)
	is "$? ${out%% and*}" \
		"2 tw-etl: --again: ${part%.jsonl}: raw/$kind/nacht/2026-11-11.log is gone," \
		"what is left of the raw log does not take the place of the whole"
	cksum "$data"/stats/*/*.jsonl >"$tmp/got"
	same "$tmp/want" "$tmp/got" "nothing has changed"
	mv "$tmp/away.$kind" "$file"
done
tw-tidy -q
is "$(find "$data/raw" -name '2026-11-09.log' | wc -l)" 0 "and goes at the next"
# Of a day before its first there never was a file.
mkdir -p "$data/raw/poll/frueh"
for minute in 00 01 02 03 04 05; do
	printf '2026-11-09T00:%s:30.000Z\thelix\tfrueh\t{"id":"77","user_login":"frueh","type":"live","viewer_count":5,"started_at":"2026-11-09T00:00:10Z"}\n' $minute
done >"$data/raw/poll/frueh/2026-11-09.log"
TW_WINDOW=7m tw-etl frueh
like "$(head -n 1 "$data"/stats/frueh/*.jsonl)" '^{"ts":"2026-11-08T23:54' \
	"a window may begin on the day before"
is "$(TW_WINDOW=7m tw-etl --again frueh/77 2>&1)" "" "which is not said to be gone"
rm -r "$data"/*/*/frueh "$data"/*/frueh
late=$data/raw/chat/lang/2026-11-09.log
printf '2026-11-09T23:59:59.000Z\tirc\tlang\tPING\n' >"$late"
tw-tidy -q
is "$(cat "$late".* | zstd -q -dc 2>/dev/null | grep -c PING) $(ls "$late" 2>/dev/null)" "1 " \
	"what comes late goes behind what is compressed"
printf '2026-11-09T23:59:59.000Z\tirc\tlang\tPING\n' >"$late"
tw-tidy -q
is "$(cat "$late".* | zstd -q -dc 2>/dev/null | grep -c PING) $(ls "$late" 2>/dev/null)" "1 " \
	"and not a second time when tw-tidy is killed before the file is gone"
printf '2026-11-09T00:00:00.000Z\tirc\tlang\tPING\n' >"$late"
tw-tidy -q
is "$? $(wc -l <"$late")" "0 1" "what would not be in order behind it stays beside it"
rm "$late"
echo TW_KEEP_RAW=1 >>"$conf"
at 2026-11-20T00:00Z
tw-tidy -q
is "$(find "$data/raw" -name '2026*' | wc -l)" 40 "nothing goes that was not looked at since"
tw-etl -q
tw-tidy -q
is "$(find "$data/raw" -name '2026*' | wc -l)" 0 "later, what is old does"
sed -i '/KEEP_RAW/d' "$conf"

# tw-tidy and tw-weekly killed: nothing is lost, no half file is read
again 2026-11-20T00:00Z
lay_days 9 16
tw-etl -q
rm -f "$tmp"/*.json
tw-weekly --week 2026-W46 -o "$tmp/want.json"
i=0
while [ $i -lt "${TW_KILLS:-10}" ]; do
	i=$((i + 1))
	setsid tw-tidy -q >/dev/null 2>&1 &
	one=$!
	setsid tw-weekly --week 2026-W46 -o "$tmp/got.json" >/dev/null 2>&1 &
	two=$!
	sleep 0.$((i % 4))$((i * 7 % 10))
	kill -9 -- -$one -$two 2>/dev/null
	wait $one $two 2>/dev/null
	[ ! -e "$tmp/got.json" ] || cmp "$tmp/want.json" "$tmp/got.json"
done >"$tmp/out" 2>&1
same /dev/null "$tmp/out" "a report that is there is whole"
tw-tidy -q
for file in "$data"/raw/*/*/*.log*; do
	case $file in
	*.zst) zstd -q -dc "$file" ;;
	*) gzip -dc "$file" ;;
	esac | cmp -s - "$tmp/full/$(echo "${file#"$data/raw/"}" | sed 's/\.[a-z]*$//')" ||
		echo "$file"
done >"$tmp/out" 2>&1
same /dev/null "$tmp/out" "and a killed tw-tidy loses nothing"
tw-etl --again lang/6000000001
tw-weekly --week 2026-W46 -o "$tmp/got.json"
same "$tmp/want.json" "$tmp/got.json" "the report is the same"

# A channel that is removed while it is live
again 2026-11-12T23:59Z
lay_days 11 12
tw-etl -q
is "$(find "$data/parts/lang" -name '*.done' | wc -l)" 0 "a stream under way is none yet"
at 2026-11-13T05:50Z
tw-etl -q
is "$(find "$data/parts/lang" -name '*.done' | wc -l)" 0 "not even after the polls stop"
at 2026-11-13T06:10Z
tw-etl -q
like "$(cat "$data"/parts/lang/*.done)" ' 2026-11-12T23:59:12' \
	"but 6 hours later, at its last poll"

# A raw line that is damaged
again 2026-11-10T00:00Z
lay_days 9 9
sed -i '300s/\t/ /' "$data/raw/poll/abend/2026-11-09.log"
printf 'rubbish\n' >>"$data/raw/chat/abend/2026-11-09.log"
tw-etl -q
is "$? $(cat "$data"/rejects/abend/* | wc -l)" "0 2" "damaged lines are kept, and the rest is done"
out=$(tw-status)
is "$? $(echo "$out" | awk '$1 == "abend" { print $(NF - 1) }')" "0 2" \
	"tw-status counts them, and nobody is needed"

# A raw file that is damaged
again 2026-11-10T00:00Z
lay_days 9 9
zstd -q --rm "$data/raw/poll/loch/2026-11-09.log"
half=$(($(wc -c <"$data/raw/poll/loch/2026-11-09.log.zst") / 2))
head -c $half "$data/raw/poll/loch/2026-11-09.log.zst" >"$tmp/half"
cp "$tmp/half" "$data/raw/poll/loch/2026-11-09.log.zst"
tw-etl -q 2>/dev/null
is $? 1 "a damaged file may be mended"
[ ! -e "$data/parts/abend/from" ]
ok $? "and nothing is settled meanwhile"

# A full disk
full=$TW_BIN/tests/fake/full.so
if [ "${TW_MODE:-plain}" = plain ] && [ -e "$full" ]; then
	again 2026-11-10T00:00Z
	lay_days 9 9
	: >"$tmp/is.full"
	! LD_PRELOAD=$full TW_FULL=$tmp/is.full tw-etl -q 2>/dev/null
	ok $? "on a full disk tw-etl fails"
	is "$(marked 'done') $(find "$data/stats" -name '[!.]*.jsonl' 2>/dev/null | wc -l)" "0 0" \
		"and nothing half is taken for a whole"
	rm "$tmp/is.full"
	tw-etl -q
	is "$? $(marked 'done')" "0 4" "when there is room again it goes on"
	echo TW_DISK_MIN=999999999 >>"$conf"
	like "$(tw-status)" 'the disk is full: [0-9]* MiB left' "and a person is told before"
	sed -i '/DISK_MIN/d' "$conf"
fi

# The clock is set back
at 2026-11-09T12:00Z
out=$(tw-status)
is $? 1 "a clock that was set back needs a person"
like "$out" 'the newest raw line is of 2026-11-09T23:5.*: the clock was set back' "and it says so"
at 2026-11-07T12:00Z
like "$(tw-status)" 'the newest raw line is of 2026-11-09T23:5.*: the clock was set back' \
	"also to another day"

# The configuration
echo 'TW_JOBS=many' >"$tmp/bad.conf"
out=$(TW_CONF=$tmp/bad.conf tw-etl 2>&1)
is "$? $out" '2 tw-etl: TW_JOBS: "many" is no whole number' "a wrong value is a wrong call"
out=$(TW_CONF=$tmp/none.conf tw-status 2>&1)
is "$?" 2 "so is a configuration that is not there"
printf 'TW_DATA=%s\r\n' "$tmp/crlf" >"$tmp/bad.conf"
out=$(TW_CONF=$tmp/bad.conf tw-track add kanal_eins 2>&1)
is "$? $out $(find "$tmp" -maxdepth 1 -name 'crlf*')" \
	"2 tw-track: TW_CONF: $tmp/bad.conf: its lines end with CR LF, for a shell it is LF " \
	"and one with line ends of elsewhere"

# Several partitions find out at the same time that it is wrong.
again 2026-11-10T00:00Z
lay_days 9 9
mkdir "$tmp/slow"
printf '#!/bin/sh\nsleep 0.3\nexec %s "$@"\n' "$(command -v sync)" >"$tmp/slow/sync"
chmod +x "$tmp/slow/sync"
PATH=$tmp/slow:$PATH TW_WINDOW=bogus tw-etl -q 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "2 " "tw-etl ends with 2, and without a word"
like "$(cat "$data/state/stop.build")" '^tw-agg: --window: "bogus"' "the next run knows why"

# The report of Monday
again 2026-11-16T04:59Z
is "$(tw-weekly --due)" "" "nothing to report before the first stream"
mkdir -p "$data/stats"
echo TW_TZ=Europe/Berlin >>"$conf"
is "$(TW_NOW=2026-11-16T04:59Z tw-weekly --due)" "" "no report before Monday 6:00 in the zone"
is "$(TW_NOW=2026-11-16T05:01Z flock "$data/lock/weekly" tw-weekly --due 2>&1)" \
	"tw-weekly: another tw-weekly is at work" "nor a second one beside the first"
mkdir "$data/state/.weekly.tmp" # a full disk, for what is written there
out=$(TW_NOW=2026-11-16T05:01Z tw-weekly --due 2>"$tmp/err")
is "$? $out" "1 " "nor one that cannot be noted, and would come each hour"
like "$(cat "$tmp/err")" "^tw-weekly: $data/state: cannot be written to: " "that is told"
rm -rf "$data/state/.weekly.tmp"
like "$(TW_NOW=2026-11-16T05:01Z tw-weekly --due)" '^Week 2026-W46: .*(Europe/Berlin)' "then one"
is "$(TW_NOW=2026-11-16T06:01Z tw-weekly --due)" "" "once"
mkdir -p "$data/raw/poll/kurz"
echo broken >"$data/raw/poll/kurz/2026-11-19.log.gz"
out=$(TW_NOW=2026-11-25T23:01Z tw-weekly --due 2>"$tmp/err")
is "$? $out" "1 " \
	"what cannot be read is not reported each hour"
like "$(cat "$tmp/err")" '^tw-weekly: not all could be read: the report waits;' "it is told"
like "$(TW_NOW=2026-11-25T23:01Z tw-weekly 2>/dev/null)" '^Week 2026-W47' "by hand there is one"
rm -r "$data/raw/poll"
like "$(TW_NOW=2026-11-25T23:01Z tw-weekly --due)" '^Week 2026-W47' "late, if the machine was down"
sed -i '/TW_TZ/d' "$conf"

# Folders that are links, as to another disk
again 2026-11-12T03:00Z
lay_days 9 11
tw-etl -q
tw-weekly --week 2026-W46 >"$tmp/want"
mv "$data/raw/poll" "$tmp/poll"
mv "$data/raw/chat/kurz" "$tmp/chat-kurz"
mv "$data/stats/kurz" "$tmp/stats-kurz"
ln -s "$tmp/poll" "$data/raw/poll"
ln -s "$tmp/chat-kurz" "$data/raw/chat/kurz"
ln -s "$tmp/stats-kurz" "$data/stats/kurz"
ln -s nowhere "$data/raw/chat/kurz/2026-11-10.log.gz"
tw-weekly --week 2026-W46 >"$tmp/got"
same "$tmp/want" "$tmp/got" "folders may be links: the same report"
cat "$data"/stats/*/*.jsonl >"$tmp/want"
for part in "$data"/parts/*/*.done; do
	part=${part#"$data/parts/"}
	tw-etl -q --again "${part%.done}"
done
cat "$data"/stats/*/*.jsonl >"$tmp/got"
same "$tmp/want" "$tmp/got" "the same figures"
like "$(tw-status kurz)" '^kurz .* 2026-11-11T14:00 ' "tw-status sees what is done there"
for tool in tidy 'forget 12'; do
	touch -d '3 days ago' "$tmp/chat-kurz/.2026-11-01.log.tmp"
	# shellcheck disable=SC2086 # words of a call
	tw-$tool >/dev/null 2>&1
	is "$(find "$tmp/chat-kurz" -name '.*')" "" "tw-$tool: what a kill has left there goes"
done
rm -r "$tmp/poll" "$tmp/chat-kurz" "$tmp/stats-kurz"

# A folder that cannot be read in passing is no empty one
again 2026-11-12T03:00Z
lay_days 9 11
tw-etl -q
tw-weekly --week 2026-W46 -o "$tmp/want.txt"
cp "$tmp/want.txt" "$tmp/got.txt"
mkdir "$tmp/shim"
cat >"$tmp/shim/find" <<C
#!/bin/sh
# The first that \$FAILS names of what it is asked for is there, and no more.
case " \$* " in
*" \$FAILS "*) $(command -v find) "\$@" | sed 1q; exit 1 ;;
esac
exec $(command -v find) "\$@"
C
chmod +x "$tmp/shim/find"
# failing FOLDER COMMAND...
failing() {
	FAILS=$1
	shift
	PATH=$tmp/shim:$PATH FAILS=$FAILS "$@"
}
failing "$data/stats" tw-weekly -q --week 2026-W46 -o "$tmp/got.txt" 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "1 tw-weekly: not all of the stats can be read: no report" \
	"no report of some of the stats"
same "$tmp/want.txt" "$tmp/got.txt" "and what was there stays"
failing "$data/raw/poll" tw-weekly -q --week 2026-W46 >/dev/null 2>&1
is "$?" 1 "nor of some of the channels"
failing "$data/raw/poll" tw-etl 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "1 tw-etl: $data/raw/poll: not all of it can be read" \
	"tw-etl does not take them for all, either"
for stream in "$data"/parts/kurz/*.done; do
	break
done
stream=${stream#"$data/parts/"}
stream=${stream%.done}
find "$data/raw" -type f | sort >"$tmp/want"
(
	TW_KEEP_RAW=1
	export TW_KEEP_RAW
	at 2027-01-12T03:00Z
	rm -r "$data"/parts/*/from
	failing "$data/raw/poll" tw-tidy -q
) 2>"$tmp/err"
is "$? $(cat "$tmp/err")" "1 tw-tidy: $data/raw/poll: not all of it can be read" \
	"tw-tidy does not take a channel for one that was never polled"
find "$data/raw" -type f | sort >"$tmp/got"
same "$tmp/want" "$tmp/got" "and removes nothing"
cksum "$data"/events/kurz/* "$data"/stats/kurz/* >"$tmp/want"
for folder in raw/chat/kurz raw/poll/kurz events/kurz; do
	failing "$data/$folder" tw-etl -q --again "$stream" 2>/dev/null
	is "$?" 1 "$folder cannot be read: the stream is not done"
	tw-etl -q
	cksum "$data"/events/kurz/* "$data"/stats/kurz/* >"$tmp/got"
	same "$tmp/want" "$tmp/got" "but the next time"
done

# A stream that is under way, and seems to be over as its last day cannot be read
again 2026-11-13T00:00Z
lay_days 9 12
file=$data/raw/poll/lang/2026-11-12.log
mv "$file" "$tmp/kept"
gzip -c "$tmp/kept" | head -c 100 >"$file.gz"
tw-etl -q 2>/dev/null
is "$? $(ls "$data/parts/lang")" "1 6000000001.failed" "it is not done"
find "$data" -name '.*' >"$tmp/got"
same /dev/null "$tmp/got" "and leaves nothing half"
rm "$file.gz"
mv "$tmp/kept" "$file"
tw-etl -q
is "$? $(ls "$data/parts/lang")" "0 from" "when it can be read, nothing has failed"

# A stream of long ago that is to be done again, and cannot be: the next runs do it
again 2026-11-12T03:00Z
lay_days 9 11
tw-etl -q
at 2026-11-30T03:00Z
tw-etl -q
n=$(marked 'done')
for stream in "$data"/parts/kurz/*.done; do
	break
done
stream=${stream#"$data/parts/"}
failing "$data/raw/chat/kurz" tw-etl -q --again "${stream%.done}" 2>/dev/null
is "$? $(marked 'done')" "1 $((n - 1))" "once more, and it fails"
tw-etl -q
is "$? $(marked 'done')" "0 $n" "the next run does it"

# A tool that is killed is no wrong configuration
echo "TW_OPTOUT=$tmp/optout" >>"$conf"
echo 12 >"$tmp/optout"
printf '#!/bin/sh\nkill -9 $$\n' >"$tmp/shim/tw-parse"
chmod +x "$tmp/shim/tw-parse"
for script in "$root"/scripts/tw-*; do
	ln -s "$script" "$tmp/shim/"
done
"$tmp/shim/tw-etl" -q 2>/dev/null
is "$? $(find "$data/state" -name "stop*")" "1 " "tw-parse is killed: it may go well next time"
# shellcheck disable=SC2016 # for the script to expand
echo '[ -n "${NOWHERE:-}" ] && TW_TZ=Asia/Tokyo' >>"$conf"
tw-etl -q
is "$?" 0 "and does, whatever the last line of tw.conf says"

# A list from elsewhere, with a byte order mark, as the collectors read it
again 2026-11-12T03:00Z
printf '\357\273\277kanal_eins\r\nkanal_zwei\r\n' >"$data/channels"
is "$(tw-track list | paste -s -d ' ' -)" "kanal_eins kanal_zwei" "its channels"
tw-track remove kanal_eins
is "$(tw-track list)" kanal_zwei "the first of them can be removed"

# A collector that was started, and of which there is no line at all
again 2026-11-12T03:00Z
mkdir -p "$data/run"
echo kanal_eins >"$data/channels"
echo 1 >"$data/run/chat.pid"
touch -d 2026-11-12T02:55Z "$data/run/chat.pid"
is "$(tw-status | grep -c 'nothing heard')" 0 "it may not have come to it yet"
touch -d 2026-11-12T02:45Z "$data/run/chat.pid"
like "$(tw-status)" '^  nothing heard for 15 min; no network?' "later a person is told"

# What the last polls say: a channel that was removed says nothing any more.
again 2026-11-12T03:00Z
# poll_line CHANNEL TIME SOURCE PAYLOAD
poll_line() {
	mkdir -p "$data/raw/poll/$1"
	printf '%s\t%s\t%s\t%s\n' "$2" "$3" "$1" "$4" >>"$data/raw/poll/$1/${2%T*}.log"
}
for channel in eins zwei; do
	poll_line $channel 2026-11-12T02:59:30.000Z mark '{"mark":"error","by":"h/1/1","status":503}'
	echo $channel >>"$data/channels"
done
poll_line drei 2026-11-11T20:00:00.000Z helix null
like "$(tw-status)" '^  no poll has an answer: 503$' "no channel that is asked for has an answer"

# One that was renamed is polled no more, from the next poll on.
touch -d 2026-11-11 "$data/channels"
poll_line eins 2026-11-12T02:59:40.000Z helix null
poll_line zwei 2026-11-12T02:59:41.000Z helix null
export TW_CLIENT_ID=x
is "$(tw-status | grep -c 'is not polled')" 0 "all that are listed are polled"
echo drei >>"$data/channels"
touch -d 2026-11-11 "$data/channels"
is "$(tw-status | grep 'is not polled')" \
	"  drei: is not polled; no such channel, renamed, suspended?" "one is not polled any more"
touch -d 2026-11-12T02:45Z "$data/channels"
is "$(TW_INTERVAL=1800 tw-status | grep -c 'is not polled')" 0 \
	"but the next poll may be yet to come for what is new in the list"
unset TW_CLIENT_ID

# A collector that something else starts, again and again
again 2026-11-12T03:00Z
printf '#!/bin/sh\necho no luck >&2\nexit 1\n' >"$tmp/shim/tw-chat"
chmod +x "$tmp/shim/tw-chat"
for _ in 1 2 3 4 5; do
	"$tmp/shim/tw-watch" --run chat
done
like "$(tw-status)" '^  tw-chat was started 5 times in an hour: no luck$' "a person is told"

# A disk that can only be read any more
mkdir "$tmp/readonly"
printf '#!/bin/sh\nexit 1\n' >"$tmp/readonly/touch"
chmod +x "$tmp/readonly/touch"
like "$(PATH=$tmp/readonly:$PATH tw-status)" '^  the run log cannot be written$' \
	"tw-status tells that nothing can be written"

# Metrics
again 2026-11-10T00:00Z
lay_days 9 9
tw-etl -q
tw-status --metrics "$tmp/tw.prom"
is "$? $(tail -n 1 "$tmp/tw.prom")" "0 # EOF" "metrics end as they have to"
like "$(cat "$tmp/tw.prom")" '^tw_runs_total{step="done",outcome="done"} 4$' "and count"
is "$(grep -c -v -E '^# (TYPE|HELP|EOF)|^[a-z_]+({[a-z]+="[^"]+"(,[a-z]+="[^"]+")*})? -?[0-9]+$' \
	"$tmp/tw.prom")" 0 "each line is one of theirs"

# Where metrics go; a channel may have the name of a counter.
mkfifo "$tmp/fifo"
cat "$tmp/fifo" >"$tmp/got" &
tw-status --metrics "$tmp/fifo"
is "$? $(test -p "$tmp/fifo"; echo $?)" "0 0" "a FIFO stays one"
wait $!
tw-status --metrics - >"$tmp/want"
# Other tests fill the disk meanwhile.
sed -i '/^tw_disk_free_bytes/d' "$tmp/want" "$tmp/got"
same "$tmp/want" "$tmp/got" "and gets them, as standard output does"
for channel in errors runs; do
	mkdir -p "$data/raw/chat/$channel"
	printf '%s\tmark\t%s\t{"mark":"alive","by":"tw-chat","interval_s":60}\n' \
		2026-11-23T06:04:00.000Z $channel \
		>"$data/raw/chat/$channel/2026-11-23.log"
done
echo errors >"$tmp/list"
TW_CHANNELS=$tmp/list TW_CLIENT_ID=x
export TW_CHANNELS TW_CLIENT_ID
at 2026-11-23T06:05Z
tw-status --metrics - >"$tmp/got"
is "$(grep -c '^tw_chat_age_seconds{channel="\(errors\|runs\)"} 60$' "$tmp/got")" 2 \
	"a channel with the name of a counter is a channel"
is "$(grep '^# TYPE' "$tmp/got" | sort | uniq -d)" "" "each family is there once"
is "$(grep '^tw_collector_up' "$tmp/got" | paste -s -d ' ' -)" \
	'tw_collector_up{collector="chat"} 0 tw_collector_up{collector="poll"} 0' \
	"collectors that are to run are up or not"
TW_CLIENT_ID='' tw-status --metrics - >"$tmp/got"
is "$(grep -c '^tw_collector_up.*poll' "$tmp/got")" 0 "one that is not to run is neither"
tw-status >/dev/full 2>/dev/null
is $? 1 "a table that cannot be written"
unset TW_CHANNELS TW_CLIENT_ID

# A configuration that is there and cannot be read is not none
mkdir -p "$tmp/away/tw"
ln -s not-mounted "$tmp/away/tw/tw.conf"
for tool in "status" "etl" "live --once 1 eins"; do
	# shellcheck disable=SC2086 # words of a call
	(unset TW_DATA; HOME=$tmp/away XDG_CONFIG_HOME=$tmp/away tw-$tool) \
		>"$tmp/got" 2>&1
	is "$? $(cat "$tmp/got")" \
		"2 tw-${tool%% *}: TW_CONF: $tmp/away/tw/tw.conf: cannot be read" \
		"tw-${tool%% *}: a tw.conf behind a link that leads nowhere"
done
is "$(ls -A "$tmp/away")" tw "nothing was made elsewhere"

# Nothing would be found there, without a word
mkdir "$tmp/two
lines"
for tool in etl weekly status; do
	TW_CONF=/dev/null TW_DATA="$tmp/two
lines" tw-$tool >"$tmp/got" 2>&1
	is "$? $(cat "$tmp/got")" "2 tw-$tool: TW_DATA: its value has a line end in it" \
		"tw-$tool: a folder with a line end in its name"
done

# Such as in a unit of the system
(unset TW_DATA XDG_DATA_HOME HOME; TW_CONF=/dev/null tw-status) >"$tmp/got" 2>&1
is "$? $(cat "$tmp/got")" "2 tw-status: TW_DATA: is not set, nor is HOME" \
	"nobody says where everything is kept"

is "$(TW_INTERVAL=0 tw-watch --no-start 2>&1)" \
	"tw-watch: TW_INTERVAL: 0 seconds are no interval" "no division by it"

# Calls that are not understood
tw-weekly --week=2026-W46 2>"$tmp/err"
is "$? $(sed -n 1p "$tmp/err")" \
	"2 tw-weekly: --week=2026-W46: what an option takes stands apart: --week 2026-W46" \
	"how an option is spelled is said"
for call in "etl --bogus" "watch now" "tidy now" "crontab now" "status --bogus" \
	"track --bogus" "forget --bogus" "weekly --bogus"; do
	# shellcheck disable=SC2086 # words of a call
	tw-$call 2>"$tmp/err"
	is "$? $(grep -c -e "${call#* }" "$tmp/err") $(grep -c '^usage:' "$tmp/err")" \
		"2 1 1" "tw-$call: what is wrong, and the usage"
done
done_testing
