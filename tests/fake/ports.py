#!/usr/bin/env python3
"""ports - ports of 127.0.0.1 that nobody else gets while a test lives

  ports.py N PID    prints N ports and keeps them until process PID has gone

A server of a test is stopped and started again on its port. What the kernel
gives for port 0 can by then be another's: the end of a connection, or the server
of a test that runs beside it, which answers as if it were ours. So these lie
below the kernel's, and each is reserved by a socket that has its name; whoever
asks here passes over it.
"""
import os
import random
import socket
import sys
import time

FIRST = 10240


def reserve():
    """A port, and the socket that reserves it until it is closed."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as f:
        end = max(int(f.read().split()[0]), FIRST + 1024)
    while True:
        port = random.randrange(FIRST, end)
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind("\0tw-test-port-%d" % port)
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            name.close()
            continue
        return port, name


def lives(pid):
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def main():
    n, pid = int(sys.argv[1]), int(sys.argv[2])
    held = [reserve() for _ in range(n)]
    print(*(port for port, _ in held), flush=True)
    while lives(pid):
        time.sleep(1)


if __name__ == "__main__":
    main()
