#!/bin/sh
# Windows of 5 seconds by jq and mawk: aggregate_jq.sh < events
#
# jq reads, mawk counts: a table inside jq is copied at every event.
jq -r 'select(.type == "message")
	| [.channel, .ts[0:18], (.ts[18:19] | tonumber / 5 | floor * 5),
	   .user_id, .bits // 0] | @tsv' |
	mawk -F'\t' '{
		w = $1 "\",\"ts\":\"" $2 $3
		n[w]++
		chatters[w] += !seen[w, $4]++
		bits[w] += $5
		cheers[w] += $5 > 0
	}
	END {
		for (w in n)
			printf "{\"channel\":\"%s\",\"messages\":%d,\"chatters\":%d," \
				"\"bits\":%d,\"cheers\":%d}\n",
				w, n[w], chatters[w], bits[w], cheers[w]
	}'
