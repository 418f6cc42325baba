# ops.sh - a configuration and a clock for tests of the scripts, behind tap.sh
#
# $data is TW_DATA, $conf the configuration, $tmp/full a fortnight of raw logs,
# from which lay() takes.

PATH=$root/scripts:$PATH
HOME=$tmp/home
XDG_CONFIG_HOME=$HOME/.config
unset TW_CONF TW_NOW TW_DATA TW_CHANNELS TW_URI TW_URI_FILE TW_TZ TW_CLIENT_ID
unset XDG_DATA_HOME
export PATH HOME XDG_CONFIG_HOME
conf=$XDG_CONFIG_HOME/tw/tw.conf
data=$tmp/data
mkdir -p "$XDG_CONFIG_HOME/tw" "$data"
cat >"$conf" <<C
TW_DATA=$data
TW_RETRY=0
TW_TRIES=2
TW_JOBS=2
C
python3 "$root/tests/fake/fortnight.py" "$tmp/full"

# at TIME: the clock
at() {
	TW_NOW=$1
	export TW_NOW
}

# lay DAY TIME: the raw log of that day as it is at that time
lay() {
	for file in "$tmp"/full/*/*/"$1.log"; do
		to=$data/raw/${file#"$tmp/full/"}
		mkdir -p "${to%/*}"
		awk -F '\t' -v t="$2" '$1 < t' "$file" >"$to"
	done
}

# lay_days FROM TO: whole days of November 2026
lay_days() {
	for d in $(seq "$1" "$2"); do
		lay "2026-11-$(printf %02d "$d")" 2027
	done
}

# runs STEP [STATUS]: how many in the run log
runs() {
	grep "\"step\":\"$1\"" "$data/log/runs.jsonl" |
		grep -c "\"status\":\"${2:-done}\""
}

# marked KIND: how many partitions have that marker
marked() {
	find "$data/parts" -name "[!.]*.$1" | wc -l
}
