#!/usr/bin/env python3
"""
What tw-chat writes, as a script that one would write: each line that names a
channel with the time, in a file for each channel and day. No marks, no holes told,
one connection, nothing done when it ends.

    chat.py PORT FOLDER < CHANNELS
"""
import datetime
import os
import signal
import socket
import sys

port, folder = int(sys.argv[1]), sys.argv[2]
channels = sys.stdin.read().split()
files = {}


def end(*_):
    for f in files.values():
        f.close()
    os._exit(0)


def file_of(channel, day):
    key = channel, day
    if key not in files:
        path = os.path.join(folder, channel.decode())
        os.makedirs(path, exist_ok=True)
        files[key] = open(os.path.join(path, day + ".log"), "ab")
    return files[key]


signal.signal(signal.SIGTERM, end)
s = socket.create_connection(("127.0.0.1", port))
s.sendall(b"CAP REQ :twitch.tv/tags twitch.tv/commands\r\nNICK justinfan1\r\n")
for i in range(0, len(channels), 20):
    some = ",".join("#" + c for c in channels[i:i + 20])
    s.sendall(b"JOIN " + some.encode() + b"\r\n")
rest = b""
while chunk := s.recv(65536):
    now = datetime.datetime.now(datetime.timezone.utc)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (now.microsecond // 1000)
    lines = (rest + chunk).split(b"\r\n")
    rest = lines.pop()
    touched = set()
    for line in lines:
        if line.startswith(b"PING"):
            s.sendall(b"PONG" + line[4:] + b"\r\n")
            continue
        words = line.split(b" ", 4)
        at = 3 if line.startswith(b"@") else 2
        if len(words) <= at or not words[at].startswith(b"#"):
            continue
        channel = words[at][1:]
        f = file_of(channel, stamp[:10])
        f.write(b"%s\tirc\t%s\t%s\n" % (stamp.encode(), channel, line))
        touched.add(f)
    for f in touched:
        f.flush()
