#!/bin/sh
# tw-poll against a server that plays what it is told: hits, misses and errors in
# the log are exactly what that server's ledger says.
. "$(dirname "$0")/tap.sh"
. "$here/fake.sh"
out=$tmp/out

# What the ledger says was answered, and what the log says: one line each.
ledger_says() {
	# An empty answer is an answer: nobody is live. What is on two pages of
	# one listing is there once.
	jq -r 'select(.path == "streams" and .aborted == null) |
		if .fault == "empty" then .misses = .logins else . end |
		(.listing // "n\(.n)") as $l |
		(.hits // {} | to_entries[] | "\($l) \(.key) \(.value)"),
		(.misses // [] | .[] | "\($l) \(.) null")' "$helix/ledger" |
		sort -u | cut -d' ' -f2- | grep -v '^typo ' | sort
}

log_says() {
	cat "$out"/*/*.log | awk -F'\t' '$2 == "helix" {
		if ($4 == "null")
			print $3, "null"
		else if (match($4, /"viewer_count":[0-9]+/))
			print $3, substr($4, RSTART + 15, RLENGTH - 15)
	}' | sort
}

errors() {
	marks error "$out"/*/*.log | wc -l
}

# Calls that are wrong
tw-poll >/dev/null 2>&1
is $? 2 "no channel is a wrong call"
(unset TW_CLIENT_ID TW_CLIENT_SECRET_FILE; tw-poll kanal 2>"$tmp/err")
is $? 2 "no client id is one, too"
like "$(cat "$tmp/err")" 'TW_CLIENT_SECRET_FILE' "and it says what is missing"
for interval in 0 500ms x -5; do
	TW_CLIENT_ID=x TW_CLIENT_SECRET_FILE=/dev/null \
		tw-poll --interval "$interval" kanal 2>/dev/null
	is $? 2 "--interval $interval"
done

# One poll
helix_start
helix live kanal_eins 1490 '{"title":"a\u0026b \"\\\/\b\f\n\r\t\u00e9 \ud83d\ude00 \ud83d %s","tags":null,"more":{"x":[1,2.5,null,true]}}'
helix live kanal_drei 0
helix offline kanal_zwei
helix gone typo
tw-poll --once kanal_eins Kanal_Zwei kanal_drei typo >"$tmp/got" 2>"$tmp/err"
is $? 0 "--once"
is "$(cat "$tmp/err")" "tw-poll: typo: no such channel" "a name that does not exist is told"
is "$(cut -f2-3 "$tmp/got" | tr '\t' ' ')" "mark kanal_eins
helix kanal_eins
mark kanal_drei
helix kanal_drei
mark kanal_zwei
helix kanal_zwei" "each channel is told once, with a poll mark before"
is "$(awk -F'\t' '$3 == "kanal_zwei" && $2 == "helix" { print $4 }' "$tmp/got")" null "not live"
object=$(awk -F'\t' '$3 == "kanal_eins" && $2 == "helix" { print $4 }' "$tmp/got")
is "$(printf "%s\n" "$object" | jq -c '[.title, .tags, .viewer_count, .more]')" \
	'["a&b \"\\/\b\f\n\r\té 😀 � %s",null,1490,{"x":[1,2.5,null,true]}]' \
	"the object is what Twitch sent"
is "$(printf "%s\n" "$object" | jq -r 'keys_unsorted | join(" ")')" \
	"id user_id user_login user_name game_id game_name type title tags viewer_count started_at language thumbnail_url tag_ids is_mature more" \
	"its members in their order"
like "$(marks poll "$tmp/got" | head -n 1)" '"interval_s":60}' "the interval, also with --once"
is "$(tw-parse "$tmp/got" | grep -c '"type":"\(viewers\|offline\)"')" 3 "tw-parse reads it"
is "$(stat -c %a "$XDG_CACHE_HOME"/tw/*)" 600 "the token is nobody else's to read"
tw-poll --once kanal_eins >/dev/null 2>&1
helix seen
is "$(echo "${reply#ok }" | jq .tokens)" 1 "the next run takes the token from the cache"
printf '{"access_token":"x","renew_at":"2999-01-01T00:00:00.000Z"}' >"$(echo "$XDG_CACHE_HOME"/tw/*)"
tw-poll --once kanal_eins 2>"$tmp/err" | grep -q helix
is "$? $(cat "$tmp/err")" "0 " "a stale token in the cache is renewed"
for fault in "status 500" "garbage"; do
	sed 's/"renew_at":"[^"]*"/"renew_at":"2020-01-01T00:00:00.000Z"/' \
		"$XDG_CACHE_HOME"/tw/* >"$tmp/token"
	cat "$tmp/token" >"$(echo "$XDG_CACHE_HOME"/tw/*)"
	# shellcheck disable=SC2086 # a fault and its arguments
	helix fault token $fault '*'
	tw-poll --once kanal_eins 2>"$tmp/err" | grep -q helix
	is "$? $(cat "$tmp/err")" "0 " "an old one serves while there is no new one: $fault"
	helix clear token
done
echo '{broken' >"$(echo "$XDG_CACHE_HOME"/tw/*)"
tw-poll --once kanal_eins 2>/dev/null | grep -q helix
ok $? "so is a file that is broken"
for fault in "status 400" "status 404" "close"; do
	# shellcheck disable=SC2086 # a fault and its arguments
	helix fault token $fault 8
	TW_AUTH_URL=http://me:hunter2@127.0.0.1:$helix_port/oauth2 \
		timeout 20 tw-poll --once kanal_eins >"$tmp/got2" 2>&1
	helix clear token
	like "$(cat "$tmp/got2")" "\"why\":\"127.0.0.1:$helix_port/oauth2/token: " "an address is told: $fault"
	is "$(grep -c hunter2 "$tmp/got2")" 0 "but no password in it"
done
helix object kanal_eins '{"id":"1","viewer_count":1,"started_at":"2026-11-24T12:00:00Z"}'
tw-poll --once kanal_eins kanal_drei 2>/dev/null | grep -v '"poll"' | cut -f2-3 |
	tr '\t' ' ' | sort >"$tmp/got2"
is "$(paste -sd, "$tmp/got2")" "helix kanal_drei,mark kanal_eins" \
	"an object that is nobody's is an error, those beside it are not"
helix live kanal_eins 1490
helix requests streams
helix wait streams "${reply#ok }" 5000
: >"$helix/ledger"

# A run through all that can go wrong
start tw-poll --interval 1s -o "$out" kanal_eins kanal_zwei kanal_drei typo
helix requests streams
base=${reply#ok }
next() {
	base=$((base + $1))
	helix wait streams "$base" 30000
}
next 2
n_errors=$(errors)
for fault in "chunked 3" "gzip" "nolength" "drip 1" "short 1" "emptypage" "tail" "dup" "extra" "empty"; do
	# shellcheck disable=SC2086 # a fault and its arguments
	helix fault streams $fault
	next 1
done
next 2
is "$(errors)" "$n_errors" "correct answers in odd ways are no errors"
for fault in "cut 80" "cutchunk 80" "close" "reset" "garbage" "nodata" "status 500" "status 503" "429 1"; do
	# shellcheck disable=SC2086
	helix fault streams $fault
	next 2
done
helix revoke
next 2
next 2
is "$(errors)" "$n_errors" "what goes well at the next try is no error"
helix fault streams status 500 4
next 4
until_ok 30 grep -rq '"status":500' "$out"
is "$(($(errors) - n_errors))" 3 "what fails four times is one error for each channel"
n_errors=$(errors)
helix fault streams status 400
next 1
until_ok 30 grep -rq '"status":400' "$out"
is "$(($(errors) - n_errors))" 3 "what cannot go well is one at once"
n_errors=$(errors)
helix live kanal_drei 7 '{"type":""}'
next 2
helix live kanal_drei 8
next 2
[ "$(errors)" -gt "$n_errors" ]
ok $? "an empty type is an error"
like "$(cat "$out"/kanal_drei/*.log)" '"why":"the stream.s type is empty"' "that says so"
# A new name, and one that is gone
helix offline kanal_eins
helix live kanal_zwei 12
next 2
kill -USR1 $pid
until_ok 30 grep -q 'channels=4' "$tmp/err"
like "$(cat "$tmp/err")" 'channels=4 live=[0-9]* offline=[0-9]* failed=0 polls=' "SIGUSR1 tells counters"
# Hang: a request that is never answered, during which the end comes
helix fault streams hang
pending() {
	helix faults
	[ "${reply#ok }" -gt 0 ]
}
while pending; do
	sleep 0.1
done
stop
is $status 0 "SIGTERM is a good end"
ledger_says | grep -v '^kanal_drei [78]$' >"$tmp/want"
log_says | grep -v '^kanal_drei [78]$' >"$tmp/got"
same "$tmp/want" "$tmp/got" "hits and misses are the ledger's"
is "$(grep -c . "$tmp/want")" "$(grep -c . "$tmp/got")" "$(grep -c . "$tmp/got") of them"
ls "$out/typo" >/dev/null 2>&1
is $? 2 "of a channel that does not exist there is nothing"
is "$(marks stop "$out"/*/*.log)" "" "tw-poll writes no stop"
is "$(marks poll "$out"/*/*.log | wc -l)" 3 "one poll mark a channel"
helix seen
is "$(echo "${reply#ok }" | jq -c '[.secrets_in_url, .bad_requests, .internal_errors]')" \
	'[0,0,0]' "no secret in a URL"
grep -qr -e tok3n -e goodsecret "$out" "$tmp/err" "$tmp/got"
is $? 1 "no secret in the log and the words"
helix_end

# The list is read again; polls keep to their times
rm -rf "$out"
helix_start
helix user kanal_eins kanal_zwei
echo kanal_eins >"$tmp/list"
start tw-poll --interval 1s -f "$tmp/list" -o "$out"
helix wait streams 2 10000
printf 'kanal_zwei\nnobody\n' >"$tmp/list"
kill -HUP $pid
until_ok 30 grep -q null "$out"/kanal_zwei/*.log
until_ok 30 grep -rq null "$out/kanal_zwei"
ok $? "a new channel"
before=$(cat "$out"/kanal_eins/*.log | wc -l)
helix fault streams slow 2300
helix requests streams
helix wait streams $((${reply#ok } + 4)) 20000
is "$(cat "$out"/kanal_eins/*.log | wc -l)" "$before" "one that is gone is not asked for"
stop
like "$(cat "$tmp/err")" 'nobody: no such channel' "one that does not exist"
awk -F'\t' '$2 == "helix" { print substr($1, 18, 6) * 1000 % 1000 }' "$out"/kanal_zwei/*.log |
	sort -n | awk '{ t[NR] = $1 } END {
		# Times after the second: on a circle, all but the slow one close.
		for (i = 1; i <= NR; i++) { n = 0
			for (j = 1; j <= NR; j++) { d = (t[j] - t[i] + 1000) % 1000
				if (d < 250) n++ }
			if (n > best) best = n }
			print "# " best " of " NR
		exit best < NR * 0.8 }'
ok $? "polls are at the begin + n times the interval"

# Names are looked up after the samples, and again when that has failed
rm -rf "$out"
helix live kanal_eins 5
helix gone neu
printf 'kanal_eins\nneu\n' >"$tmp/list"
start tw-poll --interval 1s -f "$tmp/list" -o "$out"
until_ok 10 grep -q 'neu: no such channel' "$tmp/err"
helix user neu
helix fault users status 500 5
kill -HUP $pid
until_ok 20 grep -rq 'null$' "$out/neu"
ok $? "a lookup that fails is tried again at the next poll"
is "$(grep -c 'cannot look up' "$tmp/err")" 1 "and is told once"
like "$(cat "$tmp/err")" 'cannot look up 1 of [12] names: HTTP 500' "with the reason"
until_ok 10 grep -q 'all names have been looked up' "$tmp/err"
ok $? "and that it goes well again"
helix fault users hang '*'
printf 'kanal_eins\nneu\nneuer\n' >"$tmp/list"
kill -HUP $pid
helix requests streams
helix wait streams $((${reply#ok } + 5)) 10000
is "$reply" ok "samples do not wait for names that cannot be looked up"
until_ok 10 grep -rq 'not known whether it exists' "$out/neuer"
ok $? "one that is new has errors meanwhile"
helix clear users
helix user neuer
until_ok 10 grep -rq 'null$' "$out/neuer"
ok $? "until it is known"
stop
# What fails at first is no error of a name that does not exist
helix fault streams status 400
tw-poll --once kanal_eins kanal_zwei typo >"$tmp/got" 2>/dev/null
is "$(cut -f2-3 "$tmp/got" | tr '\t' ' ' | sort -u)" "mark kanal_eins
mark kanal_zwei" "of a name that does not exist there is no error, either"

# Credentials that are refused
echo wrong >"$helix/secret"
rm -rf "$XDG_CACHE_HOME"
tw-poll --once kanal_eins >/dev/null 2>"$tmp/err"
is $? 2 "a secret that is refused is no use"
like "$(cat "$tmp/err")" 'the client id or its secret is refused' "and it says so"
grep -q wrong "$tmp/err"
is $? 1 "without telling the secret"
helix_end
TW_HELIX_URL=http://127.0.0.1:1/helix TW_AUTH_URL=http://127.0.0.1:1/oauth2 \
	timeout 60 tw-poll --once kanal_eins >"$tmp/got" 2>/dev/null
is $? 1 "--once with nobody there fails"
like "$(cat "$tmp/got")" '	mark	kanal_eins	{"mark":"error"' "with an error mark"

# TLS
"$root/tests/fake/certs" "$tmp/certs"
for kind in good wrongname; do
	helix_start --cert "$tmp/certs/$kind.pem" --key "$tmp/certs/$kind.key"
	helix user kanal_eins
	TW_CAFILE=$tmp/certs/ca.pem TW_HELIX_URL=https://localhost:$helix_port/helix \
		TW_AUTH_URL=https://localhost:$helix_port/oauth2 \
		tw-poll --once kanal_eins 2>/dev/null 6>&- 7<&- | grep -q 'null$'
	is $? "$([ $kind = good ]; echo $?)" "TLS: $kind"
	helix_end
done

# Ten thousand channels
helix_start
awk 'BEGIN { for (i = 0; i < 10000; i++) print "kanal_" i }' >"$tmp/list"
awk '{ names = names " " $0 } NR % 500 == 0 { print "user" names; names = "" }' "$tmp/list" |
	while read -r line; do
		helix "$line"
	done
helix live kanal_77 5
# Each answer takes its time: that some are on their way at once must not
# depend on how fast this machine answers.
helix fault streams slow 200 '*'
/usr/bin/env TW_X=1 tw-poll --once -v -f "$tmp/list" 2>"$tmp/err" >"$tmp/got"
is $? 0 "10,000 channels"
is "$(grep -c 'null$' "$tmp/got") $(grep -c '"viewer_count":5' "$tmp/got")" "9999 1" "each has its answer"
helix seen
is "$(echo "${reply#ok }" | jq -c '[.max_logins, .max_parallel > 1]')" '[100,true]' \
	"a hundred a request, some at once"
helix_end
done_testing
