#!/usr/bin/env python3
"""soak - the whole chain at work, and an accident every ten seconds

  soak.py SECONDS [SEED]

tests/fake/irc sends 5,000 messages a second over 200 channels (TW_SOAK_RATE,
TW_SOAK_CHANNELS), tests/fake/helix.py tells viewers; tw-chat and tw-poll write,
tw-parse and tw-load bring it to a mongod meanwhile. All of them are cut, killed
and starved. In the end tw-etl does every stream, killed a few times, too. Then

  every message that reached a live connection is in the raw log once, or is told
  as lost by a gap mark (ledger.c; what was handed over less than 3 s before a
  cut or a kill may have been in flight);
  where the marks say that a channel was heard, it was joined;
  every line of the raw log is in MongoDB, exactly once;
  the weekly report, by tw-agg, from MongoDB and by tw-weekly, says what oracle.py
  has worked out from the servers' ledgers.
"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import base
import oracle

SECONDS = int(sys.argv[1])
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
RATE = int(os.environ.get("TW_SOAK_RATE", 5000))
CHANNELS = ["soak_%03d" % i for i in range(
    int(os.environ.get("TW_SOAK_CHANNELS", 200)))]
FAULT_S = 10
R = random.Random(SEED)
BEGIN = time.time()
wrong = []
counts = {}


def say(text):
    print("# %4d s: %s" % (time.time() - BEGIN, text), flush=True)


def check(good, text):
    print("%s - %s" % ("ok" if good else "not ok", text), flush=True)
    if not good:
        wrong.append(text)


class Keeper:
    """A program that is started again whenever it has ended: tw-watch."""

    def __init__(self, argv, env, log):
        self.argv, self.env, self.log = argv, env, open(log, "ab")
        self.kills = 0
        self.start()

    def start(self):
        self.p = subprocess.Popen(
            self.argv, env={**base.ENV, **self.env}, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True)

    def look(self):
        if self.p.poll() is not None:
            wrong.append("%s ended by itself: %s" % (
                self.argv[0], self.p.returncode))
            self.start()

    def kill(self):
        self.p.kill()
        self.p.wait()
        self.kills += 1
        self.start()

    def end(self):
        self.p.terminate()
        try:
            return self.p.wait(30)
        except subprocess.TimeoutExpired:
            self.p.kill()
            return "it does not end"


class Loader(threading.Thread):
    """tw-parse | tw-load of some channels at a time, over and over."""

    def __init__(self, data, uri, log):
        super().__init__(daemon=True)
        self.data, self.uri, self.log = data, uri, open(log, "ab")
        self.over, self.p, self.hit = False, None, False
        self.done = self.failed = self.killed = 0

    def run(self):
        r = random.Random(SEED + 1)
        while not self.over:
            some = r.sample(CHANNELS, max(1, len(CHANNELS) // 20))
            files = [str(f) for c in some for f in
                     (self.data / "raw/chat" / c).glob("*.log")]
            if not files:
                time.sleep(1)
                continue
            self.hit = False
            self.p = subprocess.Popen(
                ["sh", "-c", "tw-parse -q \"$@\" | tw-load -q --wait 30s "
                 "--uri " + self.uri, "sh", *files], env=base.ENV,
                stdout=self.log, stderr=self.log, start_new_session=True)
            status = self.p.wait()
            self.done += status == 0
            self.failed += status == 1
            self.killed += status < 0 or status > 128
            # A tw-parse that is killed alone leaves half a line, which is refused.
            if status == 2 or (status == 3 and not self.hit):
                wrong.append("the loader ends with %d" % status)

    def kill(self):
        p = self.p
        if p is not None and p.poll() is None:
            self.hit = True
            some = [x for x in base.below(p.pid)
                    if base.name_of(x) in ("tw-load", "tw-parse")]
            for pid in some:
                if R.random() < 0.7:
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except OSError:
                        pass


class Soak:
    def __init__(self, work):
        self.work, self.data = work, work / "data"
        self.data.mkdir()
        self.full = work / "full.flag"
        self.irc = base.irc_server(work / "irc.ledger")
        self.helix = base.helix_server(work)
        self.mongod = base.Mongod(work / "db")
        self.uri = self.mongod.uri("soak")
        (work / "channels").write_text("".join(c + "\n" for c in CHANNELS))
        self.viewers = {}

    def start(self):
        collect = ["-f", str(self.work / "channels"), "-o"]
        self.chat = Keeper(
            ["tw-chat", *collect, str(self.data / "raw/chat")],
            {**self.irc.env, "TW_FULL": str(self.full),
             "LD_PRELOAD": str(base.BIN / "tests/fake/full.so")},
            self.work / "chat.log")
        assert self.irc.say("joined", len(CHANNELS), 60000) == "ok"
        for c in CHANNELS:
            self.set_viewers(c)
        self.poll = Keeper(
            ["tw-poll", "--interval", "5s", *collect,
             str(self.data / "raw/poll")],
            {**self.helix.env, "XDG_CACHE_HOME": str(self.work / "cache")},
            self.work / "poll.log")
        self.loader = Loader(self.data, self.uri, self.work / "load.log")
        self.loader.start()

    def set_viewers(self, channel):
        self.helix.say("live", channel, R.randint(0, 5000))

    # Accidents

    def rst(self):
        self.irc.say("rst")

    def fin(self):
        self.irc.say("fin")

    def reconnect(self):
        self.irc.say("reconnect", "*", R.randint(500, 9000))

    def silence(self):
        self.irc.say("freeze")

    def network(self):
        self.irc.say("listen", "off")
        time.sleep(R.random() * 4)
        self.irc.say("listen", "on")

    def garbage(self):
        for text in (r"\x00\xff\xfe:@", "@a=b", ":", "@;;; :x", "PRIVMSG",
                     "x" * 70000, r"@id=1 :u!u@u PRIVMSG", ":a PRIVMSG #"):
            self.irc.say("wire", "*", text + r"\r\n")

    def kill_chat(self):
        self.chat.kill()

    def kill_poll(self):
        self.poll.kill()

    def disk(self):
        self.full.touch()
        time.sleep(1 + R.random() * 3)
        self.full.unlink()

    def disk_and_burst(self):
        self.full.touch()
        for c in R.sample(CHANNELS, 2):
            self.irc.say("burst", c, 6000)
        time.sleep(2 + R.random() * 2)
        self.full.unlink()

    def kill_mongod(self):
        self.mongod.kill()
        time.sleep(R.random() * 3)
        self.mongod.start()

    def kill_loader(self):
        self.loader.kill()

    def helix_fails(self):
        self.helix.say("fault", "streams", *R.choice(
            [("status", 500, 2), ("reset",), ("cut", 300), ("429", 3),
             ("garbage",)]))

    ACCIDENTS = [rst, fin, reconnect, silence, network, garbage, kill_chat,
                 kill_chat, kill_poll, disk, disk_and_burst, kill_mongod,
                 kill_mongod, kill_loader, kill_loader, helix_fails]

    def accidents(self):
        """Each of them once in every round, in another order."""
        end, n, left = time.time() + SECONDS, 0, []
        while (rest := end - time.time()) > 0:
            time.sleep(min(FAULT_S, rest))
            for k in (self.chat, self.poll):
                k.look()
            for c in R.sample(CHANNELS, max(1, len(CHANNELS) // 8)):
                self.set_viewers(c)
            if end - time.time() < FAULT_S:
                continue
            left = left or R.sample(self.ACCIDENTS, len(self.ACCIDENTS))
            accident = left.pop()
            say(accident.__name__)
            counts[accident.__name__] = counts.get(accident.__name__, 0) + 1
            accident(self)
            n += 1
        return n

    def settle(self):
        """What is on its way arrives; a poll after the last message."""
        say("wait: " + self.irc.say("wait", 60000))
        time.sleep(12)
        say("irc: " + self.irc.say("stats"))
        self.chat.p.send_signal(signal.SIGUSR1)
        for k in (self.chat, self.poll):
            status = k.end()
            check(status == 0, "%s ends well: %s" % (k.argv[0], status))
        self.loader.over = True
        self.loader.join(300)
        self.irc.end()
        self.helix.end()
        say("loads: %d done, %d failed, %d killed" % (
            self.loader.done, self.loader.failed, self.loader.killed))

    def shell(self, command, **env):
        return subprocess.run(
            ["sh", "-c", command], cwd=self.work,
            env={**base.ENV, "URI": self.uri, **env},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def check_ledger(self):
        def ledger(options):
            return subprocess.run(
                [base.LEDGER, "check", options, "-r", "3000",
                 self.work / "irc.ledger", self.data / "raw/chat"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

        p = ledger("-g")
        check(p.returncode == 0,
              "the raw log against the ledger: " + p.stdout.strip())
        if p.returncode != 0:
            print(ledger("-gw").stderr[:4000])

    def run_etl(self):
        """All streams are over by the clock of tw-etl, which is killed."""
        (self.work / "tw.conf").write_text(
            "TW_DATA=%s\nTW_URI=%s\nTW_RETRY=1\nTW_TRIES=3\nTW_JOBS=2\n" % (
                self.data, self.uri))
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                            time.gmtime(time.time() + 7 * 3600))
        env = {"TW_CONF": str(self.work / "tw.conf"), "TW_NOW": now}
        for i in range(4):
            p = subprocess.Popen(
                ["tw-etl", "-q"], env={**base.ENV, **env},
                start_new_session=True, stderr=subprocess.DEVNULL)
            try:
                p.wait(2 + 4 * i + R.random())
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(p.pid, signal.SIGKILL)
            except OSError:
                pass
            p.wait()
        r = self.shell("tw-etl -q", **env)
        check(r.returncode == 0, "tw-etl, killed 4 times, ends well: %d %s" % (
            r.returncode, r.stderr[-300:]))
        done = len(list((self.data / "parts").glob("*/*.done")))
        check(done == len(CHANNELS), "%d streams are done" % done)
        return env

    def check_database(self):
        r = self.shell("tw-parse -q data/raw/chat/*/*.log data/raw/poll/*/*"
                       ".log >events && tw-load -q --uri $URI events && "
                       "tw-load -q --verify --uri $URI events")
        check(r.returncode == 0, "each event is in MongoDB: %d %s" % (
            r.returncode, r.stderr[-300:]))
        lines = sum(1 for _ in open(self.work / "events", "rb"))
        docs, ids, _ = self.mongod.counts("soak")
        check(lines == docs == ids, "exactly once: %d events, %d documents, "
              "%d ids" % (lines, docs, ids))
        for c in R.sample(CHANNELS, min(5, len(CHANNELS))):
            r = self.shell(
                "tw-load --export -c %s --uri $URI | sort >got; "
                "grep '^{\"ts\":\"[^\"]*\",\"channel\":\"%s\"' events | "
                "sort >want; cmp got want && wc -l <got" % (c, c))
            check(r.returncode == 0 and int(r.stdout) > 0,
                  "as it was, %s: %s lines %s" % (c, r.stdout.strip(),
                                                  r.stderr.strip()))

    def check_heard(self, ledger, channels):
        """What is said to be heard was joined, but for moments at cuts."""
        most, cuts = 0, sum(counts.values()) + 2
        for name, c in channels.items():
            joined = oracle.union(ledger.joined[name])
            for a, b in c.heard:
                most = max(most, (b - a) - oracle.inside(joined, a, b))
        check(most < 2500, "no hole is hidden: at most %d ms of a stretch "
              "that counts as heard were not joined" % most)
        share = [oracle.inside(c.heard, 0, 1 << 62) /
                 oracle.inside(oracle.union(ledger.joined[n]), 0, 1 << 62)
                 for n, c in channels.items()]
        check(min(share) > 0.5, "of what was joined %.3f to %.3f count as "
              "heard, with %d accidents" % (min(share), max(share), cuts))

    def check_report(self, env):
        ledger = oracle.Ledger(self.work / "irc.ledger")
        channels, mine, read = {}, {}, 0
        for name in CHANNELS:
            c = oracle.read_chat(
                ledger, (self.data / "raw/chat" / name).glob("*.log"))
            oracle.read_poll(
                c, (self.data / "raw/poll" / name).glob("*.log"))
            channels[name], mine[name] = c, oracle.figures(c, ledger)
            read += len(c.serials)
            if c.twice or c.unknown:
                wrong.append("%s: %d twice, %d unknown" % (
                    name, c.twice, c.unknown))
        say("the oracle has read %d messages" % read)
        self.check_heard(ledger, channels)
        for what, command in (
                ("tw-agg | tw-report",
                 "tw-agg -q events >stats && tw-report --week latest "
                 "--format json stats"),
                ("tw-report --uri",
                 "tw-report --uri $URI --week latest --format json"),
                ("tw-weekly", "tw-weekly --week %s --format json" %
                 time.strftime("%G-W%V", time.gmtime(BEGIN)))):
            r = self.shell(command, **env)
            if r.returncode != 0:
                check(False, "%s: %d %s" % (what, r.returncode, r.stderr))
                continue
            theirs = {c["channel"]: c
                      for c in json.loads(r.stdout)["channels"]}
            differ = [] if set(theirs) == set(mine) else ["other channels"]
            for name in mine:
                differ += oracle.compare(name, mine[name],
                                         theirs.get(name, {}))
            check(not differ, "%s of %d channels is what the ledgers say: %s"
                  % (what, len(theirs), "; ".join(differ[:8])))

    def check_polls(self):
        """The viewers in the raw log are those that the server told."""
        told = {c: set() for c in CHANNELS}
        for line in open(self.work / "helix.ledger"):
            for c, v in json.loads(line).get("hits", {}).items():
                told[c].add(v)
        odd = 0
        for name in CHANNELS:
            c = oracle.Channel()
            oracle.read_poll(c, (self.data / "raw/poll" / name).glob("*.log"))
            odd += sum(v not in told[name] for _, v in c.hits)
        check(odd == 0, "viewers are those that the server told")


def main():
    say("seed %d, %d messages a second, %d channels, %d s" % (
        SEED, RATE, len(CHANNELS), SECONDS))
    work = base.pathlib.Path(base.tempfile.mkdtemp(prefix="soak."))
    s, n, whole = Soak(work), 0, False
    try:
        s.start()
        s.irc.say("rate", RATE, SECONDS)
        n = s.accidents()
        say("%d accidents: %s" % (n, counts))
        s.settle()
        s.check_ledger()
        s.check_polls()
        env = s.run_etl()
        s.check_database()
        s.check_report(env)
        whole = True
    finally:
        for p in (getattr(s, "chat", None), getattr(s, "poll", None)):
            if p is not None and p.p.poll() is None:
                p.p.kill()
        for p in (s.irc, s.helix):
            if p.p.poll() is None:
                p.p.kill()
        s.mongod.kill()
        if wrong or not whole:
            print("# kept: %s" % work)
        else:
            shutil.rmtree(work, ignore_errors=True)
    for w in wrong:
        print("# wrong: %s" % w)
    print("# soak: %d s, %d accidents, %d failures" % (
        time.time() - BEGIN, n, len(wrong)))
    sys.exit(1 if wrong else 0)


main()
