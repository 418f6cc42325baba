#!/bin/sh
# One hostile line does not stop the pipe: time is bounded, too.
. "$(dirname "$0")/tap.sh"

awk 'BEGIN {
	printf "2026-11-23T12:00:00.000Z\tirc\tk\t@msg-id=x"
	for (i = 0; i < 52000; i++)
		printf ";msg-param-%d=a", i
	print ";tmi-sent-ts=1795435200000 :tmi.twitch.tv USERNOTICE #k"
}' >"$tmp/many"
timeout 20 tw-parse "$tmp/many" >"$tmp/out"
is $? 0 "52,000 params in one line"
is "$(jq '.params | length' "$tmp/out")" 52000 "all of them are kept"
printf '\120\052\115\030\003\000\000\000abc' >"$tmp/skip.zst"
echo PING | zstd -q >>"$tmp/skip.zst"
like "$(tw-parse -v "$tmp/skip.zst" 2>&1)" '1 skipped (PING 1)' \
	"a .zst that begins with a frame to be skipped"
done_testing
