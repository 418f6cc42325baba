"""part_alloc - each allocation fails once, in every tool

Of tools that need no server every single one; of those that link TLS and the
driver of MongoDB every one that they or the libraries nearest to them ask for,
and of the libraries below one for each place in their code.
"""
import os
import subprocess
import time

import base

NEAR = ("tw-", "libcurl", "libjansson", "libpcre2", "libzstd", "libz.",
        "libmongoc", "libbson")


def env_for(case, n=None, log=None):
    env = {**case.env, "LD_PRELOAD": base.ALLOC, "TW_ALLOC_PROG": case.tool}
    if n:
        env["TW_ALLOC_AT"] = str(n)
    if log:
        env["TW_ALLOC_LOG"] = str(log)
    return env


def who_asks(log):
    return [tuple(x.split()) for x in open(log)] if os.path.exists(log) else []


def choose(callers, every, quick):
    """The numbers of those that are to fail: all; or those by near ones, and
    of each other place the first and the last."""
    first, last = {}, {}
    for i, place in enumerate(callers, 1):
        first.setdefault(place, i)
        last[place] = i
    chosen = set(first.values())
    if quick:
        step = max(1, len(chosen) // quick)
        return sorted(chosen)[::step]
    chosen |= set(last.values())
    if every:
        chosen |= set(range(1, len(callers) + 1))
    else:
        near = [i for i, (who, _) in enumerate(callers, 1)
                if who.startswith(NEAR)]
        chosen |= set(near[::max(1, len(near) // 1500)])
    return sorted(chosen)


def torture(tally, name, tool, callers, numbers, attempt, want):
    """attempt(n) runs with the Nth failing and gives (Result, extra words)."""
    begin = time.time()

    def one(n):
        got, extra = attempt(n)
        verdict = base.judge(tool, got, want, callers[n - 1][0])
        return n, got, extra if verdict is None else verdict

    wrong, design = [], {}
    for n, got, verdict in base.parallel(one, numbers):
        if verdict == "":
            design[callers[n - 1][0]] = design.get(callers[n - 1][0], 0) + 1
        elif verdict:
            wrong.append("%d of %d (%s+%s): %s (%s)" % (
                n, len(callers), *callers[n - 1], verdict,
                base.words_of(got)))
    if not callers:
        wrong.append("no allocation was seen")
    note = "of %d allocations, %d s" % (len(callers), time.time() - begin)
    if design:
        note += " (asked for by %s)" % ", ".join(
            "%s %d" % x for x in sorted(design.items()))
    tally.case("allocations: " + name, len(numbers), wrong,
               sum(design.values()), note)


def tools(tally, work, quick):
    cases = base.tool_cases(work)
    if quick:
        cases = [c for c in cases if c.name in (
            "tw-parse", "tw-agg", "tw-report weekly html",
            "tw-report site")]
    for i, case in enumerate(cases):
        log = work / "alloc.log"
        if log.exists():
            log.unlink()
        want = base.run(case.argv, work / "run", case.stdin, case.env)
        base.run(case.argv, work / "run", case.stdin, env_for(case, log=log))
        callers = who_asks(log)

        def attempt(n, case=case, want=want):
            folder = work / ("run%d" % n)
            got = base.run(case.argv, folder, case.stdin, env_for(case, n))
            extra = None
            if not quick and n % 16 == 0:
                # Then once more, without an accident.
                again = base.run_again(case.argv, folder, case.stdin, case.env)
                if (again.out, again.files) != (want.out, want.files):
                    extra = "the next run gives something else"
            base.shutil.rmtree(folder)
            return got, extra

        every = not base.SAN and len(callers) < 6000
        torture(tally, case.name, case.tool, callers,
                choose(callers, every, quick), attempt, want)


def end_tool(pid, tool):
    """SIGTERM to that process, or the one below it that is the tool."""
    for p in [pid] + base.below(pid):
        if base.name_of(p) == tool:
            os.kill(p, 15)


def was_cut(raw, words):
    """A connection ended before it was told to: what was on its way is lost,
    and that is told; in the files only where hearing had begun."""
    return b"trying again" in words or any(
        b'"mark":"lost"' in f.read_bytes() for f in raw.glob("*/*.log"))


def chat_once(work, name, env, prefix=()):
    """tw-chat against a server of its own: two channels, 40 messages."""
    folder = work / ("chat-" + name)
    base.shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    irc = base.irc_server(folder / "ledger")
    p = subprocess.Popen(
        [*prefix, "tw-chat", "-o", str(folder / "raw"), "k1", "k2"],
        env={**base.ENV, **irc.env, **env}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True)
    end = time.time() + (4 if base.SAN else 1.5)
    while time.time() < end and p.poll() is None:
        if irc.say("joined", 2, 100).startswith("ok"):
            break
    if p.poll() is None:
        irc.say("burst", "k1", 20)
        irc.say("burst", "k2", 20)
        irc.say("sync", 1000)
        end_tool(p.pid, "tw-chat")
    late = False
    try:
        out, err = p.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        late = True
        base.kill_below(p.pid)
        out, err = p.communicate()
    irc.end()
    check = subprocess.run(
        [base.LEDGER, "check", "-g", "-r",
         "0" if p.returncode == 0 and not was_cut(folder / "raw", err) else
         "10000", folder / "ledger", folder / "raw"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) \
        if (folder / "raw").exists() else None
    got = base.Result(p.returncode, out, err.decode(errors="replace"), {}, late)
    extra = None
    if check and check.returncode != 0:
        figures = dict(x.split("=") for x in check.stdout.split())
        # Who dies may tear a line, and lose what it had not written.
        torn = figures.get("torn") != "0"
        if p.returncode == 0 or any(
                figures.get(k) != "0" for k in ("dup", "altered", "order")):
            extra = "the ledger: " + check.stdout.strip()
        elif torn and p.returncode > 0:
            extra = "a torn line: " + check.stdout.strip()
    base.shutil.rmtree(folder)
    return got, extra


def chat(tally, work, quick):
    case = base.Case("tw-chat", ["tw-chat"])
    log = work / "alloc.log"
    if log.exists():
        log.unlink()
    want, extra = chat_once(work, "want", {})
    assert want.status == 0 and extra is None, (want.err, extra)
    want.out = b""
    chat_once(work, "log", env_for(case, log=log))
    callers = who_asks(log)
    torture(tally, "tw-chat", "tw-chat", callers,
            choose(callers, False, quick),
            lambda n: chat_once(work, str(n), env_for(case, n)), want)


def left_aside(files):
    return any(".tmp" in k or (k.startswith("cache") and k.count("/") > 2)
               for k in files)


def poll_once(work, helix, name, env, prefix=()):
    """tw-poll --once of one channel that is live and one that is not."""
    folder = work / ("poll-" + name)
    argv = ["tw-poll", "--once", "-o", "raw", "k1", "k2"]
    env = {**helix.env, "XDG_CACHE_HOME": str(folder / "cache"), **env}
    got = base.run([*prefix, *argv], folder, None, env)
    lines = b"".join(v for k, v in got.files.items() if k.startswith("raw"))
    extra = None
    if lines and not lines.endswith(b"\n"):
        extra = "a torn line"
    if got.status == 0 and (lines.count(b"\thelix\tk1\t{") != 1 or
                            lines.count(b"\thelix\tk2\tnull\n") != 1):
        extra = "says all is well, and a line is missing"
    if left_aside(got.files):
        # Whose file it is cannot be told where stat() fails: the next takes it.
        again = base.run_again(argv, folder, None, env)
        if left_aside(again.files):
            extra = "leaves a file behind: %s" % list(again.files)
    # The times in them differ from run to run.
    got.files = {}
    base.shutil.rmtree(folder)
    return got, extra


def poll(tally, work, quick):
    helix = base.helix_server(work)
    helix.say("live", "k1", 100)
    helix.say("offline", "k2")
    case = base.Case("tw-poll", ["tw-poll"])
    log = work / "alloc.log"
    if log.exists():
        log.unlink()
    want, extra = poll_once(work, helix, "want", {})
    assert want.status == 0 and extra is None, (want.err, extra)
    poll_once(work, helix, "log", env_for(case, log=log))
    callers = who_asks(log)
    torture(tally, "tw-poll", "tw-poll", callers,
            choose(callers, False, quick),
            lambda n: poll_once(work, helix, str(n), env_for(case, n)), want)
    helix.end()


def load(tally, work, quick):
    mongod = base.Mongod(work / "db")
    argv = ["tw-load", "-q", "--uri", None, str(work / "events"),
            str(work / "stats")]

    def once(name, env, again=True):
        argv_now = argv[:3] + [mongod.uri(name)] + argv[4:]
        folder = work / ("load-" + name)
        got = base.run(argv_now, folder, None, env)
        extra = None
        counts = mongod.counts(name)
        if got.status == 3 and counts != expected:
            extra = "says all is well: %s of %s" % (counts, expected)
        if again and got.status != 3:
            second = base.run_again(argv_now, folder)
            counts = mongod.counts(name)
            if second.status != 3 or counts != expected:
                extra = "the next run: %d, %s of %s (%s)" % (
                    second.status, counts, expected, base.words_of(second))
        mongod.drop(name)
        base.shutil.rmtree(folder)
        return got, extra

    case = base.Case("tw-load", argv)
    log = work / "alloc.log"
    if log.exists():
        log.unlink()
    base.run(argv[:3] + [mongod.uri("want")] + argv[4:], work / "want")
    expected = mongod.counts("want")
    assert expected[0] > 50 and expected[2] > 50, expected
    mongod.drop("want")
    want, extra = once("want", {})
    assert want.status == 3 and extra is None, (want.err, extra)
    once("log", env_for(case, log=log))
    callers = who_asks(log)
    torture(tally, "tw-load", "tw-load", callers,
            choose(callers, False, quick),
            lambda n: once("n%d" % n, env_for(case, n)), want)
    mongod.end()


def part(tally, work, quick):
    tools(tally, work, quick)
    chat(tally, work, quick)
    poll(tally, work, quick)
    if not quick:
        load(tally, work, quick)
