"""Events into a time series collection by pymongo's insert_many.

    load_pymongo.py URI FILE PROCESSES BATCH [grouped] [ready]

The file is cut into as many parts as there are processes. Unordered, w: 1, by
orjson where it is installed. `grouped`: each 60,000 events sorted by channel, as
tw-load does, which a time series collection takes faster. `ready`: all
documents are made, as raw BSON, before the clock starts. Prints the seconds
from the first insert to the last, with the reading when it is not `ready`.

It looks for nothing: loading twice stores everything twice.
"""
import multiprocessing
import os
import sys
import time
from datetime import datetime
from itertools import islice

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient

try:
    from orjson import loads
except ImportError:
    from json import loads

GATHER = 60000
uri, path, processes, batch, *how = sys.argv[1:]
processes, batch = int(processes), int(batch)


def document(line):
    e = loads(line)
    e["ts"] = datetime.fromisoformat(e["ts"])
    e["meta"] = {"channel": e.pop("channel")}
    return e


def lines(begin, end):
    """The lines of the file that begin in [begin, end)."""
    with open(path, "rb") as f:
        if begin > 0:
            f.seek(begin - 1)
            f.readline()
        while f.tell() < end and (line := f.readline()):
            yield line


def batches(begin, end):
    docs = map(document, lines(begin, end))
    gather = GATHER if "grouped" in how else batch
    while some := list(islice(docs, gather)):
        if "grouped" in how:
            some.sort(key=lambda e: e["meta"]["channel"])
        for i in range(0, len(some), batch):
            part = some[i:i + batch]
            if "ready" in how:
                for e in part:
                    e["_id"] = bson.ObjectId()
                part = [RawBSONDocument(bson.encode(e)) for e in part]
            yield part


def work(begin, end, barrier, seconds):
    todo = batches(begin, end)
    if "ready" in how:
        todo = list(todo)
    logs = MongoClient(uri, w=1, compressors=[]).get_default_database().chatLogs
    barrier.wait()
    start = time.monotonic()
    for docs in todo:
        logs.insert_many(docs, ordered=False)
    seconds.put((start, time.monotonic()))


if __name__ == "__main__":
    size = os.path.getsize(path)
    cuts = [size * i // processes for i in range(processes + 1)]
    barrier = multiprocessing.Barrier(processes)
    seconds = multiprocessing.SimpleQueue()
    workers = [multiprocessing.Process(target=work, args=(
        cuts[i], cuts[i + 1], barrier, seconds)) for i in range(processes)]
    for worker in workers:
        worker.start()
    times = [seconds.get() for _ in workers]
    for worker in workers:
        worker.join()
    print("%.3f" % (max(t[1] for t in times) - min(t[0] for t in times)))
