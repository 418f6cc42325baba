#!/usr/bin/env python3
"""mongo - a client for the tests, as far as they need one

  mongo.py PORT DATABASE COMMAND   run the JSON command, print the answer
  mongo.py PORT ready [primary]    wait until the server answers (is primary)
  mongo.py PORT hold DATABASE S    hold the lease of tw-load for S seconds
  mongo.py PORT twice DATABASE     store an event of chatLogs once more

Speaks OP_MSG to a server on 127.0.0.1, without authentication. Knows the BSON
types that our documents have.
"""
import json
import socket
import struct
import sys
import time


class Date(int):
    """Milliseconds UTC."""


class Oid(bytes):
    """Twelve bytes."""


def encode(doc):
    out = b""
    for key, v in doc.items():
        name = key.encode() + b"\0"
        if isinstance(v, bool):
            out += b"\x08" + name + bytes([v])
        elif isinstance(v, Date):
            out += b"\x09" + name + struct.pack("<q", v)
        elif isinstance(v, int):
            if -2**31 <= v < 2**31:
                out += b"\x10" + name + struct.pack("<i", v)
            else:
                out += b"\x12" + name + struct.pack("<q", v)
        elif isinstance(v, float):
            out += b"\x01" + name + struct.pack("<d", v)
        elif isinstance(v, str):
            text = v.encode() + b"\0"
            out += b"\x02" + name + struct.pack("<i", len(text)) + text
        elif isinstance(v, Oid):
            out += b"\x07" + name + v
        elif v is None:
            out += b"\x0a" + name
        elif isinstance(v, dict):
            out += b"\x03" + name + encode(v)
        elif isinstance(v, (list, tuple)):
            out += b"\x04" + name + encode({str(i): x for i, x in enumerate(v)})
        else:
            raise TypeError(type(v))
    return struct.pack("<i", len(out) + 5) + out + b"\0"


SIZES = {0x01: 8, 0x07: 12, 0x08: 1, 0x09: 8, 0x0a: 0, 0x10: 4, 0x11: 8,
         0x12: 8, 0x13: 16}


def decode(data, at=0):
    end = at + struct.unpack_from("<i", data, at)[0] - 1
    at += 4
    doc = {}
    while at < end:
        kind = data[at]
        nul = data.index(b"\0", at + 1)
        key = data[at + 1:nul].decode()
        at = nul + 1
        if kind == 0x02:
            n = struct.unpack_from("<i", data, at)[0]
            doc[key] = data[at + 4:at + 3 + n].decode()
            at += 4 + n
        elif kind in (0x03, 0x04):
            n = struct.unpack_from("<i", data, at)[0]
            inner = decode(data, at)
            doc[key] = inner if kind == 3 else list(inner.values())
            at += n
        elif kind == 0x05:
            n = struct.unpack_from("<i", data, at)[0]
            doc[key] = data[at + 5:at + 5 + n].hex()
            at += 5 + n
        else:
            raw = data[at:at + SIZES[kind]]
            at += SIZES[kind]
            doc[key] = {
                0x01: lambda: struct.unpack("<d", raw)[0],
                0x07: lambda: Oid(raw),
                0x08: lambda: raw != b"\0",
                0x09: lambda: Date(struct.unpack("<q", raw)[0]),
                0x0a: lambda: None,
                0x10: lambda: struct.unpack("<i", raw)[0],
                0x11: lambda: struct.unpack("<Q", raw)[0],
                0x12: lambda: struct.unpack("<q", raw)[0],
                0x13: lambda: raw.hex(),
            }[kind]()
    return doc


class Client:
    def __init__(self, port, timeout=60):
        self.s = socket.create_connection(("127.0.0.1", port), timeout)
        self.id = 0

    def read(self, n):
        data = b""
        while len(data) < n:
            part = self.s.recv(n - len(data))
            if not part:
                raise ConnectionError("the server closed the connection")
            data += part
        return data

    def command(self, db, doc):
        body = struct.pack("<i", 0) + b"\0" + encode({**doc, "$db": db})
        self.id += 1
        self.s.sendall(
            struct.pack("<iiii", len(body) + 16, self.id, 0, 2013) + body)
        n = struct.unpack("<i", self.read(4))[0]
        return decode(self.read(n - 4), 12 + 5)

    def must(self, db, doc):
        answer = self.command(db, doc)
        if answer.get("ok") != 1:
            raise RuntimeError(answer)
        return answer

    def all(self, db, collection, pipeline):
        """All documents of an aggregation that fit into its first answer."""
        return self.must(db, {
            "aggregate": collection, "pipeline": pipeline,
            "allowDiskUse": True, "cursor": {"batchSize": 100000}
        })["cursor"]["firstBatch"]


def plain(v):
    if isinstance(v, Oid):
        return v.hex()
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, list):
        return [plain(x) for x in v]
    return v


def wait_until_ready(port, primary):
    end = time.time() + 60
    while True:
        try:
            hello = Client(port, 5).command("admin", {"hello": 1})
            if not primary or hello.get("isWritablePrimary"):
                return
        except OSError:
            pass
        if time.time() > end:
            sys.exit("mongo.py: %d: no server" % port)
        time.sleep(0.05)


def hold(port, db, seconds):
    c = Client(port)
    c.must("admin", {"hello": 1, "client": {
        "application": {"name": "tw-load/%s.chatLogs/test" % db},
        "driver": {"name": "test", "version": "1"}, "os": {"type": "test"}}})
    c.must(db, {"update": "twLocks", "updates": [
        {"q": {"_id": "chatLogs"}, "u": {"$set": {"run": "test"}},
         "upsert": True}]})
    print("held", flush=True)
    time.sleep(seconds)


def dates(doc):
    """{"$date": ms} is a time."""
    return Date(doc["$date"]) if set(doc) == {"$date"} else doc


def main():
    port = int(sys.argv[1])
    if sys.argv[2] == "ready":
        wait_until_ready(port, len(sys.argv) > 3)
        return
    if sys.argv[2] == "hold":
        hold(port, sys.argv[3], float(sys.argv[4]))
        return
    if sys.argv[2] == "twice":
        c = Client(port)
        c.must(sys.argv[3], {"insert": "chatLogs", "documents": c.all(
            sys.argv[3], "chatLogs", [{"$limit": 1}])})
        return
    answer = Client(port).command(
        sys.argv[2], json.loads(sys.argv[3], object_hook=dates))
    for key in ("$clusterTime", "operationTime"):
        answer.pop(key, None)
    print(json.dumps(plain(answer), ensure_ascii=False))


if __name__ == "__main__":
    main()
