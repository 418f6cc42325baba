#!/usr/bin/env python3
"""
What tw-poll --once writes, as a script that one would write: a token, then a
hundred channels a request, one line each. No marks, no second try.

    poll.py < CHANNELS
"""
import datetime
import json
import os
import sys
import urllib.parse
import urllib.request

channels = sys.stdin.read().split()
with open(os.environ["TW_CLIENT_SECRET_FILE"]) as f:
    secret = f.read().strip()
client = os.environ["TW_CLIENT_ID"]
form = urllib.parse.urlencode({
    "client_id": client, "client_secret": secret,
    "grant_type": "client_credentials"}).encode()
with urllib.request.urlopen(os.environ["TW_AUTH_URL"] + "/token", form) as r:
    token = json.load(r)["access_token"]
for i in range(0, len(channels), 100):
    some = channels[i:i + 100]
    query = urllib.parse.urlencode(
        [("first", 100)] + [("user_login", c) for c in some])
    request = urllib.request.Request(
        os.environ["TW_HELIX_URL"] + "/streams?" + query,
        headers={"Client-Id": client, "Authorization": "Bearer " + token})
    with urllib.request.urlopen(request) as r:
        live = {x["user_login"]: x for x in json.load(r)["data"]}
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (now.microsecond // 1000)
    for c in some:
        x = live.get(c)
        print("%s\thelix\t%s\t%s" % (stamp, c, json.dumps(
            x, ensure_ascii=False, separators=(",", ":"))))
