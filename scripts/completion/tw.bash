# bash completion for tw-parse, tw-agg and tw-report

_tw_zones() {
	local tab=${TZDIR:-/usr/share/zoneinfo}/zone1970.tab
	echo UTC
	[ ! -r "$tab" ] || cut -f3 "$tab" | grep -v '^#'
}

_tw() {
	local cur=$2 prev=$3 common='-c -h -q -V -v' words=
	COMPREPLY=()
	case $prev in
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'text csv json html' -- "$cur")
		return
		;;
	--week)
		mapfile -t COMPREPLY < <(compgen -W "latest $(date +%G-W%V) $(
			date -d '-7 days' +%G-W%V 2>/dev/null)" -- "$cur")
		return
		;;
	--tz)
		mapfile -t COMPREPLY < <(compgen -W "$(_tw_zones)" -- "$cur")
		return
		;;
	--since | --until | --hold | --session-gap | --window | -c)
		return
		;;
	esac
	case ${1##*/} in
	tw-parse) words="$common --mentions --rejects --since --until" ;;
	tw-agg)
		words="$common --hold --rejects --session-gap --since --until"
		words="$words --window"
		;;
	tw-report) words="$common --format -o --tz --week" ;;
	esac
	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
	*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}

complete -o filenames -F _tw tw-parse tw-agg tw-report
