#!/usr/bin/env python3
"""disturb - accidents in a week of events

  disturb.py SEED <events >events

Collectors die without a word and start again, a second one hears part of the
time, lines are dropped with a gap mark, rooms are left and refused, Helix fails
and flaps, the chat is shared for a while, people mention sponsors. The same seed
gives the same accidents; the lines stay in order of time.
"""
import datetime
import json
import random
import sys

R = random.Random(int(sys.argv[1]))
EPOCH = datetime.datetime(1970, 1, 1)


def ms(ts):
    d = datetime.datetime.strptime(ts, "%Y-%m-%dT%H:%M:%S.%fZ") - EPOCH
    return round(d.total_seconds() * 1000)


def text(t):
    d = EPOCH + datetime.timedelta(milliseconds=t)
    return d.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (t % 1000)


events = []
for line in sys.stdin:
    e = json.loads(line)
    events.append((ms(e["ts"]), e))
first, last = events[0][0], events[-1][0]


def stretches(n, longest_s):
    out = []
    for _ in range(n):
        a = R.randint(first, last)
        out.append((a, a + R.randint(1, longest_s * 1000)))
    return out


def inside(t, all_of):
    return any(a <= t < b for a, b in all_of)


channels = sorted({e["channel"] for _, e in events})
out = []
for channel in channels:
    deaf = stretches(R.randint(0, 12), 7200)      # it died; nothing at all
    second = stretches(R.randint(0, 10), 20000)   # another one hears, too
    blind = stretches(R.randint(0, 6), 30000)     # Helix fails
    flaps = stretches(R.randint(0, 10), 900)      # Helix says offline
    shared = stretches(R.randint(0, 6), 5000)
    by = 0
    for t, e in events:
        if e["channel"] != channel:
            continue
        kind = e["type"]
        poll = kind in ("viewers", "offline")
        if not poll and inside(t, deaf):
            by += R.random() < 0.01
            continue
        if poll and inside(t, blind):
            continue
        if kind == "viewers" and inside(t, flaps):
            e = {"ts": e["ts"], "channel": channel, "type": "offline"}
        if kind == "mark" and e["mark"] != "poll":
            e = dict(e, by="%s/%d" % (e["by"], by))
        if kind == "message":
            if inside(t, shared) and R.random() < 0.5:
                e = dict(e, shared_from="77")
            if R.random() < 0.05:
                e = dict(e, mentions=R.sample(["cola", "b.c", "$d", "Ü"],
                                              R.randint(1, 3)))
            if R.random() < 0.01:
                e = dict(e, paid={"amount": 5, "currency": "EUR",
                                  "exponent": 2})
        out.append((t, e))
        if kind == "mark" and e["mark"] == "alive" and inside(t, second):
            other = t + R.randint(0, 9000)
            out.append((other, dict(e, ts=text(other), by="host-b/1/2")))
    # In the middle of what is said, by who hears it.
    said = [t for t, e in out if e["channel"] == channel and
            e["type"] == "message"]
    hears = [(t, e["by"]) for t, e in out if e["channel"] == channel and
             e["type"] == "mark" and e["mark"] == "alive"]
    for _ in range(R.randint(20, 120)):
        t = R.choice(said) + R.randint(-2, 2000)
        who = [name for at, name in hears if at < t]
        mark = R.choice(["lost", "lost", "gap", "stop", "refused", "join",
                         "join", "alive", "error", "odd"])
        e = {"ts": text(t), "channel": channel, "type": "mark", "mark": mark,
             "by": who[-1] if who and R.random() < 0.8 else "host-b/1/2"}
        if mark == "lost" and R.random() < 0.5:
            e["since"] = text(t - R.randint(0, 100000))
        if mark == "gap":
            e["from"] = text(t - R.randint(2, 60000))
            e["to"] = text(t - 1)
            e["lines"] = 5
        out.append((t, e))
out.sort(key=lambda x: x[0])
for _, e in out:
    print(json.dumps(e, ensure_ascii=False, separators=(",", ":")))
