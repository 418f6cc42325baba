"""part_clock - the wall clock jumps while a tool runs

Back an hour, forward a day, and back to what it was. Nothing is lost or written
twice, nothing waits for a time that does not come, each line is in the file of
the day that it says, and what comes too late is told.
"""
import json
import subprocess
import time

import base

JUMPS = (0, -3600000, 86400000, 0)
PHASE_S = 3
RATE = 200


def clock_env(file):
    return {"LD_PRELOAD": base.CLOCK, "TW_CLOCK": str(file)}


def set_clock(file, ms):
    # Never empty: it may be looked at at any moment.
    aside = file.with_suffix(".new")
    aside.write_text(str(ms))
    aside.rename(file)


def days(raw):
    """Lines that are in the file of another day."""
    return sum(line[:10].decode() != f.stem
               for f in raw.glob("*/*.log")
               for line in f.read_bytes().splitlines())


def phases(file, measure):
    """How much `measure` grows in each phase."""
    grown = []
    for jump in JUMPS:
        set_clock(file, jump)
        before = measure()
        time.sleep(PHASE_S)
        grown.append(measure() - before)
    return grown


def end(p):
    begin = time.time()
    p.terminate()
    try:
        p.wait(30)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()
    return time.time() - begin


def chat(tally, work):
    wrong, folder = [], work / "clock-chat"
    folder.mkdir()
    clock, raw = folder / "clock", folder / "raw"
    set_clock(clock, 0)
    irc = base.irc_server(folder / "ledger")
    p = subprocess.Popen(
        ["tw-chat", "-o", str(raw), "k1", "k2"], stderr=subprocess.PIPE,
        env={**base.ENV, **irc.env, **clock_env(clock)},
        start_new_session=True)
    irc.say("joined", 2, 10000)
    irc.say("rate", RATE, PHASE_S * len(JUMPS) + 1)

    def lines():
        return sum(f.read_bytes().count(b" PRIVMSG ")
                   for f in raw.glob("*/*.log"))

    grown = phases(clock, lines)
    irc.say("wait", 10000)
    took = end(p)
    irc.end()
    check = subprocess.run(
        [base.LEDGER, "check", "-g", folder / "ledger", raw],
        stdout=subprocess.PIPE, text=True)
    if p.returncode != 0 or took > 5:
        wrong.append("ends with %d, after %.1f s" % (p.returncode, took))
    # By the names of their files those of the other day come last.
    figures = dict(x.split("=") for x in check.stdout.split())
    if any(figures.get(k) != "0" for k in
           ("lost", "dup", "altered", "torn", "closed", "gap_lines")):
        wrong.append("the ledger: " + check.stdout.strip())
    if min(grown) < RATE * PHASE_S / 2:
        wrong.append("lines by phase: %s" % grown)
    if days(raw):
        wrong.append("%d lines are in the file of another day" % days(raw))
    if len(list(raw.glob("*/*.log"))) < 4:
        wrong.append("no file of the other day")
    text = b"".join(f.read_bytes() for f in raw.glob("*/*.log"))
    if b'"mark":"lost"' in text:
        wrong.append("it took the jump for a loss")
    # What is behind it goes on with such a log.
    raw_lines = text.count(b" PRIVMSG ")
    files = [str(f) for f in sorted(raw.glob("*/*.log"))]
    parsed = base.run(["tw-parse", "-q", *files], work / "run")
    events = parsed.out.count(b'"type":"message"')
    if parsed.status != 0 or events != raw_lines:
        wrong.append("tw-parse: %d, %d of %d" % (
            parsed.status, events, raw_lines))
    tally.case("clock: tw-chat", 1, wrong, 0, "lines by phase %s" % grown)


def poll(tally, work):
    wrong, folder = [], work / "clock-poll"
    folder.mkdir()
    clock, raw = folder / "clock", folder / "raw"
    set_clock(clock, 0)
    helix = base.helix_server(folder)
    helix.say("live", "k1", 100)
    helix.say("offline", "k2")
    p = subprocess.Popen(
        ["tw-poll", "-q", "--interval", "1s", "-o", str(raw), "k1", "k2"],
        env={**base.ENV, **helix.env, **clock_env(clock),
             "XDG_CACHE_HOME": str(folder / "cache")},
        stderr=subprocess.PIPE, start_new_session=True)
    helix.say("wait", "streams", 1, 10000)
    grown = phases(clock, lambda: int(
        helix.say("requests", "streams").split()[1]))
    took = end(p)
    helix.end()
    text = b"".join(f.read_bytes() for f in raw.glob("*/*.log"))
    if p.returncode != 0 or took > 5:
        wrong.append("ends with %d, after %.1f s" % (p.returncode, took))
    if min(grown) < PHASE_S - 2 or max(grown) > PHASE_S + 3:
        wrong.append("polls by phase: %s" % grown)
    if days(raw):
        wrong.append("%d lines are in the file of another day" % days(raw))
    if text.count(b"\thelix\tk1\t{") != text.count(b"\thelix\tk2\tnull"):
        wrong.append("a poll is half there")
    tally.case("clock: tw-poll", 1, wrong, 0, "polls by phase %s" % grown)


def agg(tally, work):
    """Events of the true time, while our clock jumps."""
    wrong, clock = [], work / "agg.clock"
    set_clock(clock, 0)
    p = subprocess.Popen(
        ["tw-agg", "--live", "--window", "1s", "--hold", "1s"],
        env={**base.ENV, **clock_env(clock)}, stdin=subprocess.PIPE,
        stdout=open(work / "agg.out", "wb"),
        stderr=open(work / "agg.err", "wb"), start_new_session=True)
    sent = 0
    for jump in JUMPS:
        set_clock(clock, jump)
        until = time.time() + PHASE_S
        while time.time() < until:
            now = time.time()
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
            sent += 1
            p.stdin.write((
                '{"ts":"%s.%03dZ","channel":"k1","type":"message","id":"%d",'
                '"user":"u","user_id":"1","text":"x"}\n' % (
                    stamp, now % 1 * 1000, sent)).encode())
            p.stdin.flush()
            time.sleep(0.02)
    p.stdin.close()
    try:
        status = p.wait(20)
    except subprocess.TimeoutExpired:
        p.kill()
        status = "it does not end"
    text = (work / "agg.out").read_text().splitlines()
    # Of two lines of a window the later one counts (tw-stats(5)).
    windows = {x["ts"]: x["messages"] for x in map(json.loads, text)
               if x["type"] == "window"}
    counted = sum(windows.values())
    late = (work / "agg.err").read_text().count(": late:")
    if counted + late != sent:
        wrong.append("%d events, %d counted, %d told as late" % (
            sent, counted, late))
    if status != (3 if late else 0):
        wrong.append("ends with %s" % status)
    tally.case("clock: tw-agg --live", 1, wrong, 0,
               "%d events, %d late" % (sent, late))


def part(tally, work, quick):
    chat(tally, work)
    poll(tally, work)
    agg(tally, work)
