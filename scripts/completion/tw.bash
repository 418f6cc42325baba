# bash completion for the tw tools

# Prints the names of the time zones that this system has.
_tw_zones() {
	local dir=${TZDIR:-/usr/share/zoneinfo}

	{
		echo UTC
		if [ -r "$dir/tzdata.zi" ]; then
			awk '$1 == "Z" { print $2 } $1 == "L" { print $3 }' \
				"$dir/tzdata.zi"
		elif [ -r "$dir/zone1970.tab" ]; then
			awk -F '\t' '!/^#/ { print $3 }' "$dir/zone1970.tab"
		fi
	} | LC_ALL=C sort -u
}

# Prints this week and the last one.
_tw_weeks() {
	date +%G-W%V
	date -d '-7 days' +%G-W%V 2>/dev/null
}

# Completes among the words of $1 that begin with $2.
_tw_words() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_tw_files() {
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
	# Refused outside of a completion, as in a test.
	compopt -o filenames 2>/dev/null
	return 0
}

_tw_folders() {
	mapfile -t COMPREPLY < <(compgen -d -- "$1")
	compopt -o filenames 2>/dev/null
	return 0
}

# The scripts: operands are channels of the list.
_tw_script() {
	local words='-h --help -q --quiet -V --version'

	case $3 in
	--metrics | -o | -f)
		_tw_files "$2"
		return
		;;
	--format)
		_tw_words 'text csv json html' "$2"
		return
		;;
	--week)
		_tw_words "$(_tw_weeks)" "$2"
		return
		;;
	--run)
		_tw_words 'chat poll' "$2"
		return
		;;
	-j | --again | --backfill)
		return
		;;
	esac
	case ${1##*/} in
	tw-crontab) words='-h --help -V --version' ;;
	tw-live) words='-h --help --once -f' ;;
	tw-forget) words="$words -n --dry-run" ;;
	tw-etl) words="$words -j --again --backfill" ;;
	tw-status) words="$words --metrics" ;;
	tw-watch) words="$words --no-start --run --stop" ;;
	tw-weekly) words="$words --due --format -o --week" ;;
	tw-track) [[ " ${COMP_WORDS[*]} " == *\ @(add|remove|list)\ * ]] ||
		words="$words add remove list" ;;
	esac
	case ${1##*/}:$2 in
	*:-*) _tw_words "$words" "$2" ;;
	tw-track:*) _tw_words "${words#*--version} $(tw-track list 2>/dev/null)" "$2" ;;
	tw-etl:* | tw-live:* | tw-status:* | tw-weekly:*)
		_tw_words "$(tw-track list 2>/dev/null)" "$2"
		;;
	esac
}

# Called with the name of the command, the word to complete, the word before.
_tw() {
	local cur=$2 prev=$3 n=${COMP_CWORD:-0} i words
	local common='-h --help -q --quiet -V --version -v --verbose'

	COMPREPLY=()
	# `--format=csv` comes as three words.
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ] && [ "$n" -ge 2 ]; then
		prev=${COMP_WORDS[n - 2]}
	fi
	# The operands of the collectors are channels, which we do not know.
	case ${1##*/} in
	tw-chat | tw-poll)
		case $prev in
		-f) _tw_files "$cur" ;;
		-o) _tw_folders "$cur" ;;
		--interval) _tw_words '60s 2m 5m' "$cur" ;;
		*)
			words="$common -f -o --sync"
			[ "${1##*/}" = tw-chat ] ||
				words="$words --interval --once"
			[[ $cur != -* ]] || _tw_words "$words" "$cur"
			;;
		esac
		return
		;;
	esac
	common="-c $common"
	# Behind `--` there are only files.
	for ((i = 1; i < n; i++)); do
		if [ "${COMP_WORDS[i]}" = -- ]; then
			_tw_files "$cur"
			return
		fi
	done
	case $prev in
	--format)
		_tw_words 'text csv json html' "$cur"
		return
		;;
	--week)
		_tw_words "latest $(_tw_weeks)" "$cur"
		return
		;;
	--tz)
		_tw_words "$(_tw_zones)" "$cur"
		return
		;;
	--mentions | --optout | --pseudonymize | --rejects | --output | -o)
		_tw_files "$cur"
		return
		;;
	-c | --flush | --retention | --uri | --wait | --hold | --session-gap | --since | --until | --window)
		return
		;;
	esac
	case ${1##*/} in
	tw-parse)
		words="$common --mask --mentions --names --optout --pseudonymize"
		words="$words --rejects --since --strip --until"
		;;
	tw-agg)
		words="$common --hold --live --pushdown --rejects --session-gap"
		words="$words --since --until --uri --window"
		;;
	tw-load)
		words="$common --dry-run --export --flush --no-wait --rejects"
		words="$words --retention --since --until --uri --verify --wait"
		;;
	tw-report)
		words="$common --format --once -o --output --since --tz --until"
		words="$words --uri --week"
		;;
	esac
	case $cur in
	-?*)
		_tw_words "$words" "$cur"
		return
		;;
	-)
		_tw_words "$words -" "$cur"
		return
		;;
	esac
	_tw_files "$cur"
	# The report stands before the files.
	if [ "${1##*/}" = tw-report ] && [ "$n" -le 1 ]; then
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W \
			'weekly history stream mentions live site' -- "$cur")
	fi
}

complete -F _tw tw-chat tw-poll tw-parse tw-agg tw-load tw-report
complete -F _tw_script tw-crontab tw-etl tw-forget tw-live tw-status tw-tidy tw-track \
	tw-watch tw-weekly
complete -W '-h --help -V --version -c -q --quiet -v --verbose --tz --uri' -o default tw-site
