"""A week's figures of each channel out of raw logs, as one would write it at first.

    chain.py 2026-W46 < raw

The standard library alone. Prints, as `tw-report weekly --format json` does, a
list of channels with their streams: messages in all and in the busiest 5 seconds,
highest and average viewers, chatters, bits, subs. It knows nothing of repeated
lines, shared chat, holes in the log, streams that come back, or times before now.
"""
import json
import sys
from collections import defaultdict
from datetime import datetime, timezone

SUBS = {b"sub", b"resub", b"subgift", b"anonsubgift"}
WINDOW_MS = 5000
HOLD_S = 180


class Channel:
    def __init__(self):
        self.streams = {}                    # id -> (begin, [(ms, viewers)])
        self.live = None                     # the id
        self.chatters = defaultdict(set)     # id -> user ids
        self.windows = defaultdict(lambda: [0, 0, 0])  # messages, bits, subs


def epoch_ms(text):
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def chat(channel, payload):
    tags, _, rest = payload.partition(b" ")
    command = rest.split(b" ", 2)[1]
    if command not in (b"PRIVMSG", b"USERNOTICE"):
        return
    tags = dict(tag.split(b"=", 1) for tag in tags[1:].split(b";"))
    window = channel.windows[int(tags[b"tmi-sent-ts"]) // WINDOW_MS]
    if command == b"USERNOTICE":
        window[2] += tags[b"msg-id"] in SUBS
        return
    window[0] += 1
    window[1] += int(tags.get(b"bits", 0))
    if channel.live is not None:
        channel.chatters[channel.live].add(tags[b"user-id"])


def poll(channel, received, payload):
    stream = json.loads(payload)
    if stream is None:
        return
    channel.live = stream["id"]
    _, samples = channel.streams.setdefault(
        stream["id"], (epoch_ms(stream["started_at"]), []))
    samples.append((epoch_ms(received.decode()), stream["viewer_count"]))


def read(file):
    channels = defaultdict(Channel)
    for line in file:
        received, source, name, payload = line.rstrip(b"\n").split(b"\t", 3)
        if source == b"irc":
            chat(channels[name], payload)
        elif source == b"helix":
            poll(channels[name], received, payload)
    return channels


def figures(name, channel, week):
    sums = defaultdict(int)
    viewer_s = sampled_s = 0
    for key, (began, samples) in channel.streams.items():
        start = datetime.fromtimestamp(began / 1000, timezone.utc)
        if "%d-W%02d" % start.isocalendar()[:2] != week:
            continue
        end = samples[-1][0]
        sums["streams"] += 1
        sums["airtime_s"] += (end - began) / 1000
        sums["chatters_sum"] += len(channel.chatters[key])
        for (t, viewers), (following, _) in zip(samples, samples[1:]):
            seconds = min((following - t) / 1000, HOLD_S)
            viewer_s += viewers * seconds
            sampled_s += seconds
        sums["viewers_max"] = max(
            sums["viewers_max"], max(v for _, v in samples))
        for w in range(began // WINDOW_MS, end // WINDOW_MS + 1):
            if w not in channel.windows:
                continue
            messages, bits, subs = channel.windows[w]
            sums["messages"] += messages
            sums["bits"] += bits
            sums["subs"] += subs
            sums["messages_max"] = max(sums["messages_max"], messages)
    if sampled_s:
        sums["viewers_avg"] = round(viewer_s / sampled_s, 4)
    if sums["airtime_s"]:
        sums["messages_avg"] = round(
            sums["messages"] * WINDOW_MS / 1000 / sums["airtime_s"], 4)
    return {"channel": name.decode(), "hours_watched": viewer_s / 3600, **sums}


def main():
    channels = read(sys.stdin.buffer)
    rows = [figures(name, c, sys.argv[1]) for name, c in channels.items()]
    rows = [row for row in rows if row.get("streams")]
    rows.sort(key=lambda row: (-row["hours_watched"], row["channel"]))
    print(json.dumps({"week": sys.argv[1], "channels": rows}))


main()
