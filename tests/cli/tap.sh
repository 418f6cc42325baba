# tap.sh - the Test Anything Protocol for command tests in POSIX sh
#
# A test file begins with `. "$(dirname "$0")/tap.sh"` and ends with `done_testing`.
# TW_BIN is the folder of the tools under test; $tmp is a folder of the test's
# own, removed at the end.

set -u
LC_ALL=C TZ=UTC
export LC_ALL TZ
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
: "${TW_BIN:=$root/build/plain}"
PATH=$TW_BIN:$PATH
export PATH
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
tap_n=0 tap_failed=0

# ok CONDITION-STATUS NAME: passes when the status is 0
ok() {
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_n - $2"
		echo "# ${0##*/}: not ok $tap_n - $2" >&2
	fi
}

# is GOT WANT NAME
is() {
	[ "$1" = "$2" ]
	ok $? "$3"
	[ "$1" = "$2" ] || {
		printf '%s\n' "$1" | sed 's/^/#  got: /'
		printf '%s\n' "$2" | sed 's/^/# want: /'
	} >&2
}

# like GOT PATTERN NAME: a basic regular expression of grep
like() {
	printf '%s\n' "$1" | grep -q -e "$2"
	ok $? "$3"
	printf '%s\n' "$1" | grep -q -e "$2" || {
		printf '%s\n' "$1" | sed 's/^/#  got: /'
		echo "# want: $2"
	} >&2
}

# until_ok SECONDS COMMAND...: tries the command until it succeeds
until_ok() {
	tries=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# same FILE FILE NAME: equal bytes
same() {
	cmp -s "$1" "$2"
	ok $? "$3"
	cmp -s "$1" "$2" || diff "$1" "$2" | head -20 | sed 's/^/# /' >&2
}

# golden TOOL CASE [ARGUMENT...]: runs TOOL with data/CASE.in as its input and
# holds what it gives against data/CASE.{out,err,status}. Without .err it has
# to be silent, without .status it has to end with 0. TW_GOLDEN=1 writes them.
golden() {
	tool=$1 case=$2 data=$here/data/$2
	shift 2
	(cd "$here/data" && "$tool" "$@") <"$data.in" >"$tmp/out" 2>"$tmp/err"
	status=$?
	if [ -n "${TW_GOLDEN:-}" ]; then
		cp "$tmp/out" "$data.out"
		rm -f "$data.err" "$data.status"
		[ ! -s "$tmp/err" ] || cp "$tmp/err" "$data.err"
		[ $status -eq 0 ] || echo $status >"$data.status"
	fi
	same "$data.out" "$tmp/out" "$case: output"
	if [ -e "$data.err" ]; then
		same "$data.err" "$tmp/err" "$case: words"
	else
		same /dev/null "$tmp/err" "$case: silent"
	fi
	is $status "$(cat "$data.status" 2>/dev/null || echo 0)" "$case: status"
}

done_testing() {
	echo "1..$tap_n"
	[ $tap_failed -eq 0 ]
}
