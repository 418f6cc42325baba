#!/usr/bin/env python3
"""fortnight - a fortnight of five channels, as the collectors would write it

    fortnight.py FOLDER

Writes FOLDER/{chat,poll}/CHANNEL/DATE.log from Monday 2026-11-09 up to Monday
2026-11-23 at 6:00, the same bytes each time. Every accident of tw-operations(7) that time can bring is in it.
"""
import datetime
import os
import random
import sys

BEGIN = datetime.datetime(2026, 11, 9, tzinfo=datetime.timezone.utc).timestamp()
DAYS = 14
MINUTE, HOUR, DAY = 60, 3600, 86400


def at(day, hour, minute=0):
    return BEGIN + day * DAY + hour * HOUR + minute * MINUTE


def stamp(t):
    d = datetime.datetime.fromtimestamp(t, datetime.timezone.utc)
    return d.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (d.microsecond // 1000)


class Stream:
    def __init__(self, ident, begin, *segments, said=None):
        self.ident = ident
        self.said = said or begin  # what Helix gives as started_at
        self.segments = segments or ()


def streams():
    all = {c: [] for c in ("abend", "nacht", "lang", "loch", "kurz")}
    n = 5000000000
    for d in range(DAYS):
        n += 10
        # Each evening; once it comes back 40 minutes later, with its old id.
        begin = at(d, 18, 3)
        parts = [(begin, begin + 100 * MINUTE)]
        if d in (3, 9):
            parts.append((at(d, 20, 23), at(d, 21, 5)))
        all["abend"].append(Stream(n, begin, *parts))
        # Over midnight, on Sundays the end of the week; once a new id follows
        # without a miss, at midnight sharp.
        if d % 2 == 0:
            begin = at(d, 22, 41)
            if d == 4:
                all["nacht"].append(Stream(n + 1, begin, (begin, at(5, 0))))
                all["nacht"].append(
                    Stream(n + 2, at(5, 0), (at(5, 0), at(5, 1, 10))))
            elif d < DAYS - 1:
                all["nacht"].append(
                    Stream(n + 1, begin, (begin, begin + 130 * MINUTE)))
        if d in (6, 13):
            begin = at(d, 23, 2)
            end = begin + (130 if d == 6 else 50) * MINUTE
            all["nacht"] = [s for s in all["nacht"] if s.said != begin]
            all["nacht"].append(Stream(n + 3, begin, (begin, end)))
        # Begins when the poller is not there yet; or lasts for one poll.
        begin = at(d, 9, 30)
        all["kurz"].append(
            Stream(n + 4, begin, (begin + 30 * MINUTE, begin + 36 * MINUTE)))
        all["kurz"].append(Stream(n + 5, at(d, 14), (at(d, 14), at(d, 14, 1))))
        begin = at(d, 12, 7)
        all["loch"].append(Stream(n + 6, begin, (begin, begin + 3 * HOUR)))
    # 49 hours and a half, and again a day and a quarter later.
    begin = at(2, 10)
    all["lang"] = [
        Stream(6000000001, begin, (begin, at(4, 11, 30)),
               (at(5, 17, 30), at(5, 18, 30))),
        Stream(6000000002, at(9, 8), (at(9, 8), at(9, 8, 45))),
    ]
    for c in all:
        all[c].sort(key=lambda s: s.segments[0][0])
    return all


def write(folder, channel, mine, rng):
    files = {}

    def line(kind, t, source, payload):
        key = kind, stamp(t)[:10]
        first = key not in files
        if first and kind == "poll":
            files[key] = []
            line(kind, t, "mark", '{"mark":"poll","by":"h/7/1794182400","interval_s":60}')
        files.setdefault(key, []).append(
            "%s\t%s\t%s\t%s\n" % (stamp(t), source, channel, payload))

    by = "h/4/1794182400"
    for m in range(DAYS * 1440 + 360):
        t = BEGIN + m * MINUTE
        live = next((s for s in mine for a, b in s.segments if a <= t < b), None)
        into = int(t - live.said) // MINUTE if live else 0
        # The chat collector dies without a word, for nearly three days.
        deaf = channel == "loch" and at(4, 13) <= t < at(7, 9)
        if channel == "loch" and t == at(7, 9):
            by = "h/9/1794646800"
        if not deaf:
            line("chat", t + 3, "mark", '{"mark":"alive","by":"%s"}' % by)
        # The poller is away for longer than a stream needs to be over.
        if not (channel == "loch" and at(8, 13) <= t < at(8, 20, 30)):
            blind = live and channel == "abend" and into in (1, 50, 51, 70)
            if channel == "abend" and t == at(2, 18, 33):
                line("poll", t + 12, "mark",
                     '{"mark":"error","by":"h/7/1794182400","status":503}')
            elif live and not blind:
                line("poll", t + 12 + rng.random(), "helix",
                     '{"id":"%d","user_login":"%s","user_name":"%s",'
                     '"type":"live","title":"Nr. \\"stream_id\\":\\"1\\"",'
                     '"viewer_count":%d,"started_at":"%sZ"}' % (
                         live.ident, channel, channel.title(),
                         100 + rng.randrange(50), stamp(live.said)[:19]))
            else:
                line("poll", t + 12 + rng.random(), "helix", "null")
        times = [t + 5 + 50 * rng.random()
                 for _ in range(rng.randrange(4) if live else rng.randrange(30) == 0)]
        for s in sorted(times):
            u = rng.randrange(40)
            if not deaf:
                line("chat", s + 0.1, "irc",
                     "@id=%08x;%stmi-sent-ts=%d;user-id=%d :u%d!u%d@u PRIVMSG #%s :hello" % (
                         rng.getrandbits(32),
                         "bits=100;" if rng.randrange(50) == 0 else "",
                         s * 1000, 1000 + u, u, u, channel))
    for (kind, day), lines in files.items():
        path = os.path.join(folder, kind, channel)
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, day + ".log"), "w") as f:
            f.writelines(lines)


def main():
    for i, (channel, mine) in enumerate(streams().items()):
        write(sys.argv[1], channel, mine, random.Random(i))


main()
