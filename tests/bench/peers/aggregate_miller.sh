#!/bin/sh
# Windows of 5 seconds by Miller: aggregate_miller.sh < events
# shellcheck disable=SC2016,SC1010 # the fields and "then" are those of Miller
mlr --ijsonl --ojsonl filter '$type == "message"' \
	then put -S '$ts = substr0($ts, 0, 17) . ($ts[19:19] < "5" ? "0" : "5")' \
	then stats1 -a count,distinct_count,sum -f user_id,bits -g channel,ts \
	then rename 'user_id_count,messages,user_id_distinct_count,chatters' \
	then rename 'bits_sum,bits,bits_count,cheers'
