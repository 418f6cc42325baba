"""part_calls - each system call of a tool fails once

write: EIO, ENOSPC (and all after it), EINTR, half of it. read: EIO, EINTR. open,
socket, pipe: EMFILE, ENFILE. What waits: EINTR. fsync, rename, close and the
rest: EIO. Then the tool runs again without an accident, on what was left.
"""
import os
import subprocess
import time

import base
import part_alloc
import scripts

WAYS = [
    ("write,writev,pwrite", "EIO"), ("write,writev", "ENOSPC+"),
    ("write,writev", "EINTR"), ("write", "half"),
    ("read,readv,pread", "EIO"), ("read,readv,pread", "EINTR"),
    ("openat,open,socket,accept4,pipe2,eventfd2,signalfd4", "EMFILE"),
    ("openat,open,socket,pipe2", "ENFILE+"),
    ("poll,ppoll,select,pselect6,epoll_wait,epoll_pwait,flock,connect",
     "EINTR"),
    ("fsync,fdatasync,syncfs,rename,renameat,renameat2,close,mkdir,mkdirat,"
     "ftruncate,lseek,getdents", "EIO"),
    ("fstat,newfstatat,access", "EIO"),
]
OLD = {"open", "rename", "mkdir", "poll", "select", "epoll_wait", "access"}
if os.uname().machine != "x86_64":
    WAYS = [(",".join(c for c in calls.split(",") if c not in OLD), how)
            for calls, how in WAYS]


def wrap(calls, how, n, tool, log):
    argv = [base.FAULT, "-c", calls.replace(",pwrite", ""), "-P", tool, "-l",
            str(log)]
    if n:
        argv += ["-n", str(n)]
        argv += (["-s"] if how == "half" else ["-k"] if how == "kill" else
                 ["-g"] if how == "killall" else ["-e", how.rstrip("+")])
        if how.endswith("+"):
            argv.append("-t")
    return argv


def calls_in(log):
    """How many there were, and what the first that failed was."""
    lines = open(log).read().splitlines()
    n = int(lines[-1].split("=")[1]) if lines else 0
    return n, lines[0] if len(lines) > 1 else "none"


def torture(tally, name, tool, attempt, want, quick, ways=WAYS):
    """attempt(tag, prefix) runs the tool behind `prefix` and gives (Result,
    extra words); the log of the faults is prefix's."""
    begin = time.time()
    runs, wrong, least = 0, [], {}
    jobs = []
    for w, (calls, how) in enumerate(ways):
        log = attempt.work / ("fault.%d.log" % w)
        attempt("count%d" % w, wrap(calls, how, 0, tool, log))
        total, _ = calls_in(log)
        least[how] = total
        step = max(1, total // quick) if quick else max(1, total // 400)
        # From the end: that is where files are closed.
        jobs += [(w, calls, how, n) for n in range(total, 0, -step)]
        # The count is not the same each time where there is a network.
        jobs += [] if quick else [(w, calls, how, total + 1)]

    def one(job):
        w, calls, how, n = job
        log = attempt.work / ("fault.%d.%d.log" % (w, n))
        got, extra = attempt("%d-%d" % (w, n),
                             wrap(calls, how, n, tool, log))
        hit = calls_in(log)[1]
        log.unlink()
        verdict = base.judge(tool, got, want, None)
        # Where nothing can be written any more no words can.
        if how.endswith("+") and verdict == "fails without a word":
            verdict = None
        return hit, how, got, verdict or extra

    for hit, how, got, verdict in base.parallel(one, jobs):
        runs += 1
        if verdict:
            wrong.append("%s at %s: %s (%s)" % (
                how, hit, verdict, base.words_of(got)))
    tally.case("calls: " + name, runs, wrong, 0,
               "%d s" % (time.time() - begin))


class Tool:
    """A case of base.py."""

    def __init__(self, case, work):
        self.case, self.work = case, work
        self.want = base.run(case.argv, work / "run", case.stdin, case.env)

    def __call__(self, tag, prefix):
        case = self.case
        folder = self.work / ("run-" + tag)
        got = base.run(prefix + case.argv, folder, case.stdin, case.env)
        extra = None
        again = base.run_again(case.argv, folder, case.stdin, case.env)
        left = {k for k in again.files if k not in self.want.files}
        if (again.status, again.out) != (self.want.status, self.want.out) or \
                any(again.files.get(k) != v
                    for k, v in self.want.files.items()):
            extra = "the next run gives something else"
        elif left:
            extra = "the next run leaves %s" % left
        base.shutil.rmtree(folder)
        return got, extra


def part(tally, work, quick):
    cases = base.tool_cases(work)
    if quick:
        cases = [c for c in cases if c.name in
                 ("tw-parse", "tw-report -o")]
    for case in cases:
        tool = Tool(case, work)
        torture(tally, case.name, case.tool, tool, tool.want, quick)
    if quick:
        return
    of_scripts(tally, work)
    load(tally, work)
    poll(tally, work)
    chat(tally, work)


def load(tally, work):
    mongod = base.Mongod(work / "db-calls")
    argv = ["tw-load", "-q", "--wait", "20s", "--uri", None,
            str(work / "events"), str(work / "stats")]

    def once(tag, prefix):
        db = "c" + tag
        now = argv[:5] + [mongod.uri(db)] + argv[6:]
        folder = work / ("load-" + tag)
        got = base.run(prefix + now, folder)
        extra = None
        counts = mongod.counts(db)
        if got.status == 3 and counts != expected:
            extra = "says all is well: %s of %s" % (counts, expected)
        if got.status != 3:
            second = base.run_again(now, folder)
            counts = mongod.counts(db)
            if second.status != 3 or counts != expected:
                extra = "the next run: %d, %s of %s (%s)" % (
                    second.status, counts, expected, base.words_of(second))
        mongod.drop(db)
        base.shutil.rmtree(folder)
        return got, extra

    once.work = work
    base.run(argv[:5] + [mongod.uri("want")] + argv[6:], work / "want")
    expected = mongod.counts("want")
    want = base.Result(3, b"", "", {}, False)
    torture(tally, "tw-load", "tw-load", once, want, 60,
            WAYS + [("sendmsg,sendto,recvmsg,recvfrom", "ECONNRESET"),
                    ("sendmsg,sendto,recvmsg,recvfrom", "EINTR")])
    mongod.end()


def poll(tally, work):
    helix = base.helix_server(work)
    helix.say("live", "k1", 100)
    helix.say("offline", "k2")

    def once(tag, prefix):
        return part_alloc.poll_once(
            work, helix, tag, {}, prefix)

    once.work = work
    want = base.Result(0, b"", "", {}, False)
    torture(tally, "tw-poll", "tw-poll", once, want, 60,
            WAYS + [("sendmsg,sendto,recvmsg,recvfrom", "ECONNRESET")])
    helix.end()


def chat(tally, work):
    def once(tag, prefix):
        return part_alloc.chat_once(work, tag, {}, prefix)

    once.work = work
    want = base.Result(0, b"", "", {}, False)
    torture(tally, "tw-chat", "tw-chat", once, want, 25,
            WAYS + [("sendmsg,sendto,recvmsg,recvfrom", "ECONNRESET")])


# No close: a shell that its child interrupts there, which only happens while we
# are asked, takes it for done, and keeps the pipe.
SCRIPT_WAYS = [
    ("write,writev", "EIO"), ("write,writev", "ENOSPC+"), ("write", "half"),
    ("read,readv,pread", "EIO"),
    ("openat,open,pipe2", "EMFILE"), ("openat,open", "ENOSPC"),
    ("fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat,"
     "unlink,unlinkat,ftruncate,flock,getdents", "EIO"),
]


def of_scripts(tally, work):
    """What a script and all that it runs do; then once more, without."""
    steps = int(os.environ.get("TORTURE_STEPS", 120)) // 4
    ops = [scripts.Ops(work / ("cops%d" % i), work / "full") for i in (0, 1)]
    for argv in (["tw-etl", "-q"], ["tw-tidy", "-q"],
                 ["tw-weekly", "--week", "2026-W46", "-o", "report.json"]):
        begin, wrong, jobs = time.time(), [], []
        ops[0].fresh(argv[0])
        ops[0].run(argv)
        want = ops[0].state()
        for calls, how in SCRIPT_WAYS:
            if os.uname().machine != "x86_64":
                calls = ",".join(c for c in calls.split(",")
                                 if c not in OLD | {"unlink"})
            log = work / "count.log"
            ops[0].fresh(argv[0])
            ops[0].run([base.FAULT, "-c", calls, "-l", str(log)] + argv)
            total, _ = calls_in(log)
            jobs += [(calls, how, n)
                     for n in range(1, total + 1, max(1, total // steps))]

        def one(which, argv=argv, want=want, jobs=jobs):
            found, s = [], ops[which]
            log = work / ("script.%d.log" % which)
            for calls, how, n in jobs[which::2]:
                s.fresh(argv[0])
                prefix = wrap(calls, how, n, "x", log)
                del prefix[3:5]  # whatever its name is
                got = s.run(prefix + argv)
                at = "%s at %s" % (how, calls_in(log)[1])
                after = s.state()
                torn = [k for k, v in after.items()
                        if k.startswith(("events/", "stats/", "cwd/",
                                         "raw/")) and
                        "/." not in k and not k.endswith(".tmp") and
                        k in want and want[k] != v]
                if got.late:
                    found.append("%s: hangs" % at)
                if torn:
                    found.append("%s: %s is not whole (%d, %s)" % (
                        at, torn, got.status, base.words_of(got)))
                again = s.run_here(argv)
                if again.status != 0:
                    found.append("%s: then it ends with %d (%s; %s)" % (
                        at, again.status, base.words_of(got),
                        base.words_of(again)))
                elif s.state() != want:
                    found.append("%s: then it makes something else: %s" % (
                        at, s.difference(want)))
            return found

        for found in base.parallel(one, (0, 1)):
            wrong += found
        tally.case("calls: " + " ".join(argv), len(jobs), wrong, 0,
                   "%d s" % (time.time() - begin))
