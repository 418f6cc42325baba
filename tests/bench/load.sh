# load.sh - tw-load beside pymongo's insert_many, on a MongoDB server of its own
#
# The server's CPU time counts, too: $times has rows NAME for the client, and
# NAME+server. `insert` has its documents ready and looks for nothing (the
# ceiling); tw-load asks what is there already, and is safe to run again.

mongo() {
	python3 "$top/tests/fake/mongo.py" "$port" "$@"
}

load_server() {
	port=$(python3 -c 'import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
	mkdir "$work/db"
	"$mongod" --port "$port" --bind_ip 127.0.0.1 --dbpath "$work/db" \
		--wiredTigerCacheSizeGB 1 --nounixsocket --setParameter \
		diagnosticDataCollectionEnabled=false >"$work/db.log" 2>&1 &
	server=$!
	mongo ready
	uri=mongodb://127.0.0.1:$port/bench
}

# CPU seconds that the server has used
load_server_cpu() {
	sed 's/.*) //' "/proc/$server/stat" |
		awk -v hz="$(getconf CLK_TCK)" '{ print ($12 + $13) / hz }'
}

load_empty() {
	mongo bench '{"dropDatabase": 1}' >/dev/null
	mongo bench '{"create": "chatLogs", "timeseries": {"timeField": "ts",
		"metaField": "meta", "granularity": "seconds"}}' >/dev/null
	mongo bench '{"createIndexes": "chatLogs", "indexes": [{"name": "i",
		"key": {"meta.channel": 1, "ts": 1}}]}' >/dev/null
}

# load NAME COMMAND...: into an empty collection; everything has to be there
load() {
	wanted "$1" || return 0
	load_empty
	load_more "$@"
}

load_more() {
	before=$(load_server_cpu)
	run "$@" <"$work/events"
	echo "$1+server 0 $(load_server_cpu | awk -v b="$before" '
		{ print $1 - b }') 0" >>"$times"
	there=$(mongo bench '{"aggregate": "chatLogs", "cursor": {},
		"pipeline": [{"$count": "n"}]}' | jq .cursor.firstBatch[0].n)
	[ "$there" = "$lines" ] || {
		echo "bench: $1: $there of $lines events are there" >&2
		exit 1
	}
}

# pymongo NAME PROCESSES BATCH [WORD...]
pymongo() {
	name=$1
	shift
	load "$name" "$python" "$peers/load_pymongo.py" \
		"$uri" "$work/events" "$@"
}

load_round() {
	load insert "$bin/tests/bench/insert" "$uri" chatLogs 3
	load tw-load "$bin/tw-load" -q --uri "$uri"
	load_more again "$bin/tw-load" -q --uri "$uri"
	pymongo pymongo-1 1 20000
	pymongo pymongo-2 2 20000
	pymongo pymongo-3 3 20000
	pymongo pymongo-2g 2 10000 grouped
	pymongo pymongo-3g 3 10000 grouped
}

# The least wall time of the rows pymongo-*, for a line
load_best() {
	for name in $(cut -f 1 "$rows" | grep 'pymongo[^+]*$'); do
		per "$name" 2
	done | sort -g | head -n 1
}

bench_load() {
	lines=$1
	[ -x "$bin/tw-load" ] || {
		missing the MongoDB driver
		return 0
	}
	mongod=$("$top/scripts/mongod")
	"$bin/tests/gen" lines "$lines" | "$bin/tw-parse" >"$work/events"
	section load
	row insert "$lines" "ceiling: documents made before, then inserted by three"
	row tw-load "$lines" "**tw-load**"
	row again "$lines" "tw-load, all of it there already"
	if has pymongo; then
		row pymongo-1 "$lines" "pymongo, 1 process"
		row pymongo-2 "$lines" "pymongo, 2 processes"
		row pymongo-3 "$lines" "pymongo, 3 processes"
		row pymongo-2g "$lines" "pymongo, 2 processes, grouped by channel"
		row pymongo-3g "$lines" "pymongo, 3 processes, grouped by channel"
	fi
	load_server
	rounds load_round
	kill "$server"
	wait "$server" || :
	server=
	echo "### Events into MongoDB"
	echo
	while IFS='	' read -r name _ label; do
		printf '%s\t%s\t%s\n' "$name" "$lines" "$label" "$name+server" \
			"$lines" "…the server meanwhile"
	done <"$rows" >"$rows.both"
	mv "$rows.both" "$rows"
	table insert tw-load
	goal "tw-load: wall time of the best pymongo ÷ ours" \
		"$(load_best)" "$(per tw-load 2)" +2
	goal "tw-load: CPU ÷ that of the server" \
		"$(per tw-load 3)" "$(per tw-load+server 3)" 0.25
	rm -rf "$work/events" "$work/db"
}
