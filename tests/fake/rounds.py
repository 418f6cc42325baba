#!/usr/bin/env python3
"""rounds - loaders that are killed, stopped and started again

  rounds.py PORT URI-OPTIONS FILE ROUNDS LOADERS [SEED]

Each round begins with an empty database. LOADERS times tw-load loads FILE, all
at once; each is killed -9 at random moments, stopped for a while and let go on,
and started again, up to three times; the last one is left to run to its end,
and has to end well without anybody's help. Then every event has to be there,
once. Until at least one was killed there are more rounds. Prints a summary; the
status tells whether all was well.
"""
import os
import random
import signal
import subprocess
import sys
import threading
import time

from mongo import Client

PORT, OPTIONS, FILE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
ROUNDS, LOADERS = int(sys.argv[4]), int(sys.argv[5])
R = random.Random(int(sys.argv[6]) if len(sys.argv) > 6 else 1)
count = {"killed": 0, "stopped": 0, "partly": 0, "wrong": 0}
lock = threading.Lock()


def load(db):
    return subprocess.Popen(
        ["tw-load", "--wait", "120s", "--uri",
         "mongodb://127.0.0.1:%d/%s%s" % (PORT, db, OPTIONS), FILE],
        stderr=subprocess.PIPE)


def note(what):
    with lock:
        count[what] += 1


def stop_and_go(p):
    p.send_signal(signal.SIGSTOP)
    note("stopped")
    time.sleep(R.random() * 0.3)
    p.send_signal(signal.SIGCONT)


def loader(db, took, failures):
    for _ in range(R.randint(1, 3)):
        p = load(db)
        time.sleep(R.random() * took * 1.1)
        if LOADERS > 1 and R.random() < 0.4 and p.poll() is None:
            stop_and_go(p)
        if p.poll() is None:
            p.kill()
            note("killed")
        p.communicate()
    if LOADERS == 1:
        n = Client(PORT).all(db, "chatLogs", [{"$count": "n"}])
        if n and n[0]["n"] < want:
            note("partly")
    p = load(db)
    if LOADERS > 1 and R.random() < 0.5:
        time.sleep(R.random() * took)
        if p.poll() is None:
            stop_and_go(p)
    words = p.communicate()[1]
    if p.returncode != 0:
        failures.append("status %d: %s" % (p.returncode, words.decode()))


with open(FILE, "rb") as f:
    want = sum(1 for _ in f)
begin = time.time()
p = load("warm")
if p.wait() != 0:
    sys.exit(p.stderr.read().decode())
took = time.time() - begin
rounds = 0
# A round in which all were too fast to be killed is one too few.
while rounds < ROUNDS or (count["killed"] == 0 and rounds < ROUNDS + 20):
    i, rounds = rounds, rounds + 1
    db, failures = "r%d" % i, []
    threads = [threading.Thread(target=loader, args=(db, took, failures))
               for _ in range(LOADERS)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    c = Client(PORT)
    [n] = c.all(db, "chatLogs", [
        {"$group": {"_id": "$_id", "n": {"$sum": 1}}},
        {"$group": {"_id": None, "ids": {"$sum": 1}, "docs": {"$sum": "$n"}}}])
    if failures or n["ids"] != want or n["docs"] != want:
        count["wrong"] += 1
        print("# round %d: %d ids, %d documents of %d; %s" % (
            i, n["ids"], n["docs"], want, "; ".join(failures)))
    c.must(db, {"dropDatabase": 1})
Client(PORT).must("warm", {"dropDatabase": 1})
print("%d rounds of %d loaders, %d events: %d killed, %d stopped, %d found "
      "partly loaded, %d wrong" % (rounds, LOADERS, want, count["killed"],
                                   count["stopped"], count["partly"],
                                   count["wrong"]))
sys.exit(count["wrong"] > 0 or count["killed"] == 0)
