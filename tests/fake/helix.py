#!/usr/bin/env python3
r"""A scripted fake of Twitch's OAuth and Helix API, for tests of tw-poll.

    helix.py [--port 0] [--cert F --key F] [--ledger FILE]

Binds 127.0.0.1 and prints `ready PORT`. Then reads commands from standard
input, one a line, and answers each with one line: `ok ...` or `error why`.
At end of input, at SIGTERM, or after 30 minutes it exits with 0.

    TW_HELIX_URL=http://127.0.0.1:PORT/helix      /streams, /users
    TW_AUTH_URL=http://127.0.0.1:PORT/oauth2      /token, /validate
    TW_CLIENT_ID=goodclient, the secret is `goodsecret`

PATH below is one of `streams`, `users`, `token`, `validate`, `other`
(everything else that is asked for).


COMMANDS

  user LOGIN...             these exist; one that is live stays live
  live LOGIN VIEWERS [JSON] the channel is live. Members of the JSON object
                            replace those of the default object or are added
                            at its end; the text of each value goes on the
                            wire as given. `id` and `started_at` stay until
                            the channel goes offline; other members are not
                            kept from an earlier `live`
  object LOGIN RAWJSON      the channel is live with this object, which is
                            put on the wire byte for byte, valid or not
  offline LOGIN...          these exist and are not live
  gone LOGIN...             these do not exist
  token EXPIRES_IN          lifetime, in s, of tokens given from now on
  revoke                    all tokens given so far become invalid
  limit POINTS PER_MIN      the token bucket, full (at start: 800 800)
  idle MS                   close a connection on which no request begins
                            for MS; 0: never (at start)
  fault PATH KIND [ARG] [COUNT]
                            spoil the next COUNT requests (default 1; `*`:
                            for ever). Faults of a path wait in line
  faults                    ok + number of pending (`*` counts as 1)
  clear [PATH]              forget the pending faults (also those of `*`)
  requests PATH             ok + number of requests, answered or not
  wait PATH N TIMEOUT_MS    ok when at least N requests have been finished
                            since the start (their ledger lines are
                            written), else error. Commands behind it wait
  seen                      ok + JSON: connections, requests by path,
                            unauthorized (401s), too_many (429s), tokens
                            (given), max_logins (in one request),
                            max_parallel (requests), secrets_in_url,
                            tls_failures, bad_requests (not HTTP; not counted
                            elsewhere), internal_errors. Plain answers take
                            under 1 ms: to see parallel requests, `fault
                            streams slow 200 *`


FAULTS

  Answers without the truth in them:
  status CODE [BODY]   BODY is the rest of the line, without a COUNT at its
                       end; default: Twitch's error body
  429 SECONDS          Ratelimit-Remaining 0, Ratelimit-Reset now + SECONDS;
                       `429 none`: no Ratelimit headers at all
  garbage              200 with HTML
  empty                200 with "data":[] and no cursor
  nodata               200 with {}
  redirect             302 to /elsewhere on this server (PATH `other`)

  Answers that do not arrive whole:
  hang                 never answered; held until closed, or for 120 s
  close                closed without a byte
  reset                the same with RST
  cut N                full Content-Length, N bytes of body, closed
  cutchunk N           chunked, N bytes of body, closed without last chunk

  Correct answers, sent in an odd way:
  slow MS              after MS
  drip MS              one byte every MS, from the status line on
  chunked SIZE         in chunks of SIZE bytes
  nolength             HTTP/1.0, ended by close
  gzip                 Content-Encoding: gzip if the request accepts it

  Correct, with odd pages (only streams; taken by a request without `after`,
  the pages behind its cursor belong to it):
  short N              at most N items a page
  emptypage            an empty page with a cursor, then the rest
  tail                 everything with a cursor, then an empty page
  dup                  two pages; the last item of the first is also the
                       first of the second
  extra                also an object of `not_asked_for`, which nobody asked
                       for


BEHAVIOUR

As in twitch.md 3. In particular: `first` is 20 unless given; more than 100
of a parameter, `first` out of 1..100, an unknown cursor, a login with bytes
that no login has: 400. Upper case in a login matches nothing. Pages are of
one snapshot, made when the first was asked for (`first` of the others is
ignored); cursors need URL encoding. A Client-Id is needed with each token.
Each authorized Helix request that is answered costs one point. Faults are
taken before anything about the request is checked. Secrets are taken from
the form body only.


LEDGER

One JSON object a line, appended when the request is finished (for a client
that is some microseconds after it has the answer: `wait` first):

  t        ms UTC when the request had arrived
  n        number of the request, from 1, in order of arrival
  path     PATH
  conn     number of the connection, from 1
  logins   asked for, as they were (streams and users)
  status   absent when nothing was answered
  fault    KIND, absent when there was none
  token    number of the token sent, or for `token` given, from 1; 0: not a
           token of ours; absent: none. Never its text
  aborted  true: the client went away before all was sent
  hits     {login: viewers}, only of streams, only when all was answered
           with 200 and sent; viewers null if `object` has no viewer_count
  misses   [logins] asked for and not live; of paginated answers only on the
           last page, and then those absent from all pages
  listing, page, more
           only of paginated answers: which pages belong together, number of
           the page from 1, whether a cursor was given
"""

import argparse
import base64
import collections
import dataclasses
import gzip
import http
import json
import math
import os
import re
import secrets
import signal
import socket
import ssl
import struct
import sys
import threading
import time
import traceback
import urllib.parse

CLIENT_ID = 'goodclient'
SECRET = 'goodsecret'
TOKEN_PREFIX = 'tok3n'

LIFETIME_S = 30 * 60
HANG_S = 120
SEND_TIMEOUT_S = 60
MAX_HEAD = 65536
MAX_BODY = 1 << 20

PATHS = ('streams', 'users', 'token', 'validate', 'other')
ROUTES = {
    ('GET', '/helix/streams'): 'streams',
    ('GET', '/helix/users'): 'users',
    ('POST', '/oauth2/token'): 'token',
    ('GET', '/oauth2/validate'): 'validate',
}
HELIX = ('streams', 'users')

JSON_TYPE = 'application/json; charset=utf-8'
OWN_LOGIN = re.compile(r'[a-z0-9_]{1,25}')
# What stands in a JSON object before names and before values.
BEFORE_NAME = re.compile(r'\s*[{,]?\s*')
BEFORE_VALUE = re.compile(r'\s*:\s*')
ASKED_LOGIN = re.compile(r'[A-Za-z0-9_]{1,25}')
ASKED_ID = re.compile(r'[0-9]{1,20}')

# What ARG a kind of fault takes.
FAULT_ARG = {
    'status': 'status', '429': 'reset', 'garbage': None, 'empty': None,
    'nodata': None, 'redirect': None, 'hang': None, 'close': None,
    'reset': None, 'cut': 0, 'cutchunk': 0, 'slow': 0, 'drip': 0,
    'chunked': 1, 'nolength': None, 'gzip': None, 'short': 1,
    'emptypage': None, 'tail': None, 'dup': None, 'extra': None,
}
PAGING = ('short', 'emptypage', 'tail', 'dup', 'extra')
SILENT = ('hang', 'close', 'reset')


def to_bytes(text):
    """Bytes of a text that to_text made."""
    return text.encode('utf-8', 'surrogateescape')


def to_text(data):
    """Text that holds any bytes."""
    return data.decode('utf-8', 'surrogateescape')


def compact(value):
    """JSON text without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'))


def as_int(text, low=None):
    """The integer that a command names."""
    if not re.fullmatch(r'-?[0-9]{1,15}', text):
        raise ValueError(f'not a number: {text}')
    number = int(text)
    if low is not None and number < low:
        raise ValueError(f'less than {low}: {text}')
    return number


# ---------------------------------------------------------------- the world


@dataclasses.dataclass
class Channel:
    """A channel that exists; live when `raw` is there."""
    login: str
    user_id: str
    raw: bytes = None
    viewers: int = None
    stream_id: str = None
    started_at: str = None


@dataclasses.dataclass
class Token:
    """A token that was given; never in the ledger but as its number."""
    number: int
    ends: float
    revoked: bool = False

    def valid(self):
        return not self.revoked and time.monotonic() < self.ends


@dataclasses.dataclass
class Fault:
    """What is to go wrong; count None is for ever."""
    kind: str
    arg: object
    count: int


@dataclasses.dataclass
class Listing:
    """The pages of one Get Streams: lists of (login, viewers, raw)."""
    number: int
    pages: list
    asked: list
    extra: bytes = None


class Bucket:
    """Points that refill steadily (twitch.md 3.2)."""

    def __init__(self, size, per_minute):
        self.size = size
        self.rate = per_minute / 60
        self.points = float(size)
        self.then = time.monotonic()

    def refill(self):
        now = time.monotonic()
        self.points = min(self.size,
                          self.points + (now - self.then) * self.rate)
        self.then = now

    def spend(self):
        """Take a point, if there is one."""
        self.refill()
        if self.points < 1:
            return False
        self.points -= 1
        return True

    def headers(self):
        self.refill()
        wait = (self.size - self.points) / self.rate if self.rate else 60
        return rate_headers(self.size, int(self.points), wait)


def rate_headers(size, remaining, wait):
    """The three headers; `wait` is in seconds from now."""
    return [('Ratelimit-Limit', size), ('Ratelimit-Remaining', remaining),
            ('Ratelimit-Reset', math.ceil(time.time() + wait))]


class Ledger:
    """One JSON object a line, each written at once and whole."""

    def __init__(self, path):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self.fd = os.open(path, flags, 0o644) if path else None

    def write(self, entry):
        if self.fd is not None:
            line = json.dumps(entry, separators=(',', ':')) + '\n'
            os.write(self.fd, line.encode('ascii'))


class World:
    """All state. Whoever touches it holds `lock`."""

    def __init__(self, ledger):
        self.lock = threading.Condition()
        self.ledger = ledger
        self.channels = {}
        self.user_ids = {}
        self.login_of = {}
        self.streams = 0
        self.tokens = {}
        self.token_life = 5011271
        self.bucket = Bucket(800, 800)
        self.idle_s = None
        self.listings = 0
        self.cursors = {}
        self.faults = {path: collections.deque() for path in PATHS}
        self.begun = dict.fromkeys(PATHS, 0)
        self.finished = dict.fromkeys(PATHS, 0)
        self.running = 0
        self.seen = dict.fromkeys(
            ('connections', 'unauthorized', 'too_many', 'max_logins',
             'max_parallel', 'secrets_in_url', 'tls_failures',
             'bad_requests', 'internal_errors'), 0)

    def channel(self, login):
        """The channel of this login, made when there is none."""
        if not OWN_LOGIN.fullmatch(login):
            raise ValueError(f'not a login: {login}')
        if login not in self.channels:
            user_id = self.user_ids.setdefault(
                login, str(500100000 + len(self.user_ids)))
            self.login_of[user_id] = login
            self.channels[login] = Channel(login, user_id)
        return self.channels[login]

    def count(self, what):
        with self.lock:
            self.seen[what] += 1
            return self.seen[what]

    def begin(self, request):
        """Count a request; its number and its fault, if any."""
        with self.lock:
            self.begun[request.path] += 1
            self.running += 1
            seen = self.seen
            seen['max_parallel'] = max(seen['max_parallel'], self.running)
            seen['max_logins'] = max(seen['max_logins'], len(request.logins))
            if SECRET in request.target or TOKEN_PREFIX in request.target:
                seen['secrets_in_url'] += 1
            return sum(self.begun.values()), self.take_fault(request)

    def take_fault(self, request):
        queue = self.faults[request.path]
        if not queue or (queue[0].kind in PAGING and request.get('after')):
            return None
        fault = queue[0]
        if fault.count is not None:
            fault.count -= 1
            if not fault.count:
                queue.popleft()
        return fault

    def finish(self, request, entry):
        """Write the ledger, then tell those who wait."""
        with self.lock:
            self.seen['unauthorized'] += entry.get('status') == 401
            self.seen['too_many'] += entry.get('status') == 429
            self.ledger.write(entry)
            self.running -= 1
            self.finished[request.path] += 1
            self.lock.notify_all()


# ------------------------------------------------------------- the protocol


class BadRequest(Exception):
    """A request that is not HTTP as we know it."""


@dataclasses.dataclass
class Request:
    """One request, as it came."""
    method: str
    target: str
    version: str
    headers: dict
    body: bytes = b''
    arrived: int = 0
    path: str = 'other'
    query: dict = dataclasses.field(default_factory=dict)
    logins: list = dataclasses.field(default_factory=list)

    def locate(self):
        """Find out which endpoint is meant, and what is asked of it."""
        path, _, query = self.target.partition('?')
        self.path = ROUTES.get((self.method, path), 'other')
        self.query = parse_form(query)
        if self.path in HELIX:
            key = 'user_login' if self.path == 'streams' else 'login'
            self.logins = self.query.get(key, [])
        self.arrived = time.time_ns() // 1000000

    def get(self, key):
        """The last value of a parameter, or None."""
        return self.query.get(key, [None])[-1]

    def keep_alive(self):
        words = self.headers.get('connection', '').lower()
        if self.version == 'HTTP/1.0':
            return 'keep-alive' in words
        return 'close' not in words

    def token_text(self, schemes):
        """What follows `Bearer` or so; None without one."""
        scheme, _, text = self.headers.get('authorization', '').partition(' ')
        return text.strip() or None if scheme.lower() in schemes else None


def parse_form(text):
    """Parameters of a query or of a form: lists by key."""
    form = {}
    for key, value in urllib.parse.parse_qsl(
            text, keep_blank_values=True, errors='surrogateescape'):
        form.setdefault(key, []).append(value)
    return form


def parse_head(head):
    """The request that these bytes (without the empty line) begin."""
    lines = head.decode('latin-1').split('\r\n')
    words = lines[0].split(' ')
    if len(words) != 3 or words[2] not in ('HTTP/1.0', 'HTTP/1.1'):
        raise BadRequest('request line')
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(':')
        if not colon or name != name.strip() or not name:
            raise BadRequest('header line')
        headers[name.lower()] = value.strip()
    if words[2] == 'HTTP/1.1' and 'host' not in headers:
        raise BadRequest('no Host')
    return Request(*words, headers)


@dataclasses.dataclass
class Answer:
    """What to tell; `note` holds members for the ledger."""
    status: int
    body: bytes
    headers: list = dataclasses.field(default_factory=list)
    kind: str = JSON_TYPE
    note: dict = dataclasses.field(default_factory=dict)

    def bodiless(self):
        return self.status < 200 or self.status in (204, 304)

    def head(self, framing, keep, version='HTTP/1.1'):
        """Status line and headers."""
        lines = [f'{version} {self.status} {phrase(self.status)}',
                 f'Content-Type: {self.kind}',
                 f'Connection: {"keep-alive" if keep else "close"}']
        lines += [f'{name}: {value}' for name, value in self.headers]
        lines += [f'{name}: {value}' for name, value in framing]
        return ('\r\n'.join(lines) + '\r\n\r\n').encode('ascii')


def phrase(status):
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return 'Odd'


def helix_error(status, message):
    return Answer(status, to_bytes(compact(
        {'error': phrase(status), 'status': status, 'message': message})))


def auth_error(status, message):
    return Answer(status, to_bytes(compact(
        {'status': status, 'message': message})))


class Wire:
    """A connection: reads requests, sends bytes."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b''
        self.keep = True

    def receive(self, idle_s):
        """More bytes into the buffer; False at the end."""
        self.sock.settimeout(idle_s)
        data = self.sock.recv(65536)
        self.buffer += data
        return bool(data)

    def read_request(self, idle_s):
        """The next request, or None when there is none."""
        while b'\r\n\r\n' not in self.buffer:
            if len(self.buffer) > MAX_HEAD:
                raise BadRequest('head too long')
            if not self.receive(idle_s):
                return None
        head, _, self.buffer = self.buffer.partition(b'\r\n\r\n')
        request = parse_head(head)
        if not self.read_body(request):
            return None
        request.locate()
        return request

    def read_body(self, request):
        """Read the body into the request; False if it ends early."""
        length = request.headers.get('content-length', '0')
        if 'transfer-encoding' in request.headers or not length.isdecimal() \
                or int(length) > MAX_BODY:
            raise BadRequest('length of body')
        if request.headers.get('expect', '').lower() == '100-continue':
            self.send(b'HTTP/1.1 100 Continue\r\n\r\n')
        while len(self.buffer) < int(length):
            if not self.receive(SEND_TIMEOUT_S):
                return False
        request.body = self.buffer[:int(length)]
        self.buffer = self.buffer[int(length):]
        return True

    def send(self, data):
        self.sock.settimeout(SEND_TIMEOUT_S)
        self.sock.sendall(data)

    def pause(self, seconds):
        """Wait; raises an OSError if the client goes away meanwhile."""
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return
            try:
                if not self.receive(left):
                    raise ConnectionAbortedError
            except TimeoutError:
                return

    def reset(self):
        """Close with RST."""
        linger = struct.pack('ii', 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.sock.close()

    def end(self):
        """Close in order, TLS with close_notify."""
        try:
            if isinstance(self.sock, ssl.SSLSocket):
                self.sock.settimeout(1)
                self.sock.unwrap()
        except (OSError, ValueError):
            pass
        self.sock.close()


# ------------------------------------------------------------ the endpoints


def find_token(world, text):
    """The token of this text if it is valid."""
    token = world.tokens.get(text)
    return token if token and token.valid() else None


def guard(world, request):
    """Headers and points, twitch.md 3.2 and 3.3: an Answer if refused."""
    text = request.token_text(('bearer',))
    if text is None:
        return helix_error(401, 'OAuth token is missing')
    if not find_token(world, text):
        return helix_error(401, 'Invalid OAuth token')
    if request.headers.get('client-id') != CLIENT_ID:
        return helix_error(401, 'Client ID and OAuth token do not match')
    if not world.bucket.spend():
        return helix_error(429, 'Too Many Requests')
    return None


def helix(endpoint):
    """An endpoint with authorization and rate limit around it."""
    def guarded(world, request, fault):
        answer = guard(world, request) or endpoint(world, request, fault)
        answer.headers += world.bucket.headers()
        return answer
    return guarded


def give_token(world, request, _fault):
    """POST /oauth2/token, twitch.md 3.1."""
    kind = request.headers.get('content-type', '').partition(';')[0].strip()
    form = {}
    if kind.lower() == 'application/x-www-form-urlencoded':
        form = parse_form(to_text(request.body))
    fields = {key: values[-1] for key, values in form.items()}
    for key in ('client_id', 'client_secret', 'grant_type'):
        if not fields.get(key):
            return auth_error(400, 'missing ' + key.replace('_', ' '))
    if fields['client_id'] != CLIENT_ID:
        return auth_error(400, 'invalid client')
    if fields['client_secret'] != SECRET:
        return auth_error(403, 'invalid client secret')
    if fields['grant_type'] != 'client_credentials':
        return auth_error(400, 'invalid grant type')
    text = TOKEN_PREFIX + secrets.token_hex(13)
    number = len(world.tokens) + 1
    world.tokens[text] = Token(number, time.monotonic() + world.token_life)
    body = {'access_token': text, 'expires_in': world.token_life,
            'token_type': 'bearer'}
    return Answer(200, to_bytes(compact(body)), note={'token': number})


def validate(world, request, _fault):
    """GET /oauth2/validate, twitch.md 3.1."""
    text = request.token_text(('oauth', 'bearer'))
    token = find_token(world, text)
    if text is None:
        return auth_error(401, 'missing authorization token')
    if not token:
        return auth_error(401, 'invalid access token')
    body = {'client_id': CLIENT_ID, 'scopes': [],
            'expires_in': int(token.ends - time.monotonic())}
    return Answer(200, to_bytes(compact(body)))


def malformed(logins, ids):
    return not (all(map(ASKED_LOGIN.fullmatch, logins))
                and all(map(ASKED_ID.fullmatch, ids)))


def named(world, logins, ids):
    """The channels asked for that exist, each once."""
    names = logins + [world.login_of.get(user_id) for user_id in ids]
    found = (world.channels.get(name) for name in dict.fromkeys(names))
    return [channel for channel in found if channel]


def get_users(world, request, _fault):
    """GET /helix/users, twitch.md 3.5."""
    ids = request.query.get('id', [])
    if not request.logins and not ids:
        return helix_error(400, 'Must provide an ID, Login or OAuth Token')
    if len(request.logins) + len(ids) > 100:
        return helix_error(400, 'The number of IDs and logins exceeds 100')
    if malformed(request.logins, ids):
        return helix_error(
            400, 'Invalid login names, emails or IDs in request')
    data = [user_object(each) for each in named(world, request.logins, ids)]
    return Answer(200, to_bytes(compact({'data': data})))


def user_object(channel):
    return {
        'id': channel.user_id, 'login': channel.login,
        'display_name': channel.login.title(), 'type': '',
        'broadcaster_type': 'partner', 'description': '',
        'profile_image_url': '', 'offline_image_url': '',
        'view_count': 0, 'created_at': '2016-12-14T20:32:28Z',
    }


def get_streams(world, request, fault):
    """GET /helix/streams, twitch.md 3.4."""
    ids = request.query.get('user_id', [])
    if len(request.logins) > 100 or len(ids) > 100:
        return helix_error(400, 'The number of user_login or user_id values '
                                'exceeds 100')
    if malformed(request.logins, ids):
        return helix_error(400, 'Malformed query params.')
    first = request.get('first') or '20'
    if not first.isdecimal() or not 1 <= int(first) <= 100:
        return helix_error(400, 'The parameter "first" was malformed: the '
                                'value must be from 1 to 100')
    if request.get('before'):
        return helix_error(400, 'This fake has no "before".')
    if request.get('after'):
        if request.get('after') not in world.cursors:
            return helix_error(400, 'Invalid cursor.')
        return page_answer(world, *world.cursors[request.get('after')])
    listing = make_listing(world, request, ids, int(first), fault)
    return page_answer(world, listing, 0)


def make_listing(world, request, ids, first, fault):
    """A snapshot of what is live now of what was asked for, in pages."""
    if request.logins or ids:
        channels = named(world, request.logins, ids)
    else:
        channels = world.channels.values()
    items = [(channel.login, channel.viewers, channel.raw)
             for channel in channels if channel.raw is not None]
    items.sort(key=lambda item: item[1] or 0, reverse=True)
    kind, arg = (fault.kind, fault.arg) if fault else (None, None)
    world.listings += 1
    listing = Listing(world.listings, split_pages(items, first, kind, arg),
                      request.logins)
    if kind == 'extra':
        listing.extra = extra_object()
    return listing


def split_pages(items, first, kind=None, arg=None):
    """Pages of `first` items, or as odd as the fault has them."""
    if kind == 'dup' and items:
        half = min(first, (len(items) + 1) // 2)
        return [items[:half]] + split_pages(items[half - 1:], first)
    size = min(first, arg) if kind == 'short' else first
    pages = [items[at:at + size]
             for at in range(0, len(items), size)] or [[]]
    if kind == 'emptypage':
        pages.insert(0, [])
    if kind == 'tail':
        pages.append([])
    return pages


def make_cursor(world, listing, page):
    """A cursor that comes back only if it is URL-encoded."""
    text = compact({'b': {}, 'a': {'Listing': listing.number, 'Page': page}})
    cursor = base64.b64encode(text.encode()).decode().rstrip('=') + '+/=='
    world.cursors[cursor] = (listing, page)
    return cursor


def page_answer(world, listing, page):
    """One page, and what the ledger says of it."""
    items = listing.pages[page]
    raws = [raw for _, _, raw in items]
    if listing.extra and page == 0:
        raws.insert(0, listing.extra)
    more = page + 1 < len(listing.pages)
    pagination = {}
    if more:
        pagination = {'cursor': make_cursor(world, listing, page + 1)}
    body = b'{"data":[%b],"pagination":%b}' % (
        b','.join(raws), to_bytes(compact(pagination)))
    note = {'hits': {login: viewers for login, viewers, _ in items}}
    if not more:
        live = {item[0] for items in listing.pages for item in items}
        note['misses'] = [login for login in dict.fromkeys(listing.asked)
                          if login not in live]
    if len(listing.pages) > 1:
        note.update(listing=listing.number, page=page + 1, more=more)
    return Answer(200, body, note=note)


def stream_members(channel, viewers):
    """The default stream object: raw values by name, in Twitch's order."""
    login = channel.login
    values = {
        'id': channel.stream_id, 'user_id': channel.user_id,
        'user_login': login, 'user_name': login.title(),
        'game_id': '509658', 'game_name': 'Just Chatting', 'type': 'live',
        'title': 'Stream von ' + login.title(), 'tags': ['Deutsch'],
        'viewer_count': viewers, 'started_at': channel.started_at,
        'language': 'de',
        'thumbnail_url': 'https://static-cdn.jtvnw.net/previews-ttv/'
                         f'live_user_{login}-{{width}}x{{height}}.jpg',
        'tag_ids': [], 'is_mature': False,
    }
    return {key: compact(value) for key, value in values.items()}


def join_members(members):
    return to_bytes('{%s}' % ','.join(
        f'{json.dumps(key)}:{raw}' for key, raw in members.items()))


def extra_object():
    channel = Channel('not_asked_for', '999', stream_id='49999999999',
                      started_at='2026-03-10T15:04:21Z')
    return join_members(stream_members(channel, 999999))


def not_found(_world, _request, _fault):
    return helix_error(404, '')


ENDPOINTS = {
    'streams': helix(get_streams), 'users': helix(get_users),
    'token': give_token, 'validate': validate, 'other': not_found,
}


# --------------------------------------------------------------- the faults


# Answers without the truth in them: (request, arg) -> Answer


def status_answer(request, arg):
    """An answer of any status, with a body of any bytes."""
    code, body = arg
    error = helix_error if request.path in HELIX else auth_error
    answer = error(code, 'Invalid OAuth token' if code == 401 else '')
    if body is not None:
        answer.body = to_bytes(body)
    return answer


def garbage_answer(_request, _arg):
    return Answer(200, b'<!DOCTYPE html>\n<title>Oops</title>\n'
                       b'<p>Try again later.</p>\n', kind='text/html')


CANNED = {
    'status': status_answer,
    'garbage': garbage_answer,
    'empty': lambda *_: Answer(200, b'{"data":[],"pagination":{}}'),
    'nodata': lambda *_: Answer(200, b'{}'),
    'redirect': lambda *_: Answer(302, b'', [('Location', '/elsewhere')]),
}


def canned(world, request, fault):
    """The answer of a fault that has its own, None of any other."""
    if fault and fault.kind == '429':
        answer = helix_error(429, 'Too Many Requests')
        if fault.arg is not None:
            answer.headers = rate_headers(world.bucket.size, 0, fault.arg)
        return answer
    if not fault or fault.kind not in CANNED:
        return None
    answer = CANNED[fault.kind](request, fault.arg)
    if request.path in HELIX:
        world.bucket.spend()
        answer.headers += world.bucket.headers()
    return answer


def chunks(body, size):
    """The body in chunks, without the last, empty one."""
    parts = (body[at:at + size] for at in range(0, len(body), size))
    return b''.join(b'%x\r\n%b\r\n' % (len(part), part) for part in parts)


# Each way to send: (wire, answer, arg, request) -> sent whole?


def send_plain(wire, answer, _arg=None, _request=None):
    if answer.bodiless():
        wire.send(answer.head([], wire.keep))
    else:
        framing = [('Content-Length', len(answer.body))]
        wire.send(answer.head(framing, wire.keep) + answer.body)
    return True


def send_cut(wire, answer, arg, _request):
    framing = [('Content-Length', len(answer.body))]
    wire.send(answer.head(framing, wire.keep) + answer.body[:arg])
    wire.sock.close()
    return arg >= len(answer.body)


def send_cut_chunk(wire, answer, arg, _request):
    framing = [('Transfer-Encoding', 'chunked')]
    wire.send(answer.head(framing, wire.keep)
              + chunks(answer.body[:arg], 1024))
    wire.sock.close()
    return False


def send_chunked(wire, answer, arg, _request):
    framing = [('Transfer-Encoding', 'chunked')]
    wire.send(answer.head(framing, wire.keep)
              + chunks(answer.body, arg) + b'0\r\n\r\n')
    return True


def send_drip(wire, answer, arg, _request):
    framing = [('Content-Length', len(answer.body))]
    data = answer.head(framing, wire.keep) + answer.body
    for at in range(len(data)):
        wire.send(data[at:at + 1])
        wire.pause(arg / 1000)
    return True


def send_no_length(wire, answer, _arg, _request):
    wire.keep = False
    wire.send(answer.head([], False, 'HTTP/1.0') + answer.body)
    return True


def send_gzip(wire, answer, _arg, request):
    if 'gzip' in request.headers.get('accept-encoding', '').lower():
        answer.body = gzip.compress(answer.body)
        answer.headers.append(('Content-Encoding', 'gzip'))
    return send_plain(wire, answer)


SENDERS = {
    'cut': send_cut, 'cutchunk': send_cut_chunk, 'chunked': send_chunked,
    'drip': send_drip, 'nolength': send_no_length, 'gzip': send_gzip,
}


def be_silent(wire, kind):
    """The faults that answer nothing."""
    if kind == 'hang':
        wire.pause(HANG_S)
    if kind == 'reset':
        wire.reset()
    else:
        wire.sock.close()


# --------------------------------------------------------- one request, all


def respond(world, wire, request, fault, entry):
    """Answer a request, and note in `entry` what happened."""
    kind, arg = (fault.kind, fault.arg) if fault else (None, None)
    if kind in SILENT:
        be_silent(wire, kind)
        return
    if kind == 'slow':
        wire.pause(arg / 1000)
    with world.lock:
        answer = (canned(world, request, fault)
                  or ENDPOINTS[request.path](world, request, fault))
    entry['status'] = answer.status
    if 'token' in answer.note:
        entry['token'] = answer.note['token']
    whole = SENDERS.get(kind, send_plain)(wire, answer, arg, request)
    if whole:
        entry.update(answer.note)


def handle(world, wire, request, conn):
    """One request from its arrival to its line in the ledger."""
    number, fault = world.begin(request)
    entry = {'t': request.arrived, 'n': number, 'path': request.path,
             'conn': conn}
    if request.path in HELIX:
        entry['logins'] = request.logins
    if fault:
        entry['fault'] = fault.kind
    text = request.token_text(('oauth', 'bearer'))
    if text is not None:
        token = world.tokens.get(text)
        entry['token'] = token.number if token else 0
    wire.keep = wire.keep and request.keep_alive()
    try:
        respond(world, wire, request, fault, entry)
    except OSError:
        wire.keep = False
        entry['aborted'] = True
    finally:
        world.finish(request, entry)


def serve(world, wire, conn):
    """All requests of a connection."""
    while wire.keep and wire.sock.fileno() >= 0:
        try:
            request = wire.read_request(world.idle_s)
        except BadRequest as error:
            world.count('bad_requests')
            wire.keep = False
            send_plain(wire, helix_error(400, str(error)))
            return
        if request is None:
            return
        handle(world, wire, request, conn)


def connection(world, sock, tls):
    """The thread of a connection."""
    conn = world.count('connections')
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            sock.settimeout(SEND_TIMEOUT_S)
            try:
                sock = tls.wrap_socket(sock, server_side=True)
            except OSError:
                world.count('tls_failures')
                raise
        wire = Wire(sock)
        serve(world, wire, conn)
        wire.end()
    except OSError:
        pass
    except Exception:
        traceback.print_exc()
        world.count('internal_errors')
    finally:
        sock.close()


def accept_all(world, listener, tls):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=connection, args=(world, sock, tls),
                         daemon=True).start()


# ------------------------------------------------------------- the commands


def raw_members(text):
    """Raw values by name of a JSON object, as they were written."""
    if not isinstance(json.loads(text, strict=False), dict):
        raise ValueError('not a JSON object')
    decode = json.JSONDecoder(strict=False).raw_decode
    members = {}
    at = BEFORE_NAME.match(text).end()
    while text[at] != '}':
        key, at = decode(text, at)
        at = BEFORE_VALUE.match(text, at).end()
        _, end = decode(text, at)
        members[key] = text[at:end]
        at = BEFORE_NAME.match(text, end).end()
    return members


def viewers_of(raw):
    """viewer_count of an object as far as it can be told."""
    try:
        count = json.loads(raw, strict=False)['viewer_count']
        return count if isinstance(count, int) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def parse_count(words):
    """Take COUNT, if it is there, from the end of the words."""
    if words and words[-1] == '*':
        words.pop()
        return None
    if words and words[-1].isdecimal():
        return as_int(words.pop(), 1)
    return 1


def parse_status(text):
    """CODE [BODY] [COUNT] to a Fault."""
    code, _, rest = text.strip().partition(' ')
    body, count = rest.strip(), 1
    last = re.search(r'(^|\s)(\*|[0-9]+)$', body)
    if last:
        count = parse_count([last[2]])
        body = body[:last.start()]
    number = as_int(code, 200)
    if number > 999:
        raise ValueError(f'not a status: {code}')
    return Fault('status', (number, body or None), count)


def parse_fault(kind, text):
    """KIND and what follows it to a Fault."""
    if kind not in FAULT_ARG:
        raise ValueError(f'unknown fault: {kind}')
    form = FAULT_ARG[kind]
    if form == 'status':
        return parse_status(text)
    words, arg = text.split(), None
    if form is not None:
        if not words:
            raise ValueError(f'{kind} needs a number')
        word = words.pop(0)
        if form == 'reset':
            arg = None if word == 'none' else as_int(word)
        else:
            arg = as_int(word, form)
    count = parse_count(words)
    if words:
        raise ValueError(f'too much: {" ".join(words)}')
    return Fault(kind, arg, count)


def known(path):
    if path not in PATHS:
        raise ValueError(f'unknown path: {path}')
    return path


class Control:
    """The commands; each returns what follows `ok`, or raises ValueError."""

    def __init__(self, world):
        self.world = world

    def run(self, line):
        """The answer to a line."""
        name, _, rest = line.rstrip('\r\n').partition(' ')
        command = getattr(self, 'do_' + name, None)
        if not command:
            return f'error unknown command: {name}'
        try:
            with self.world.lock:
                result = command(rest)
        except (ValueError, RecursionError) as error:
            return 'error ' + ' '.join(str(error).split())
        return 'ok' if result is None else f'ok {result}'

    def split(self, rest, least, most=None):
        words = rest.split()
        if len(words) < least or (most is not None and len(words) > most):
            raise ValueError('wrong number of words')
        return words

    def do_user(self, rest):
        for login in self.split(rest, 1):
            self.world.channel(login)

    def do_offline(self, rest):
        for login in self.split(rest, 1):
            channel = self.world.channel(login)
            channel.raw = channel.viewers = channel.stream_id = None

    def do_gone(self, rest):
        for login in self.split(rest, 1):
            self.world.channels.pop(login, None)

    def go_live(self, login):
        channel = self.world.channel(login)
        if channel.stream_id is None:
            self.world.streams += 1
            channel.stream_id = str(41234560000 + self.world.streams)
            channel.started_at = time.strftime('%Y-%m-%dT%H:%M:%SZ',
                                               time.gmtime())
        return channel

    def do_live(self, rest):
        words = rest.split(None, 2)
        if len(words) < 2:
            raise ValueError('live LOGIN VIEWERS [JSON]')
        viewers = as_int(words[1])
        replaced = raw_members(words[2]) if len(words) == 3 else {}
        channel = self.go_live(words[0])
        members = stream_members(channel, viewers)
        members.update(replaced)
        channel.viewers = viewers
        if 'viewer_count' in replaced:
            channel.viewers = viewers_of(
                '{"viewer_count":%s}' % replaced['viewer_count'])
        channel.raw = join_members(members)

    def do_object(self, rest):
        login, _, raw = rest.partition(' ')
        if not raw:
            raise ValueError('object LOGIN RAWJSON')
        channel = self.go_live(login)
        channel.raw = to_bytes(raw)
        channel.viewers = viewers_of(raw)

    def do_token(self, rest):
        self.world.token_life = as_int(*self.split(rest, 1, 1), 0)

    def do_revoke(self, rest):
        self.split(rest, 0, 0)
        for token in self.world.tokens.values():
            token.revoked = True

    def do_limit(self, rest):
        points, per_minute = self.split(rest, 2, 2)
        self.world.bucket = Bucket(as_int(points, 0), as_int(per_minute, 0))

    def do_idle(self, rest):
        milliseconds, = self.split(rest, 1, 1)
        self.world.idle_s = as_int(milliseconds, 0) / 1000 or None

    def do_fault(self, rest):
        words = rest.split(None, 2)
        if len(words) < 2:
            raise ValueError('fault PATH KIND [ARG] [COUNT]')
        path = known(words[0])
        fault = parse_fault(words[1], words[2] if len(words) == 3 else '')
        if fault.kind in PAGING and path != 'streams':
            raise ValueError(f'{fault.kind} is for streams only')
        self.world.faults[path].append(fault)

    def do_faults(self, rest):
        self.split(rest, 0, 0)
        return sum(fault.count or 1 for queue in self.world.faults.values()
                   for fault in queue)

    def do_clear(self, rest):
        for path in self.split(rest, 0, 1) or PATHS:
            self.world.faults[known(path)].clear()

    def do_requests(self, rest):
        return self.world.begun[known(*self.split(rest, 1, 1))]

    def do_wait(self, rest):
        path, number, timeout = self.split(rest, 3, 3)
        path, number = known(path), as_int(number, 0)
        finished = self.world.finished
        if not self.world.lock.wait_for(lambda: finished[path] >= number,
                                        as_int(timeout, 0) / 1000):
            raise ValueError(f'only {finished[path]} requests finished')

    def do_seen(self, rest):
        self.split(rest, 0, 0)
        world = self.world
        return compact({**world.seen, 'tokens': len(world.tokens),
                        'requests': world.begun})


def say(text):
    """One line on standard output, at once."""
    os.write(1, to_bytes(text + '\n'))


def leave(*_):
    """Exit without waiting for a thread; nothing is buffered."""
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(
        description='A scripted fake of Twitch OAuth and Helix.')
    parser.add_argument('--port', type=int, default=0)
    parser.add_argument('--cert')
    parser.add_argument('--key')
    parser.add_argument('--ledger')
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, leave)
    signal.alarm(LIFETIME_S)
    tls = None
    if options.cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.cert, options.key)
        tls.set_alpn_protocols(['http/1.1'])
    world = World(Ledger(options.ledger))
    listener = socket.create_server(('127.0.0.1', options.port), backlog=512)
    threading.Thread(target=accept_all, args=(world, listener, tls),
                     daemon=True).start()
    control = Control(world)
    try:
        say(f'ready {listener.getsockname()[1]}')
        for line in sys.stdin.buffer:
            say(control.run(to_text(line)))
    except BrokenPipeError:
        pass
    leave()


if __name__ == '__main__':
    main()
