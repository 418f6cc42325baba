#!/usr/bin/env python3
"""cutter - a proxy that cuts connections in the middle

  cutter.py PORT UPSTREAM-PORT LEAST MOST SEED [AT-ONCE]

Passes bytes between 127.0.0.1:PORT and 127.0.0.1:UPSTREAM-PORT and cuts each
connection after a random number of them, LEAST to MOST in both directions
together, every other one with a reset. Prints a line for each cut. Where there
are AT-ONCE connections, another one is reset at once, with a line "full".
"""
import random
import socket
import struct
import sys
import threading


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Pair:
    def __init__(self, a, b, budget, hard):
        self.open = True
        self.ends = a, b
        self.budget = budget
        self.hard = hard
        self.lock = threading.Lock()
        for x, y in ((a, b), (b, a)):
            threading.Thread(target=self.copy, args=(x, y), daemon=True).start()

    def close(self, cut):
        self.open = False
        for s in self.ends:
            try:
                # To wake the other thread, or the socket stays open.
                if cut and self.hard:
                    s.shutdown(socket.SHUT_RD)
                    reset(s)
                else:
                    s.shutdown(socket.SHUT_RDWR)
                    s.close()
            except OSError:
                pass

    def copy(self, x, y):
        try:
            while data := x.recv(4096):
                with self.lock:
                    n = min(len(data), max(self.budget, 0))
                    self.budget -= len(data)
                    over = self.budget <= 0
                y.sendall(data[:n])
                if over:
                    print("cut", flush=True)
                    self.close(True)
                    return
        except OSError:
            pass
        self.close(False)


def main():
    port, upstream, least, most, seed = map(int, sys.argv[1:6])
    at_once = int(sys.argv[6]) if len(sys.argv) > 6 else 1000
    pairs = []
    r = random.Random(seed)
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port))
    s.listen(50)
    while True:
        a, _ = s.accept()
        pairs = [p for p in pairs if p.open]
        if len(pairs) >= at_once:
            print("full", flush=True)
            reset(a)
            continue
        try:
            b = socket.create_connection(("127.0.0.1", upstream))
        except OSError:
            reset(a)
            continue
        pairs.append(Pair(a, b, r.randint(least, most), r.random() < 0.5))


main()
