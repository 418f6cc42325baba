#!/usr/bin/env python3
"""torture - faults as a suite

  torture.py [--quick N] PART...

PART is alloc, calls, fds, kill, clock. TW_BIN names the tools. Prints TAP, and
at the end how many runs there were. With --quick of each only a sample of about
N: what `make check` has time for. See README.md beside.
"""
import importlib
import sys

import base


def main():
    args = sys.argv[1:]
    quick = 0
    if args[:1] == ["--quick"]:
        quick = int(args[1])
        args = args[2:]
    tally = base.Tally()
    with base.Work() as work:
        base.make_inputs(work)
        for name in args:
            importlib.import_module("part_" + name).part(tally, work, quick)
    sys.exit(tally.end())


main()
