# bench.sh - what the parts of scripts/bench share
#
# A section of the report: `section NAME`, then `row NAME LINES LABEL` for each
# command in the order of the table, `run NAME COMMAND...` as often as it is to
# be run, and `table FLOOR OURS` prints it. Each run is a line `NAME WALL_S CPU_S
# PEAK_KIB` of $times, whoever wrote it.

section() {
	times=$work/$1.times rows=$work/$1.rows
	: >"$times"
	: >"$rows"
	echo "bench: $1" >&2
}

row() {
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$rows"
}

# Whether row NAME is one of this section.
wanted() {
	cut -f 1 "$rows" | grep -qx -e "$1"
}

# run NAME COMMAND...: once, from standard input to nowhere, if it has a row
run() {
	! wanted "$1" || "$bin/tests/bench/spend" "$times" "$@" >/dev/null
}

# once NAME COMMAND...: only the first time
once() {
	grep -q "^$1 " "$times" || run "$@"
}

# missing LABEL: notes a peer that there is not
missing() {
	echo "$*" >>"$work/missing"
}

# rounds COMMAND: calls it as often as the runs are
rounds() {
	round=0
	while [ $round -lt "$runs" ]; do
		"$@"
		round=$((round + 1))
	done
}

# pick NAME COLUMN N: of the runs of NAME in this section; 2 is wall, 3 CPU seconds,
# 4 KiB; the Nth from below, from above when N is negative, 0 is the median
pick() {
	awk -v name="$1" -v column="$2" '$1 == name { print $column }' \
		"$times" | sort -n |
		awk -v n="$3" '{ t[NR] = $1 }
			END { at = n < 0 ? NR + 1 + n : n > 0 ? n : int((NR + 1) / 2)
				print NR ? t[at] : "-" }'
}

# table FLOOR OURS: the section's rows in Markdown: the least time of all runs, and
# the most memory
table() (
	floor=$1 ours=$2
	while IFS='	' read -r name lines label; do
		printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name" "$lines" "$label" \
			"$(pick "$name" 2 1)" "$(pick "$name" 3 1)" \
			"$(pick "$name" 4 -1)" "$(pick "$name" 3 0)"
	done <"$rows" >"$rows.figures"
	awk -F'\t' -v floor="$floor" -v ours="$ours" '
		function ratio(a, b) {
			return b > 0 ? sprintf("%.2f", a / b) : "-"
		}
		NR == FNR {
			wall[$1] = $4 / $2
			cpu[$1] = $5 / $2
			next
		}
		FNR == 1 {
			print "| command | lines | wall s | CPU s | median | CPU ns/line |" \
				" CPU × floor | CPU × ours | wall × ours | MiB |"
			print "| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---:" \
				" | ---: | ---: |"
		}
		{
			printf "| %s | %d | %.2f | %.2f | %.2f | %.0f | %s | %s | %s | %.0f |\n",
				$3, $2, $4, $5, $7, cpu[$1] * 1e9,
				ratio(cpu[$1], cpu[floor]),
				ratio(cpu[$1], cpu[ours]),
				ratio(wall[$1], wall[ours]), $6 / 1024
		}' "$rows.figures" "$rows.figures"
	echo
)

# per NAME COLUMN: what the last table has, for a line
per() {
	awk -F'\t' -v name="$1" -v column="$2" '
		$1 == name && $(column + 2) != "-" { print $(column + 2) / $2 }
	' "$rows.figures"
}

# goal PROMISE A B LIMIT: notes A / B, at most LIMIT, or at least where
# LIMIT begins with +. Nothing when A or B is unknown.
goal() {
	[ -n "$2" ] && [ -n "$3" ] || return 0
	awk -v promise="$1" -v a="$2" -v b="$3" -v limit="$4" 'BEGIN {
		got = a / b
		least = sub(/^\+/, "", limit)
		printf "| %s | %s %s | %.2f | %s |\n", promise,
			least ? "at least" : "at most", limit, got,
			(least ? got >= limit : got <= limit) ? "yes" : "no"
	}' >>"$work/goals"
}

# agree NAME FILE FILE: what a peer computes is what we compute
agree() {
	if cmp -s "$2" "$3"; then
		echo "$1" >>"$work/agreed"
	else
		echo "bench: $1: the figures differ" >&2
		diff "$2" "$3" | head -n 4 >&2
		exit 1
	fi
}
