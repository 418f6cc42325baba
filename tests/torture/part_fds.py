"""part_fds - descriptors 0, 1 and 2 closed at the start, in every combination

No file that a tool opens may then be taken for one of them. What a tool writes
has to be the same files as ever; what it has to say may get lost, but when what
it makes is lost its status says so.
"""
import os

import base
import part_alloc
import scripts

COMBINATIONS = [c for c in range(1, 8)]


def closing(which, argv):
    return ["sh", "-c", "exec \"$@\" %s" % " ".join(
        "%d%s&-" % (fd, "<" if fd == 0 else ">")
        for fd in range(3) if which >> fd & 1), "sh", *argv]


def words(which):
    return "+".join(str(fd) for fd in range(3) if which >> fd & 1)


def check(which, case, got, want):
    if got.late:
        return "hangs"
    if got.status < 0 or got.status > 3:
        return "ends with %d" % got.status
    lost_in = which & 1 and case.stdin
    lost_out = which & 2 and want.out
    if (lost_in or lost_out) and got.status != 1:
        return "lost its %s, and ends with %d" % (
            "input" if lost_in else "output", got.status)
    if (lost_in or lost_out) and not which & 4 and \
            "standard " not in got.err:
        return "does not say what failed: " + base.words_of(got)
    if not lost_in and not lost_out:
        if got.status != want.status:
            return "ends with %d, not %d" % (got.status, want.status)
        if not which & 2 and got.out != want.out:
            return "another output"
    for name, content in got.files.items():
        there = want.files.get(name)
        if there is None:
            return "makes a file %s" % name
        # Less of it when the input was lost.
        if content != there and not (
                (lost_in or lost_out) and there.startswith(content)):
            return "%s is not as it should be" % name
    return None


def tools(tally, work, quick):
    cases = base.tool_cases(work)
    cases += [base.Case("tw-load --dry-run", [
        "tw-load", "--dry-run", "--rejects", "rejects", str(work / "events")]),
        base.Case("tw-load --dry-run, standard input",
                  ["tw-load", "--dry-run", "--rejects", "rejects"],
                  work / "events")]
    for tool in ("chat", "poll", "parse", "agg", "report", "load"):
        cases.append(base.Case("tw-%s -h" % tool, ["tw-" + tool, "-h"]))
        cases.append(base.Case("tw-%s -V" % tool, ["tw-" + tool, "-V"]))
    if quick:
        cases = [c for c in cases if " " not in c.name or "site" in c.name or
                 "standard" in c.name]
    wrong, runs = [], 0
    for case in cases:
        want = base.run(case.argv, work / "run", case.stdin)
        for which in COMBINATIONS:
            got = base.run(closing(which, case.argv), work / "run",
                           case.stdin)
            runs += 1
            verdict = check(which, case, got, want)
            if verdict:
                wrong.append("%s, closed %s: %s" % (
                    case.name, words(which), verdict))
    tally.case("descriptors: tools", runs, wrong)


def is_raw(content):
    return content.endswith(b"\n") and all(
        len(x) > 26 and x[4:5] == b"-" and x[23:25] == b"Z\t"
        for x in content.splitlines())


def collectors(tally, work, quick):
    wrong, runs = [], 0
    helix = base.helix_server(work)
    helix.say("live", "k1", 100)
    helix.say("offline", "k2")
    for which in COMBINATIONS[::3 if quick else 1]:
        prefix = closing(which, [])
        got, extra = part_alloc.chat_once(work, str(which), {}, prefix)
        runs += 2
        if got.status != 0 or extra:
            wrong.append("tw-chat, closed %s: %d, %s" % (
                words(which), got.status, extra))
        got, extra = part_alloc.poll_once(work, helix, str(which), {}, prefix)
        if got.status != 0 or extra:
            wrong.append("tw-poll, closed %s: %d, %s" % (
                words(which), got.status, extra))
        if which & 2:
            runs += 2
            for argv in (["tw-chat", "k1"], ["tw-poll", "k1"]):
                got = base.run(closing(which, argv), work / "run", None,
                               helix.env, timeout=10)
                if got.status != 1 or (not which & 4 and "standard output"
                                       not in got.err):
                    wrong.append("%s without an output, closed %s: %d %s" % (
                        argv[0], words(which), got.status, got.err))
    helix.end()
    tally.case("descriptors: collectors", runs, wrong)


def of_scripts(tally, work):
    """Each script in a folder of its own, where something is due."""
    wrong, runs = [], 0
    s = scripts.Ops(work / "ops", work / "full")
    for argv in scripts.CALLS:
        s.fresh(argv[0])
        want = s.run(argv)
        after = s.state()
        for which in COMBINATIONS:
            s.fresh(argv[0])
            got = s.run(closing(which, argv))
            runs += 1
            lost = which & 2 and want.out
            if got.late or got.status not in ((1, 2) if lost else
                                              (want.status,)):
                wrong.append("%s, closed %s: status %d (%s)" % (
                    " ".join(argv), words(which), got.status,
                    base.words_of(got)))
            elif not which & 2 and got.out != want.out:
                wrong.append("%s, closed %s: another output" % (
                    " ".join(argv), words(which)))
            elif s.state() != after and not lost:
                wrong.append("%s, closed %s: leaves something else: %s" % (
                    " ".join(argv), words(which), s.difference(after)))
    tally.case("descriptors: scripts", runs, wrong)


def part(tally, work, quick):
    tools(tally, work, quick)
    collectors(tally, work, quick)
    if not quick:
        of_scripts(tally, work)
