"""scripts - a configuration, raw logs and a clock for the scripts of tw"""
import os
import re
import shutil
import subprocess

import base

NOW = "2026-11-12T03:00Z"
DAYS = ("2026-11-09", "2026-11-10", "2026-11-11")
CHANNELS = ("abend", "kurz")
CALLS = [
    ["tw-etl", "-q"], ["tw-etl", "--again", "STREAM", "-q"],
    ["tw-tidy", "-q"], ["tw-weekly", "--week", "2026-W46"],
    ["tw-weekly", "--week", "2026-W46", "-o", "report.html"],
    ["tw-status"], ["tw-status", "--metrics", "metrics.prom"], ["tw-crontab"],
    ["tw-track", "add", "kanal_neu"], ["tw-track", "list"],
    ["tw-watch", "--no-start", "-q"],
    ["tw-site", "www"],
]


class Ops:
    """A TW_DATA of two channels and three days; tw-etl has done none of it
    (`fresh("tw-etl")`) or all of it (any other)."""

    def __init__(self, folder, full, uri=None):
        self.folder, self.data = folder, folder / "data"
        self.conf = folder / "tw.conf"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.conf.write_text(
            "TW_DATA=%s\nTW_RETRY=0\nTW_TRIES=1\nTW_JOBS=2\n%s" % (
                self.data, "TW_URI=%s\n" % uri if uri else ""))
        raw = folder / "undone/raw"
        for kind in ("chat", "poll"):
            for channel in CHANNELS:
                to = raw / kind / channel
                to.mkdir(parents=True)
                for day in DAYS:
                    shutil.copy(full / kind / channel / (day + ".log"), to)
        (folder / "undone/channels").write_text(
            "".join(c + "\n" for c in CHANNELS))
        self.env = {"TW_CONF": str(self.conf), "TW_NOW": NOW,
                    "HOME": str(folder), "TMPDIR": str(folder / "tmp")}
        self.fresh("tw-etl")
        r = self.run(["tw-etl", "-q"])
        assert r.status == 0, r.err
        self.stream = "kurz/" + sorted(
            (self.data / "parts/kurz").glob("*.done"))[0].stem
        shutil.move(self.data, folder / "done")

    def fresh(self, script):
        self.remove(self.data)
        self.remove(self.folder / "tmp")
        (self.folder / "tmp").mkdir()
        shutil.copytree(
            self.folder / ("undone" if script in ("tw-etl", "tw-watch")
                           else "done"), self.data)

    def remove(self, folder):
        # A tw-etl that tw-watch started may still be at work there.
        for _ in range(20):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                return

    def run(self, argv, timeout=120):
        shutil.rmtree(self.folder / "cwd", ignore_errors=True)
        (self.folder / "cwd").mkdir()
        return self.run_here(argv, timeout)

    def run_here(self, argv, timeout=120):
        argv = [self.stream if x == "STREAM" else x for x in argv]
        if "tw-watch" in argv and argv[0] != base.FAULT:
            # It waits for what tw-watch starts in the background, too.
            argv = [base.FAULT, "-c", "fsync"] + argv
        r = base.run_again(argv, self.folder / "cwd", None, self.env, timeout)
        if self.data.exists() and (self.data / "lock").exists():
            subprocess.run(["flock", "-w", "60", self.data / "lock/etl",
                            "true"])
        return r

    def state(self):
        """All files but the run log, whose lines hold times; packed ones as
        they are inside; metrics without what others on this disk change."""
        found = {}
        for name, content in base.tree(self.data).items():
            if name.startswith(("log/", "lock/", "run/")) or \
                    name.endswith("/looked") or "/stop." in name:
                continue
            if name.endswith((".zst", ".gz")):
                name, end = name.rsplit(".", 1)
                content = subprocess.run(
                    ["zstd" if end == "zst" else "gzip", "-q", "-dc"],
                    input=content, stdout=subprocess.PIPE).stdout
            if name.endswith(".done"):
                content = b" ".join(content.split()[:2])
            found[name] = content
        for name, content in base.tree(self.folder / "cwd").items():
            if name.endswith(".prom"):
                content = re.sub(rb"\ntw_disk_free_bytes \d+", b"", content)
            found["cwd/" + name] = content
        return found

    def difference(self, want):
        now = self.state()
        return sorted(k for k in {*now, *want} if now.get(k) != want.get(k))
