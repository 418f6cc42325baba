# mongod.sh - MongoDB servers for command tests, behind tap.sh
#
# Each test file starts its own on free ports of 127.0.0.1 and stops them at its
# end, by their process ids. Without a server there is no test: it fails.

fake=$root/tests/fake
mongod=$("$root/scripts/mongod") || {
	echo 'Bail out! there is no mongod'
	exit 1
}

# Starts COMMAND in the background as NAME: `spawn NAME COMMAND...`.
spawn() {
	name=$1
	shift
	"$@" >"$tmp/$name.out" 2>&1 &
	echo $! >"$tmp/$name.pid"
}

# Sends SIGNAL to what was spawned as NAME, and waits until it has gone.
end() {
	ended=$(cat "$tmp/$2.pid")
	kill "-$1" "$ended" 2>/dev/null
	wait "$ended" 2>/dev/null
	rm -f "$tmp/$2.pid"
}

clean_up() {
	for file in "$tmp"/*.pid; do
		[ -e "$file" ] || continue
		kill -9 "$(cat "$file")" 2>/dev/null
		wait "$(cat "$file")" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap clean_up EXIT

# Prints N ports that are this test's until its end. Once in a test.
free_ports() {
	spawn ports python3 "$fake/ports.py" "$1" $$
	until_ok 10 test -s "$tmp/ports.out"
	cat "$tmp/ports.out"
}

# mongo PORT DATABASE COMMAND, and the other ways of mongo.py
mongo() {
	python3 "$fake/mongo.py" "$@"
}

# start_mongod NAME PORT [OPTION...]
start_mongod() {
	server=$1 port=$2
	shift 2
	mkdir -p "$tmp/db.$server"
	spawn "$server" "$mongod" --port "$port" --bind_ip 127.0.0.1 \
		--dbpath "$tmp/db.$server" --wiredTigerCacheSizeGB 0.25 \
		--setParameter diagnosticDataCollectionEnabled=false \
		--nounixsocket "$@"
	if ! mongo "$port" ready || ! kill -0 "$(cat "$tmp/$server.pid")"; then
		tail -n 3 "$tmp/$server.out" >&2
		echo "Bail out! mongod $server does not run on port $port"
		exit 1
	fi
}

# The number of events in DATABASE of the server on PORT, and of their _ids.
events_in() {
	mongo "$1" "$2" '{"aggregate": "chatLogs", "cursor": {}, "pipeline": [
		{"$group": {"_id": "$_id", "n": {"$sum": 1}}},
		{"$group": {"_id": 0, "ids": {"$sum": 1}, "n": {"$sum": "$n"}}}
	]}' | jq -r '.cursor.firstBatch[0] | "\(.n // 0) \(.ids // 0)"'
}
