#!/bin/sh
# The requests of tw-poll --once alone: a token, then a hundred channels a request
# on one connection, written as they come.
#
#   poll_curl.sh CHANNELS
set -eu
token=$(tr -d '\n' <"$TW_CLIENT_SECRET_FILE" |
	curl -sS -d "client_id=$TW_CLIENT_ID&grant_type=client_credentials" \
	--data-urlencode client_secret@- \
	"$TW_AUTH_URL/token" | jq -r .access_token)
awk -v url="$TW_HELIX_URL/streams?first=100" '
	{ names = names "&user_login=" $1 }
	NR % 100 == 0 { print "url = \"" url names "\""; names = "" }
	END { if (names != "") print "url = \"" url names "\"" }' "$1" |
	curl -sS -H "Client-Id: $TW_CLIENT_ID" -H "Authorization: Bearer $token" \
		-K -
