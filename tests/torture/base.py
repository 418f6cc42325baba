"""base - what the parts of the torture share: runs, verdicts, inputs, servers"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BIN = pathlib.Path(os.environ.get("TW_BIN", ROOT / "build/plain"))
MODE = os.environ.get("TW_MODE", "plain")
SAN = MODE == "san"
FAULT = str(BIN / "tests/torture/fault")
ALLOC = str(BIN / "tests/torture/alloc.so")
CLOCK = str(BIN / "tests/torture/clock.so")
IRC = str(BIN / "tests/fake/irc")
LEDGER = str(BIN / "tests/fake/ledger")
TIMEOUT = 120 if SAN else 60
sys.path.insert(0, str(ROOT / "tests/fake"))

ENV = {k: v for k, v in os.environ.items()
       if not k.startswith("TW_") and not k.startswith("XDG_")}
ENV.update(LC_ALL="C", TZ="UTC",
           PATH="%s:%s:%s" % (BIN, ROOT / "scripts", os.environ["PATH"]))
if SAN:
    ENV["ASAN_OPTIONS"] = ("verify_asan_link_order=0:detect_leaks=0:"
                           "allocator_may_return_null=1:handle_abort=0")


class Result:
    def __init__(self, status, out, err, files, late):
        self.status, self.out, self.err = status, out, err
        self.files, self.late = files, late


def tree(folder):
    """All files below, their bytes by their path."""
    found = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def run(argv, folder, stdin=None, env=None, timeout=None):
    """Runs it in `folder`, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return run_again(argv, folder, stdin, env, timeout)


def run_again(argv, folder, stdin=None, env=None, timeout=None):
    p = subprocess.Popen(
        argv, cwd=folder, env={**ENV, **(env or {})}, start_new_session=True,
        stdin=open(stdin, "rb") if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    late = False
    try:
        out, err = p.communicate(timeout=timeout or TIMEOUT)
    except subprocess.TimeoutExpired:
        late = True
        kill_below(p.pid)
        out, err = p.communicate()
    return Result(p.returncode, out, err.decode(errors="replace"),
                  tree(folder), late)


def below(pid):
    """All processes that come from it."""
    found, parents = [], {pid}
    table = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rsplit(")", 1)[1].split()
            table.append((int(stat.parent.name), int(words[1])))
        except (OSError, IndexError):
            pass
    while parents:
        parents = {p for p, parent in table if parent in parents}
        found += parents
    return found


def name_of(pid):
    try:
        return pathlib.Path("/proc/%d/comm" % pid).read_text().strip()
    except OSError:
        return ""


def kill_below(pid):
    """Kills a process and all that come from it."""
    for p in [pid] + below(pid):
        try:
            os.kill(p, signal.SIGKILL)
        except OSError:
            pass


# Libraries that end the process, or crash, when there is no memory: libbson by
# design, libmongoc where it sets itself up (before main), and with it Cyrus SASL.
BY_DESIGN = re.compile(r"Failure to (re-)?allocate memory in bson_|"
                       r"mongoc-init.c:\d+ .*precondition failed|"
                       r"mongoc: Failed to initialize OpenSSL")
DIES_IN = ("libsasl2.", "libdigestmd5.", "libmongoc", "libbson", "libscram.")
LOADER = re.compile(r"error while loading shared libraries|"
                    r"cannot allocate memory in static TLS|"
                    r"cannot create|out of memory|Inconsistency detected by "
                    r"ld.so")


def judge(tool, got, want, hit):
    """What is wrong with a run in which something failed: words, or None.
    `hit` is who asked for what failed, `want` the run without it. Empty words:
    a library ended it, which is told and not our fault."""
    if got.late:
        return "hangs"
    # ASan tells a signal in its own way.
    signalled = (got.status < 0 or got.status > 128 or
                 "==ABORTING" in got.err)
    if signalled and (BY_DESIGN.search(got.err) or
                      (hit or "").startswith(DIES_IN)):
        return ""
    if got.status == 127 and LOADER.search(got.err):
        return ""
    if signalled:
        return "killed by a signal: status %d" % got.status
    if got.status == want.status and got.status in (0, 3):
        if got.out != want.out:
            return "says all is well, and its output is not whole"
        for name in want.files:
            if got.files.get(name) != want.files[name]:
                return "says all is well, and %s is not whole" % name
        for name in got.files:
            if name not in want.files:
                return "leaves %s behind" % name
        return None
    if got.status == 2 and want.status != 2:
        return "says that trying again is no use"
    if got.status != 1:
        return "ends with %d" % got.status
    if not re.search(r"^%s: " % re.escape(tool), got.err, re.M):
        return "fails without a word"
    for name, content in got.files.items():
        # An empty one is what the next run takes over: newfile.h.
        if name.endswith(".tmp") and content:
            return "leaves %s behind" % name
    return None


class Tally:
    """Counts runs and failures; prints TAP."""

    def __init__(self):
        self.n = self.bad = self.runs = self.wrong = self.design = 0
        self.begin = time.time()

    def case(self, name, runs, wrong, design=0, note=""):
        self.n += 1
        self.runs += runs
        self.wrong += len(wrong)
        self.design += design
        self.bad += bool(wrong)
        print("%s %d - %s: %d runs%s%s" % (
            "not ok" if wrong else "ok", self.n, name, runs,
            ", %d end by design of a library" % design if design else "",
            ", " + note if note else ""), flush=True)
        for line in wrong[:20]:
            print("#   " + line.replace("\n", "\n#   "), flush=True)
        if len(wrong) > 20:
            print("#   ... and %d more" % (len(wrong) - 20), flush=True)

    def end(self):
        print("1..%d" % self.n)
        print("# torture: %d cases, %d runs, %d failures, %d ended by design "
              "of a library, %d s" % (self.n, self.runs, self.wrong,
                                      self.design, time.time() - self.begin),
              flush=True)
        return 1 if self.bad else 0


def parallel(work, items, jobs=2):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(work, items))


def words_of(got):
    lines = got.err.strip().splitlines()
    return lines[-1][:200] if lines else "no words"


class Case:
    """A tool with its arguments; `stdin` is a file. It writes to its standard
    output and into the folder in which it runs."""

    def __init__(self, name, argv, stdin=None, env=None):
        self.name, self.argv, self.stdin = name, argv, stdin
        self.env = env or {}
        self.tool = argv[0]


def stamp_of(line):
    return line.split(b"\t", 1)[0]


def make_inputs(folder):
    """A small input in which there is much: an evening of one channel with its
    polls, sponsors, lines that are refused, all ways of packing."""
    full = folder / "full"
    subprocess.run([sys.executable, ROOT / "tests/fake/fortnight.py", full],
                   check=True, env=ENV)
    chat = (full / "chat/abend/2026-11-09.log").read_bytes().splitlines(True)
    poll = (full / "poll/abend/2026-11-09.log").read_bytes().splitlines(True)
    chat = [x for x in chat if b"T17:55" <= x[10:16] < b"T18:12"]
    poll = [x for i, x in enumerate(poll)
            if b"T17:55" <= x[10:16] < b"T20:20" and i % 4 == 0]
    one, two = chat[:len(chat) // 2], chat[len(chat) // 2:]
    (folder / "one.log").write_bytes(b"".join(one) + b"no raw line\n")
    (folder / "two.log").write_bytes(b"".join(two))
    (folder / "poll.log").write_bytes(b"".join(poll))
    subprocess.run(["zstd", "-q", "-f", folder / "two.log"], check=True)
    subprocess.run(["gzip", "-k", "-f", folder / "poll.log"], check=True)
    (folder / "bare.irc").write_bytes(
        (ROOT / "tests/cli/data/bare.in").read_bytes() +
        (ROOT / "tests/cli/data/mentions.in").read_bytes())
    shutil.copy(ROOT / "tests/cli/data/mentions.patterns",
                folder / "patterns")
    with open(folder / "patterns", "ab") as f:
        f.write(b"e\te\n")
    sh = lambda c: subprocess.run(  # noqa: E731
        ["sh", "-c", c], cwd=folder, env=ENV, stderr=subprocess.DEVNULL)
    sh("tw-parse -q --mentions patterns one.log two.log.zst poll.log.gz "
       ">events")
    sh("tw-parse -q bare.irc >bare.events")
    sh("tw-agg -q --window 1m events >stats")
    with open(folder / "stats", "ab") as f:
        f.write(b"{}\n")
    with open(folder / "events", "ab") as f:
        f.write(b"no JSON\n")
    assert (folder / "stats").stat().st_size > 10000
    return folder


def tool_cases(d):
    """Those that need no server."""
    week = ["--week", "2026-W46", "--tz", "Europe/Berlin"]
    cases = [
        Case("tw-parse", ["tw-parse", "-v", "-c", "abend", "--mentions",
                          d / "patterns", "--rejects", "rejects",
                          d / "one.log", d / "two.log.zst", d / "poll.log.gz"]),
        Case("tw-parse, bare IRC on standard input",
             ["tw-parse", "--rejects", "rejects"], d / "bare.irc"),
        Case("tw-agg", ["tw-agg", "-v", "--window", "1m", "--rejects",
                        "rejects", "-c", "abend", d / "events"]),
        Case("tw-agg --live", ["tw-agg", "--live", "--window", "5m"],
             d / "events"),
    ]
    for form in ("text", "csv", "json", "html"):
        of = ["--format", form]
        cases += [
            Case("tw-report weekly " + form,
                 ["tw-report", "weekly", "-v", *of, *week, d / "stats"]),
            Case("tw-report history " + form,
                 ["tw-report", "history", "abend", *of, d / "stats"]),
            Case("tw-report stream " + form,
                 ["tw-report", "stream", "abend", "latest", *of],
                 d / "stats"),
            Case("tw-report mentions " + form,
                 ["tw-report", "mentions", *of, d / "events", d / "stats"]),
        ]
    cases += [
        Case("tw-report -o", ["tw-report", "history", "abend", "-o",
                              "report.html", d / "stats"]),
        Case("tw-report live", ["tw-report", "live", "--once"], d / "stats"),
        Case("tw-report site",
             ["tw-report", "site", "-o", "www", "--tz", "Europe/Berlin",
              d / "stats"]),
    ]
    for c in cases:
        c.argv = [str(x) for x in c.argv]
    return cases


class Server:
    """One of tests/fake that takes commands from its standard input."""

    def __init__(self, argv):
        self.p = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env=ENV,
            start_new_session=True)
        self.port = int(self.p.stdout.readline().split()[1])

    def say(self, *words):
        self.p.stdin.write(" ".join(map(str, words)) + "\n")
        self.p.stdin.flush()
        return self.p.stdout.readline().rstrip("\n")

    def end(self):
        try:
            self.p.stdin.close()
        except OSError:
            pass
        try:
            self.p.wait(10)
        except subprocess.TimeoutExpired:
            self.p.kill()
        self.p.wait()
        self.p.stdout.close()


def irc_server(ledger):
    s = Server([IRC, "-l", str(ledger)])
    s.env = {"TW_IRC_URL": "irc://127.0.0.1:%d" % s.port,
             "TW_CHAT_JOIN_RATE": "1000/1"}
    return s


def helix_server(folder):
    s = Server([sys.executable, str(ROOT / "tests/fake/helix.py"), "--ledger",
                str(folder / "helix.ledger")])
    (folder / "secret").write_text("goodsecret\n")
    s.env = {"TW_HELIX_URL": "http://127.0.0.1:%d/helix" % s.port,
             "TW_AUTH_URL": "http://127.0.0.1:%d/oauth2" % s.port,
             "TW_CLIENT_ID": "goodclient",
             "TW_CLIENT_SECRET_FILE": str(folder / "secret")}
    return s


class Mongod:
    def __init__(self, folder):
        import ports
        self.port, self.reserved = ports.reserve()
        self.binary = subprocess.run(
            [ROOT / "scripts/mongod"], stdout=subprocess.PIPE, text=True,
            check=True).stdout.strip()
        self.folder = folder
        folder.mkdir()
        self.start()

    def start(self):
        import mongo
        self.p = subprocess.Popen(
            [self.binary, "--port", str(self.port), "--bind_ip", "127.0.0.1",
             "--dbpath", self.folder, "--wiredTigerCacheSizeGB", "0.25",
             "--setParameter", "diagnosticDataCollectionEnabled=false",
             "--nounixsocket"],
            stdout=open(self.folder / "out", "ab"), stderr=subprocess.STDOUT,
            start_new_session=True)
        mongo.wait_until_ready(self.port, False)

    def kill(self):
        self.p.kill()
        self.p.wait()

    def end(self):
        self.p.terminate()
        self.p.wait()

    def client(self):
        import mongo
        # Millions of documents are counted on a machine that does more.
        return mongo.Client(self.port, 1200)

    def uri(self, db):
        return "mongodb://127.0.0.1:%d/%s" % (self.port, db)

    def counts(self, db):
        """Documents of chatLogs, their distinct ids, documents of chatStats."""
        c = self.client()
        n = c.all(db, "chatLogs", [
            {"$group": {"_id": "$_id", "n": {"$sum": 1}}},
            {"$group": {"_id": None, "ids": {"$sum": 1},
                        "docs": {"$sum": "$n"}}}])
        s = c.all(db, "chatStats", [{"$count": "n"}])
        docs, ids = (n[0]["docs"], n[0]["ids"]) if n else (0, 0)
        return docs, ids, s[0]["n"] if s else 0

    def drop(self, db):
        self.client().must(db, {"dropDatabase": 1})


class Work:
    """A folder that goes at the end."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="torture."))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)
