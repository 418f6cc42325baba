"""oracle - the figures of a soak, worked out from what the fake servers know

Written from the definitions of tw-stats(5) and the ledgers of tests/fake, not
from the tools: what a message was (its time, its bits, who wrote it) says the
server that sent it; of the raw log only is taken which of them came through, the
marks, and when a poll was answered.
"""
import array
import collections
import datetime
import json
import re

MINUTE = 60000
WINDOW = 5000
SILENCE = 30000    # so long a server may be silent before that is noticed
PATIENCE = 150000  # without evidence a collector is dead
EPOCH = datetime.datetime(1970, 1, 1)
ID = re.compile(rb"[;@]id=[0-9a-f]{8}-0000-4000-8000-([0-9a-f]{12})")


def ms_of(text):
    if isinstance(text, bytes):
        text = text.decode()
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    d = datetime.datetime.strptime(text, form) - EPOCH
    return d // datetime.timedelta(milliseconds=1)


class Ledger:
    """What the IRC server sent: by the number in a message's id."""

    def __init__(self, path):
        self.ts, self.bits = array.array("q", [0]), array.array("i", [0])
        self.user = array.array("q", [0])
        self.names, self.joined, self.on = {}, collections.defaultdict(list), {}
        with open(path, "rb") as f:
            for line in f:
                if line[:1] == b"M":
                    _, ms, serial, _, bits, user = line.split()
                    serial = int(serial)
                    while len(self.ts) <= serial:
                        self.ts.append(0)
                        self.bits.append(0)
                        self.user.append(0)
                    self.ts[serial] = int(ms)
                    self.bits[serial] = int(bits)
                    self.user[serial] = int(user)
                elif line[:1] in b"CJOXE":
                    self.take(line.split())

    def take(self, w):
        if w[0] == b"C":
            self.names[w[1]] = w[2].decode()
        elif w[0] == b"J":
            self.on[w[2], w[3]] = int(w[1])
        elif w[0] in (b"O", b"X"):
            self.leave(w[2], w[3], int(w[1]))
        else:
            # Silence is no end, until a PING has not been answered.
            late = SILENCE if w[3] == b"freeze" else 0
            for conn, chan in [k for k in self.on if k[0] == w[2]]:
                self.leave(conn, chan, int(w[1]) + late)

    def leave(self, conn, chan, ms):
        since = self.on.pop((conn, chan), None)
        if since is not None:
            self.joined[self.names[chan]].append((since, ms))


def union(stretches):
    out = []
    for a, b in sorted(stretches):
        if out and a <= out[-1][1]:
            out[-1][1] = max(out[-1][1], b)
        elif b > a:
            out.append([a, b])
    return out


def without(stretches, holes):
    out = []
    for a, b in stretches:
        for c, d in sorted(holes):
            if d <= a or c >= b:
                continue
            if c > a:
                out.append((a, c))
            a = max(a, d)
        if b > a:
            out.append((a, b))
    return out


def inside(stretches, a, b):
    return sum(max(0, min(b, y) - max(a, x)) for x, y in stretches)


class Heard:
    """When a channel was heard, by its marks and lines in order of time."""

    def __init__(self):
        self.open = {}  # by -> [begin, last evidence]
        self.done, self.holes = (collections.defaultdict(list)
                                 for _ in range(2))

    def close(self, by, at):
        if by in self.open:
            self.done[by].append((self.open.pop(by)[0], at))

    def take(self, ts, mark):
        for by in [b for b, (_, last) in self.open.items()
                   if ts - last > PATIENCE]:
            self.close(by, self.open[by][1])
        if mark is None:
            if len(self.open) == 1:
                for stretch in self.open.values():
                    stretch[1] = max(stretch[1], ts)
            return
        kind, by = mark["mark"], mark["by"]
        if kind in ("join", "alive"):
            self.open.setdefault(by, [ts, ts])[1] = ts
        elif kind == "lost":
            self.close(by, ms_of(mark["since"]))
        elif kind in ("stop", "refused"):
            self.close(by, ts)
        elif kind == "gap":
            self.holes[by].append((ms_of(mark["from"]), ms_of(mark["to"])))

    def all(self):
        for by in list(self.open):
            self.close(by, self.open[by][1])
        return union(x for by, s in self.done.items()
                     for x in without(union(s), self.holes[by]))


class Channel:
    def __init__(self):
        self.serials = []  # messages that came through
        self.twice = 0
        self.unknown = 0   # messages that the server does not know
        self.evidence = []  # (time, mark or None), in order of the lines
        self.hits = []     # (received, viewers)
        self.started = None
        self.interval = 20000


def read_chat(ledger, files):
    c = Channel()
    seen = set()
    for file in sorted(files):
        for line in file.read_bytes().split(b"\n"):
            if line.endswith(b"\0") or not line:
                continue
            received, source, _, payload = line.split(b"\t", 3)
            if source == b"mark":
                c.evidence.append((ms_of(received), json.loads(payload)))
                continue
            found = ID.search(payload)
            if b" PRIVMSG #" not in payload or not found:
                continue
            serial = int(found[1], 16)
            if serial in seen:
                c.twice += 1
            elif serial >= len(ledger.ts) or not ledger.ts[serial]:
                c.unknown += 1
            else:
                seen.add(serial)
                c.serials.append(serial)
                c.evidence.append((ledger.ts[serial], None))
    return c


def read_poll(c, files):
    for file in sorted(files):
        for line in file.read_bytes().split(b"\n"):
            if line.endswith(b"\0") or not line:
                continue
            received, source, _, payload = line.split(b"\t", 3)
            o = json.loads(payload)
            if source == b"mark" and o["mark"] == "poll":
                c.interval = o["interval_s"] * 1000
            elif source == b"helix" and o:
                c.hits.append((ms_of(received), o["viewer_count"]))
                c.started = ms_of(o["started_at"])


def rounded(v):
    """As it is spelled: at most four decimals."""
    return round(v, 4)


def figures(c, ledger):
    """The line of the weekly report, of a channel with one stream."""
    begin, end = min(c.started, c.hits[0][0]), c.hits[-1][0]
    first = max(c.started, c.hits[0][0] - 10 * MINUTE) // WINDOW * WINDOW
    last = end // WINDOW * WINDOW + WINDOW
    windows = collections.Counter()
    users, bits, paid = set(), 0, 0
    for serial in c.serials:
        ts = ledger.ts[serial]
        if not first <= ts < last:
            continue
        windows[ts // WINDOW] += 1
        users.add(ledger.user[serial])
        bits += ledger.bits[serial]
        paid += ledger.bits[serial] > 0
    heard = Heard()
    # Equal times stay in the order of their lines.
    for ts, mark in sorted(c.evidence, key=lambda x: x[0]):
        heard.take(ts, mark)
    c.heard = heard.all()
    heard_ms = inside(c.heard, first, last)
    viewer_ms = sampled_ms = 0
    for (t, v), (after, _) in zip(c.hits, c.hits[1:]):
        d = min(after - t, 3 * c.interval)
        viewer_ms += v * d
        sampled_ms += d
    airtime = end - begin
    messages = sum(windows.values())
    most = max(windows.values(), default=0)
    return {
        "streams": 1, "airtime_s": airtime / 1000,
        "viewers_max": max(v for _, v in c.hits),
        "viewers_max_at": min(t for t, v in c.hits
                              if v == max(x for _, x in c.hits)),
        "messages_max": most,
        "messages_max_at": min((w for w, n in windows.items() if n == most),
                               default=0) * WINDOW,
        "viewers_avg": rounded(viewer_ms / sampled_ms),
        "messages_avg": rounded(messages * WINDOW / heard_ms),
        "hours_watched": rounded(viewer_ms / 3600000),
        "messages": messages, "chatters_sum": len(users), "bits": bits,
        "paid_messages": paid, "subs": 0,
        "coverage_viewers": rounded(min(1, sampled_ms / airtime)),
        "coverage_chat": rounded(min(1, heard_ms / airtime)),
    }


def compare(channel, mine, theirs):
    """What differs between the oracle and a line of the report."""
    wrong = []
    for key, want in mine.items():
        got = theirs.get(key)
        if key.endswith("_at"):
            got = got and ms_of(got)
        # A last digit may be rounded the other way.
        near = isinstance(want, float) and got is not None and \
            abs(got - want) <= 0.00011
        if got != want and not near:
            wrong.append("%s: %s: %r, not %r" % (channel, key, got, want))
    return wrong
