#!/usr/bin/env python3
"""oldmongo - answers as a MongoDB 4.4 would, as far as a client looks at it

  oldmongo.py PORT
"""
import socket
import struct
import sys
import threading

from mongo import decode, encode

HELLO = {"ismaster": True, "isWritablePrimary": True, "helloOk": True,
         "maxBsonObjectSize": 16777216, "maxMessageSizeBytes": 48000000,
         "maxWriteBatchSize": 100000, "minWireVersion": 0,
         "maxWireVersion": 9, "readOnly": False, "ok": 1.0}


def answer(s):
    while True:
        head = s.recv(16, socket.MSG_WAITALL)
        if len(head) < 16:
            return
        n, number, _, op = struct.unpack("<iiii", head)
        body = s.recv(n - 16, socket.MSG_WAITALL)
        if op == 2004:  # OP_QUERY, with which every conversation begins
            out = struct.pack("<iqii", 8, 0, 0, 1) + encode(HELLO)
            op = 1
        else:
            command = next(iter(decode(body, 5)))
            out = struct.pack("<ib", 0, 0) + encode(
                HELLO if command in ("hello", "isMaster") else {"ok": 1.0})
        s.sendall(struct.pack("<iiii", len(out) + 16, 1, number, op) + out)


server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen(5)
print("ready", flush=True)
while True:
    threading.Thread(
        target=answer, args=(server.accept()[0],), daemon=True).start()
