"""part_kill - kill -9 at each step of the chain

A step is a system call that changes something outside of the process. Each run
is killed before one of them: the one process that makes it, or its whole group.
What can be seen afterwards has to be whole; then the same command runs again,
and has to make what it would have made without an accident.

TORTURE_STEPS is how many steps of a script are taken, spread over all of them.
"""
import os
import subprocess
import time

import base
import part_calls
import scripts

STEPS = int(os.environ.get("TORTURE_STEPS", 120))
CHANGES = ("write,writev,openat,open,rename,renameat,renameat2,unlinkat,"
           "unlink,mkdir,mkdirat,fsync,fdatasync,ftruncate")
if os.uname().machine != "x86_64":
    CHANGES = CHANGES.replace(",open,rename,", ",").replace(
        ",unlink,mkdir,", ",")
TALKS = "sendmsg,sendto,recvmsg,recvfrom,read,write,writev,connect"


def prefix(calls, n, how, log):
    return [base.FAULT, "-c", calls, "-l", str(log)] + (
        ["-n", str(n), how] if n else [])


def steps_of(total, most):
    step = max(1, total // most)
    return list(range(1, total + 1, step))


def part(tally, work, quick):
    of_tools(tally, work)
    of_load(tally, work)
    of_chat(tally, work)
    of_scripts(tally, work)


def of_tools(tally, work):
    for case in base.tool_cases(work):
        if case.name not in ("tw-report -o", "tw-report site", "tw-parse"):
            continue
        begin, wrong = time.time(), []
        want = base.run(case.argv, work / "run", case.stdin)
        log = work / "kill.log"
        base.run(prefix(CHANGES, 0, "-k", log) + case.argv, work / "run",
                 case.stdin)
        total, _ = part_calls.calls_in(log)
        for n in range(1, total + 1):
            got = base.run(prefix(CHANGES, n, "-k", log) + case.argv,
                           work / "run", case.stdin)
            hit = part_calls.calls_in(log)[1]
            torn = [k for k, v in got.files.items()
                    if not k.endswith(".tmp") and k != "rejects" and
                    want.files.get(k) != v]
            again = base.run_again(case.argv, work / "run", case.stdin)
            if torn:
                wrong.append("at %s: %s is not whole" % (hit, torn))
            elif again.files != want.files or again.out != want.out:
                wrong.append("at %s: then it makes something else: %s" % (
                    hit, sorted(set(again.files) ^ set(want.files))))
        tally.case("killed: " + case.name, total, wrong, 0,
                   "%d s" % (time.time() - begin))


def of_load(tally, work):
    mongod = base.Mongod(work / "db-kill")
    argv = lambda db: [  # noqa: E731
        "tw-load", "-q", "--uri", mongod.uri(db), str(work / "events"),
        str(work / "stats")]
    base.run(argv("want"), work / "run")
    expected = mongod.counts("want")
    log = work / "kill.log"
    base.run(prefix(TALKS, 0, "-k", log) + argv("count"), work / "run")
    total, _ = part_calls.calls_in(log)
    begin, wrong = time.time(), []
    steps = steps_of(total, 3 * STEPS)
    for n in steps:
        db = "k%d" % n
        base.run(prefix(TALKS, n, "-k", log) + argv(db), work / "run")
        hit = part_calls.calls_in(log)[1]
        again = base.run_again(argv(db), work / "run")
        counts = mongod.counts(db)
        if again.status != 3 or counts != expected:
            wrong.append("at %s: then %d, %s of %s (%s)" % (
                hit, again.status, counts, expected, base.words_of(again)))
        mongod.drop(db)
    mongod.end()
    tally.case("killed: tw-load", len(steps), wrong, 0,
               "of %d steps, %d s" % (total, time.time() - begin))


def of_chat(tally, work):
    """tw-chat is killed at a write, and started again on the same folder."""
    begin, wrong, runs = time.time(), [], 0
    for n in range(1, 13):
        folder = work / "chat"
        base.shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        irc = base.irc_server(folder / "ledger")
        for turn in (0, 1):
            p = subprocess.Popen(
                (prefix("write", n, "-k", folder / "log") if turn == 0 else
                 []) + ["tw-chat", "-q", "-o", str(folder / "raw"), "k1",
                        "k2"],
                env={**base.ENV, **irc.env}, start_new_session=True)
            irc.say("joined", 2, 5000)
            irc.say("burst", "k1", 500)
            for i in range(10):
                irc.say("send", "k2", "number %d" % i)
                time.sleep(0.05)
            irc.say("sync", 2000)
            if turn == 1:
                p.terminate()
            try:
                p.wait(10 if turn else 3)
            except subprocess.TimeoutExpired:
                base.kill_below(p.pid)
                p.wait()
        irc.end()
        # What was read in the last second before the kill may be gone.
        check = subprocess.run(
            [base.LEDGER, "check", "-r", "3000", folder / "ledger",
             folder / "raw"], stdout=subprocess.PIPE, text=True)
        runs += 1
        if check.returncode != 0:
            wrong.append("at write %d: %s" % (n, check.stdout.strip()))
    tally.case("killed: tw-chat", runs, wrong, 0,
               "%d s" % (time.time() - begin))


def of_scripts(tally, work):
    ops = [scripts.Ops(work / ("ops%d" % i), work / "full") for i in (0, 1)]
    for argv in (["tw-etl", "-q"], ["tw-etl", "-q", "--again", "STREAM"],
                 ["tw-tidy", "-q"],
                 ["tw-weekly", "--week", "2026-W46", "-o", "report.html"],
                 ["tw-watch", "--no-start", "-q"]):
        begin, wrong = time.time(), []
        ops[0].fresh(argv[0])
        want_run = ops[0].run(argv)
        want = ops[0].state()
        ops[0].fresh(argv[0])
        log = work / "kill.count.log"
        ops[0].run(prefix(CHANGES, 0, "-k", log) + argv)
        total, _ = part_calls.calls_in(log)
        jobs = [(i, n) for i, n in enumerate(
            steps_of(total, STEPS if "etl" in argv[0] else STEPS // 2))]

        def one(which, argv=argv, want=want, want_run=want_run, jobs=jobs,
                total=total):
            """Every other step, in a folder of its own."""
            found, s = [], ops[which]
            for i, n in jobs:
                if i % 2 != which:
                    continue
                how = "-g" if i % 4 < 2 else "-k"
                log = work / ("kill.%d.log" % which)
                s.fresh(argv[0])
                s.run(prefix(CHANGES, n, how, log) + argv)
                hit = part_calls.calls_in(log)[1]
                torn = [k for k, v in s.state().items()
                        if k.startswith(("events/", "stats/", "cwd/")) and
                        "/." not in k and not k.endswith(".tmp") and
                        want.get(k) != v]
                if torn:
                    found.append("%s at %s: %s is not whole" % (
                        how, hit, torn))
                again = s.run_here(argv)
                if argv[0] == "tw-watch":
                    # What it started may have been killed alone: that is for
                    # the tw-etl of the crontab.
                    s.run_here(["tw-etl", "-q"])
                if again.status != want_run.status:
                    found.append("%s at %s: then it ends with %d (%s)" % (
                        how, hit, again.status, base.words_of(again)))
                elif s.state() != want:
                    found.append("%s at %s: then it makes something else: %s"
                                 % (how, hit, s.difference(want)))
            return found

        for found in base.parallel(one, (0, 1)):
            wrong += found
        tally.case("killed: " + " ".join(argv), len(jobs), wrong, 0,
                   "of %d steps, %d s" % (total, time.time() - begin))
