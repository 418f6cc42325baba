# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # set here and used there, and the other way
# tw-common.sh - what the scripts of tw share: configuration, time, locks, run log
#
# Sourced by each of them, never run. All state is in files below $TW_DATA:
#
#   raw/{chat,poll}/CHANNEL/DATE.log   the truth (tw-raw(5))
#   events/CHANNEL/BEGIN-ID.jsonl.*    the events of a stream
#   stats/CHANNEL/BEGIN-ID.jsonl       its windows and, last, its own line
#   parts/CHANNEL/ID.{built,done,failed}   how far its partition is
#   state/ lock/ run/ log/             of the scripts themselves
#
# Anything may be killed at any moment, each date(1) and awk(1) alone, too. So what
# a command prints is used only when it ended well.
#
# A file is written aside under a name that begins with a dot, then renamed, so
# whatever is killed when, a file that can be seen is whole.

# The next file that is opened would take the place of one of these that is
# closed, and get what is meant for people. Input and output fail still; words
# may get lost.
{ true 3>&2; } || exec 2>/dev/null
{ true <&0; } 2>/dev/null || exec 0>/dev/null
{ true >&1; } 2>/dev/null || exec 1</dev/null

name=${0##*/}
quiet='' aside=''
LC_ALL=C TZ=UTC
export LC_ALL TZ
# The tools lie beside the scripts, $here; cron does not know where.
PATH=$here:${PATH:-/usr/bin:/bin}
export PATH

warn() {
	printf '%s: %s\n' "$name" "$*" >&2
}

say() {
	[ -n "$quiet" ] || warn "$@"
}

# wrong WORDS...: the call or the configuration is; trying again is no use
wrong() {
	warn "$@"
	exit 2
}

# unknown ARGUMENT: the call has one that nothing is done with
unknown() {
	case $1 in
	--?*=*) warn "$1: what an option takes stands apart: ${1%%=*} ${1#*=}" ;;
	-?*) warn "$1: there is no such option" ;;
	*) warn "\"$1\": nothing is expected there" ;;
	esac
	usage >&2
	exit 2
}

version() {
	tw-parse -V | sed "1s/^tw-parse/$name/"
	exit 0
}

# ours NAME PATH: what everybody can write is not run as a configuration, nor
# trusted as data; a link is followed
ours() {
	[ -z "$(find -L "$2" -maxdepth 0 \( -type f -o -type d \) -perm -0002 \
		2>/dev/null)" ] || wrong "$1: $2: everybody can write there"
}

# read_conf: runs tw.conf, if there is one
read_conf() {
	home=${HOME:-/nonexistent}
	if [ -z "${TW_CONF:-}" ]; then
		for TW_CONF in "${XDG_CONFIG_HOME:-$home/.config}/tw/tw.conf" \
			/etc/tw/tw.conf ''; do
			# Also one that cannot be read, or a link to what is not mounted: it
			# may say where everything is, and who opted out.
			if [ -e "$TW_CONF" ] || [ -L "$TW_CONF" ]; then
				break
			fi
		done
	fi
	[ -z "$TW_CONF" ] || [ -r "$TW_CONF" ] ||
		wrong "TW_CONF: $TW_CONF: cannot be read"
	case $TW_CONF in
	'') ;;
	/*) ;;
	*) TW_CONF=$PWD/$TW_CONF ;;
	esac
	[ -z "$TW_CONF" ] || ours TW_CONF "$TW_CONF"
	# The CR would be part of each value, such as of the name of a folder.
	[ ! -f "$TW_CONF" ] || ! grep -q "$(printf '\r')\$" "$TW_CONF" ||
		wrong "TW_CONF: $TW_CONF: its lines end with CR LF, for a shell it is LF"
	# What it sets is for the tools, too.
	set -a
	# shellcheck source=/dev/null
	[ -z "$TW_CONF" ] || . "$TW_CONF" || : # whatever its last command says
	: "${TW_OPTOUT:=}"
	set +a
	case $TW_OPTOUT in
	'' | /*) ;;
	*) wrong "TW_OPTOUT: $TW_OPTOUT does not begin with /" ;;
	esac
}

# configure: reads tw.conf, sets what it leaves out, makes the folders
configure() {
	read_conf
	# Root could make them anywhere.
	[ -n "${TW_DATA:-}${XDG_DATA_HOME:-}${HOME:-}" ] ||
		wrong "TW_DATA: is not set, nor is HOME"
	set -a
	: "${TW_DATA:=${XDG_DATA_HOME:-$home/.local/share}/tw}"
	: "${TW_CHANNELS:=$TW_DATA/channels}"
	: "${TW_INTERVAL:=60}" "${TW_TZ:=UTC}" "${TW_UMASK:=077}"
	: "${TW_TRIES:=3}" "${TW_RETRY:=5}" "${TW_WINDOW:=5s}"
	: "${TW_JOBS:=$(nproc)}" "${TW_KEEP_RAW:=}" "${TW_URI:=}"
	: "${TW_KEEP_EVENTS:=}"
	: "${TW_URI_FILE:=}" "${TW_MENTIONS:=}" "${TW_CLIENT_ID:=}"
	: "${TW_LATE:=3600}" "${TW_DISK_MIN:=1024}"
	set +a
	[ -z "$TW_URI_FILE" ] || TW_URI=-
	for number in TW_INTERVAL TW_TRIES TW_RETRY TW_JOBS TW_LATE TW_DISK_MIN; do
		eval "value=\$$number"
		# Leading zeros would make it octal.
		case $value in
		'' | *[!0-9]* | 0?*) wrong "$number: \"$value\" is no whole number" ;;
		esac
	done
	[ "$TW_INTERVAL" != 0 ] || wrong "TW_INTERVAL: 0 seconds are no interval"
	for number in TW_KEEP_RAW TW_KEEP_EVENTS; do
		eval "value=\$$number"
		case $value in
		*[!0-9]* | 0?* | ??????*)
			wrong "$number: \"$value\" is no number of days, at most 99999"
			;;
		esac
	done
	for number in TW_DATA TW_CHANNELS; do
		eval "value=\$$number"
		case $value in
		# Paths stand one a line in our files.
		*"
"*) wrong "$number: its value has a line end in it" ;;
		/*) ;;
		*) wrong "$number: \"$value\" does not begin with /" ;;
		esac
	done
	ours TW_DATA "$TW_DATA"
	umask "$TW_UMASK"
	mkdir -p "$TW_DATA/state" "$TW_DATA/lock" "$TW_DATA/run" "$TW_DATA/log" \
		"$TW_DATA/parts" "$TW_DATA/raw/chat" "$TW_DATA/raw/poll" 2>/dev/null || {
		warn "TW_DATA: $TW_DATA: the folders in it cannot be made"
		exit 1
	}
	# TW_NOW, anything that date(1) reads, takes the place of the clock.
	now=$(date -u -d "${TW_NOW:-now}" +%s 2>/dev/null) ||
		wrong "TW_NOW: \"$TW_NOW\" is no time"
}

# optouts: the file of TW_OPTOUT can be read, or none is wanted. tw-parse takes it
# from the environment, and does nothing without it: this is to say so first.
optouts() {
	[ -z "$TW_OPTOUT" ] || tw-parse -q </dev/null
}

# count WORD FILE: how many, in a summary of tw-parse --strip; fails without one
count() {
	counted=$(sed -n "/^tw-parse: .* \([0-9,]*\) $1.*/{
		s//\1/
		s/,//g
		p
	}" "$2") && [ -n "$counted" ] && printf '%s\n' "$counted"
}

# stamp [EPOCH]: RFC 3339, of now by default, as time goes on while we work
stamp() {
	if [ $# -gt 0 ]; then
		date -u -d "@$1" +%Y-%m-%dT%H:%M:%S.000Z
	else
		date -u -d "${TW_NOW:-now}" +%Y-%m-%dT%H:%M:%S.%3NZ
	fi
}

day_of() {
	date -u -d "@$1" +%F
}

epoch_of() {
	date -u -d "$1" +%s
}

# lock NAME: holds descriptor 9 on lock/NAME while we and our children live
lock() {
	exec 9>>"$TW_DATA/lock/$1"
	flock -n 9
}

# found FILE PATH... EXPRESSION: what find(1) finds, sorted, one a line, into FILE;
# fails when a folder cannot be read, which a pattern of the shell takes for an
# empty one. Folders may be links; a link that leads nowhere is not there.
found() {
	found_file=$1
	shift
	find -L "$@" ! -type l >"$found_file" && sort -o "$found_file" "$found_file"
}

# raw_files chat|poll CHANNEL FILE: the raw files of the channel into FILE
raw_files() {
	if [ -d "$TW_DATA/raw/$1/$2" ]; then
		found "$3" "$TW_DATA/raw/$1/$2" -mindepth 1 -maxdepth 1 \
			-name '????-??-??.log*'
	else
		: >"$3"
	fi
}

# polled FILE: the channels that were ever polled into FILE
polled() {
	found "$1.all" "$TW_DATA/raw/poll" -mindepth 1 -maxdepth 1 || return 1
	polled_n=0
	while read -r polled_folder; do
		polled_n=$((polled_n + 1))
		! is_channel "${polled_folder##*/}" || [ ! -d "$polled_folder" ] ||
			printf '%s\n' "${polled_folder##*/}" || return 1
	done <"$1.all" >"$1"
	had_lines $polled_n "$1.all"
}

# hold_raw: tw-tidy does not replace raw files while we and our children live
hold_raw() {
	exec 7>>"$TW_DATA/lock/raw"
	flock -s 7
}

# is_copy FILE: a killed tw-tidy has left it beside its compressed self; polls
# read twice would count twice
is_copy() {
	case $1 in
	*.log) ;;
	*) return 1 ;;
	esac
	if [ -e "$1.zst" ]; then
		zstd -q -dc "$1.zst" | cmp -s - "$1"
	elif [ -e "$1.gz" ]; then
		gzip -dc "$1.gz" | cmp -s - "$1"
	else
		return 1
	fi
}

# aside FILE COMMAND...: what COMMAND prints into a new file beside FILE, $aside.
# What has that name goes first, so that no link which was laid there is followed.
aside() {
	aside=${1%/*}/.${1##*/}.tmp
	shift
	rm -f "$aside" && (
		set -C
		exec >"$aside"
		set +C
		"$@"
	)
}

# as_owned PATH: $aside belongs to whom PATH does; only root can give it away
as_owned() {
	[ "$(id -u)" -ne 0 ] || chown -h --reference="$1" "$aside"
}

# ready FILE COMMAND...: what COMMAND prints into $aside, on the disk, from where only
# a rename makes it FILE
ready() {
	aside "$@" && as_owned "${1%/*}" && sync "$aside"
}

# put FILE: standard input into FILE, aside and by rename, on the disk
put() {
	ready "$1" cat && mv -f "$aside" "$1" && return
	rm -f "$aside"
	return 1
}

# replace FILE BYTES [NAME]: $aside takes the place of FILE, under NAME if that is
# given, while nobody reads raw files; not when FILE has grown past these BYTES,
# from which it was made
replace() {
	as_owned "$1" && sync "$aside" || return 1
	exec 7>>"$TW_DATA/lock/raw"
	flock 7 && [ "$(wc -c <"$1")" -eq "$2" ] && mv -f "$aside" "${3:-$1}" &&
		{ [ $# -eq 2 ] || rm -f "$1"; }
	replaced=$?
	exec 7>&-
	return $replaced
}

# is_ended FILE: nothing goes on the last line; in doubt it is not
is_ended() {
	[ ! -s "$1" ] || [ "$(tail -c 1 "$1" | wc -l)" -eq 1 ]
}

# clean TEXT: as it can stand in a JSON string; short
clean() {
	printf '%s' "$*" | tr '\001-\037\177' ' ' | cut -c 1-300 |
		sed 's/[\\"]/\\&/g' | iconv -c -f UTF-8 -t UTF-8
}

# note PARTITION STEP START STATUS EXIT LINES BYTES MESSAGE: into the run log
note() {
	printf '{"partition":"%s","step":"%s","start":"%s","end":"%s","status":"%s","lines":%d,"bytes":%d,"exit":%d,"message":"%s"}\n' \
		"$1" "$2" "$3" "$(stamp)" "$4" "$6" "$7" "$5" \
		"$(clean "$8")" >>"$TW_DATA/log/runs.jsonl" ||
		warn "$1: $2: $4, and the run log cannot be written"
}

# is_channel NAME
is_channel() {
	case $1 in
	'' | *[!a-z0-9_]* | ??????????????????????????*) return 1 ;;
	esac
}

# listed: the channels of the list, one a line; a byte order mark is none of it
listed() {
	[ -e "$TW_CHANNELS" ] || return 0
	sed "1s/^$(printf '\357\273\277')//"'; s/^#.*//; s/[[:blank:]]#.*//; s/[[:space:]]//g; /^$/d' "$TW_CHANNELS" |
		tr '[:upper:]' '[:lower:]'
}

# number DATE: 2026-11-09 as 20261109, $number; no process
number() {
	number=${1#*-}
	number=${1%%-*}${number%%-*}${number#*-}
}

# number_of FILE: likewise of the day in its name
number_of() {
	number=${1##*/}
	number "${number%%.*}"
}

# pid_of COLLECTOR: of the chat or poll that holds its lock; fails without one
pid_of() {
	[ -e "$TW_DATA/run/$1.pid" ] || return 1
	! flock -n "$TW_DATA/lock/$1" true || return 1
	cat "$TW_DATA/run/$1.pid"
}

# can_run COLLECTOR: there is what it needs
can_run() {
	if [ "$1" = poll ] && [ -z "$TW_CLIENT_ID" ]; then
		return 1
	fi
	[ -n "$(listed | head -n 1)" ]
}

# streams: stats lines in, "ended started channel id open|over" out
streams() {
	sed -n 's/^{"ts":"[^"]*","channel":"\([a-z0-9_]*\)","type":"stream","seconds":[0-9]*,"stream_id":"\([0-9A-Za-z_-]*\)","started_at":"\([^"]*\)","ended_at":"\([^"]*\)"\(,"open":true\)\{0,1\}.*/\4 \3 \1 \2 over\5/p' |
		sed 's/ over,"open":true$/ open/'
}

# look_at FILE...: the streams of these poll logs, by tw-agg's rule; $work/clock
# holds a mark for each channel that tells what time it is, as else the stream of
# a channel that is not polled any more would never end.
look_at() {
	rm -f "$work/look"
	{
		{
			status=0
			tw-parse -q "$@" || status=$?
			cat "$work/clock" || status=1
			echo $status >>"$work/look"
		} | {
			status=0
			tw-agg -q --window 1d || status=$?
			echo $status >>"$work/look"
		} | {
			status=0
			streams || status=1
			echo $status >>"$work/look"
		}
	} >>"$work/found" || looked=1
	: >"$work/clock"
	case $(graver "$work/look" 3) in
	0 | 3) ;;
	*) looked=1 ;;
	esac
}

# clock CHANNEL: an event that says what time it is
clock() {
	printf '{"ts":"%s","channel":"%s","type":"mark","mark":"clock","by":"%s"}\n' \
		"$now_stamp" "$1" "$name"
}

# look CHANNEL...: every stream of theirs that is not settled, into $work/streams,
# in order of their end; fails when a file could not be read.
#
# What is before parts/CHANNEL/from is settled: every stream has ended, is done,
# and cannot come back. Two days more are read, so that tw-agg knows the stream
# before. Without that file, or with $look_all, all is read.
look() {
	looked=0 look_known='' days=''
	now_stamp=$(stamp "$now") || return 1
	: >"$work/found"
	: >"$work/clock"
	printf '%s\n' "$@" >"$work/channels" || return 1
	set --
	look_batch=0 look_n=0
	while read -r look_channel; do
		look_n=$((look_n + 1))
		look_from=
		[ -n "${look_all:-}" ] || [ ! -s "$TW_DATA/parts/$look_channel/from" ] ||
			read -r look_from <"$TW_DATA/parts/$look_channel/from"
		if [ -z "$look_from" ]; then
			look_files=0
			raw_files poll "$look_channel" "$work/raw" || looked=1
			while read -r look_file; do
				look_files=$((look_files + 1))
				is_copy "$look_file" || set -- "$@" "$look_file"
			done <"$work/raw"
			had_lines $look_files "$work/raw" || looked=1
		else
			[ "$look_from" = "$look_known" ] ||
				days_since "$look_from" || looked=1
			for look_day in $days; do
				for look_end in '' .gz .zst; do
					look_file=$TW_DATA/raw/poll/$look_channel/$look_day.log$look_end
					[ ! -e "$look_file" ] || is_copy "$look_file" ||
						set -- "$@" "$look_file"
				done
			done
		fi
		clock "$look_channel" >>"$work/clock" || looked=1
		look_batch=$((look_batch + 1))
		if [ $look_batch -ge 40 ] || [ $# -gt 400 ]; then
			[ $# -eq 0 ] || look_at "$@"
			set --
			look_batch=0
		fi
	done <"$work/channels"
	had_lines $look_n "$work/channels" || looked=1
	[ $# -eq 0 ] || look_at "$@"
	# Of the lines of one stream the last counts.
	awk '{ line[$3 " " $4] = $0 } END { for (k in line) print line[k] }' \
		"$work/found" >"$work/unsorted" || looked=1
	sort "$work/unsorted" >"$work/streams" || looked=1
	return $looked
}

# days_since DATE: two days before it up to tomorrow, $days
days_since() {
	look_known=$1 days=''
	day_s=$(epoch_of "$1") || return 1
	day_s=$((day_s - 2 * 86400))
	while [ $day_s -le $((now + 86400)) ]; do
		look_day=$(day_of $day_s) || return 1
		days="$days $look_day"
		day_s=$((day_s + 86400))
	done
}

# cut_files CHANNEL STARTED ENDED: the raw files that make the stream's figures,
# one a line. These are its days, one on either side, and of each kind one file
# more on either side, however far: it says that chat was heard before, and that
# the stream did not go on.
cut_files() {
	cut_first=$(epoch_of "$2") || return 1
	cut_first=$(day_of $((cut_first - 86400))) || return 1
	cut_last=$(epoch_of "$3") || return 1
	cut_last=$(day_of $((cut_last + 86400))) || return 1
	number "$cut_first"
	cut_first=$number
	number "$cut_last"
	cut_last=$number
	for cut_kind in chat poll; do
		cut_before=0 cut_after=99999999
		raw_files $cut_kind "$1" "$work/raw" || return 1
		cut_n=0
		while read -r cut_file; do
			cut_n=$((cut_n + 1))
			number_of "$cut_file"
			[ "$number" -ge "$cut_first" ] || [ "$number" -le "$cut_before" ] ||
				cut_before=$number
			[ "$number" -le "$cut_last" ] || [ "$number" -ge "$cut_after" ] ||
				cut_after=$number
		done <"$work/raw"
		had_lines $cut_n "$work/raw" || return 1
		cut_n=0
		while read -r cut_file; do
			cut_n=$((cut_n + 1))
			number_of "$cut_file"
			if [ "$number" -ge "$cut_before" ] && [ "$number" -le "$cut_after" ]; then
				is_copy "$cut_file" || printf '%s\n' "$cut_file" ||
					return 1
			fi
		done <"$work/raw"
		had_lines $cut_n "$work/raw" || return 1
	done
}

# stream_stats CHANNEL ID STARTED ENDED: the stats lines of that stream: windows,
# then its own line. Its exit status is the gravest of the tools'.
stream_stats() {
	stats_dir=$(mktemp -d) || return 1
	if ! now_stamp=$(stamp "$now") ||
		! cut_files "$1" "$3" "$4" >"$stats_dir/files"; then
		rm -rf "$stats_dir"
		return 1
	fi
	{
		status=0
		xargs_lines "$stats_dir/files" tw-parse -q -c "$1" \
			${TW_MENTIONS:+--mentions "$TW_MENTIONS"} || status=$?
		clock "$1"
		echo $status >>"$stats_dir/status"
	} | {
		status=0
		tw-agg -q -c "$1" --window "$TW_WINDOW" || status=$?
		echo $status >>"$stats_dir/status"
	} | {
		status=0
		awk -v key="\"stream_id\":\"$2\"" '
			index($0, key) == 0 { next }
			/^{"ts":"[^"]*","channel":"[^"]*","type":"stream"/ {
				line = $0
				next
			}
			{ print }
			END { if (line != "") print line }' || status=1
		echo $status >>"$stats_dir/status"
	}
	stats_exit=$(graver "$stats_dir/status" 3) || stats_exit=1
	rm -rf "$stats_dir"
	return "$stats_exit"
}

# graver FILE N: of the N exit statuses in it: 2 before 1 before 3; one that is
# killed, or that could not even tell its own, is 1
graver() {
	awk -v n="$2" '$1 == 2 { two = 1 } $1 == 3 { three = 1 }
		$1 != 2 && $1 != 3 && $1 != 0 { one = 1 }
		END { print two ? 2 : one || NR < n ? 1 : three ? 3 : 0 }' "$1"
}

# had_lines N FILE: FILE has N lines; a loop that has read less of it has met an
# error, which read(1) takes for the end
had_lines() {
	had_all=$(wc -l <"$2") || return 1
	[ "$1" -eq "$had_all" ]
}

# xargs_lines FILE COMMAND...: with the lines of FILE as its last arguments
xargs_lines() {
	lines_file=$1 lines_n=0
	shift
	while IFS= read -r line; do
		set -- "$@" "$line"
		lines_n=$((lines_n + 1))
	done <"$lines_file"
	had_lines $lines_n "$lines_file" || return 1
	"$@" </dev/null
}
