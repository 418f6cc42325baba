#!/bin/sh
# Strangers' text on a terminal and in a page: it stays text (SECURITY.md).
. "$(dirname "$0")/tap.sh"
export PYTHONDONTWRITEBYTECODE=1

# Names that nobody at Twitch has, in lines that anybody can write: an escape, a
# control of eight bits, half a character, the end of a script, a handler, another
# direction of writing.
python3 - "$tmp" <<'P'
import json, sys
tmp = sys.argv[1]
bad = ['\x1b]0;owned\x07\x1b[2J\r\n\x08', '\u009b2J\u009d0;owned\u009c\u0085',
       '</script><img src=x onerror=alert(1)>', '" onmouseover="alert(1)',
       "' autofocus onfocus='alert(1)", 'javascript:alert(1)',
       '\u202eevil\u2066\u200f', '../../../etc/passwd', '{{constructor}}${1}`']
with open(tmp + '/stats', 'w') as stats, open(tmp + '/events', 'w') as events, \
        open(tmp + '/raw', 'w') as raw, open(tmp + '/unknown', 'w') as unknown:
    for i, b in enumerate(bad):
        for channel in ('kanal', b):
            ts = '2026-11-18T%02d:00:00.000Z' % i
            stream = b if channel == b else str(100 + i)
            stats.write(json.dumps(
                {'ts': ts, 'channel': channel, 'type': 'window', 'seconds': 5,
                 'stream_id': stream, 'viewers': 3, 'messages': 2,
                 'mentions': {b: 2}}) + '\n')
            stats.write(json.dumps(
                {'ts': ts, 'channel': channel, 'type': 'stream', 'seconds': 5,
                 'stream_id': stream, 'started_at': ts,
                 'ended_at': ts.replace(':00:00', ':10:00'), 'name': b,
                 'title': b, 'category': b, 'language': b, 'airtime_s': 600,
                 'viewers_avg': 3, 'viewers_max': 3, 'viewers_max_at': ts,
                 'viewer_s': 1800,
                 'sampled_s': 600, 'messages': 2, 'messages_max': 2,
                 'messages_max_at': ts, 'messages_avg': 2,
                 'windows': 1, 'mentions': {b: 2}}) + '\n')
            for t in (ts, ts.replace(':00:00', ':05:00')):
                events.write(json.dumps(
                    {'ts': t, 'channel': channel, 'type': 'viewers',
                     'stream_id': stream, 'started_at': ts, 'viewers': 3,
                     'title': b, 'name': b}) + '\n')
                events.write(json.dumps(
                    {'ts': t, 'channel': channel, 'type': 'message',
                     'user': b, 'user_id': b, 'name': b, 'mentions': [b],
                     'text': b}) + '\n')
        one = b.replace('\r', '').replace('\n', '')
        # Refused, skipped, of an unknown kind.
        for line in (one, '2026-11-18T12:00:00.000Z\t%s\t%s\t%s' % (one, one, one),
                     '2026-11-18T12:00:00.000Z\tirc\tkanal\t:x %s' % one,
                     '2026-11-18T12:00:00.000Z\tirc\t%s\t:x PRIVMSG #%s :%s'
                     % (one, one, one),
                     '2026-11-18T12:00:00.000Z\thelix\tkanal\t{"%s":1' % one,
                     '2026-11-18T12:00:00.000Z\tmark\tkanal\t{"mark":"%s"}' % one):
            raw.write(line + '\n')
        unknown.write('{"ts":"%s","type":"%s"\n%s\n' % (b, b, b))
P

# plain FILE...: what of them is no plain text: controls, also those of eight bits,
# directions, bytes that are no UTF-8; one a line
plain() {
	python3 - "$@" <<'P'
import sys
for name in sys.argv[1:]:
    data = open(name, 'rb').read()
    try:
        text = data.decode()
    except UnicodeDecodeError as e:
        print(name, 'no UTF-8:', e)
        text = data.decode(errors='replace')
    for n, line in enumerate(text.split('\n')):
        for c in line:
            o = ord(c)
            if o < 32 or 127 <= o < 160 or 0x202a <= o <= 0x202e or \
                    0x2066 <= o <= 0x2069 or o in (0x200e, 0x200f, 0x61c):
                print('%s:%d: U+%04X in %s' % (name, n + 1, o, ascii(line)))
                break
P
}

# shows NAME COMMAND...: neither its output nor its words are more than text
shows() {
	name=$1
	shift
	"$@" >"$tmp/out" 2>"$tmp/err"
	is "$(plain "$tmp/out" "$tmp/err")" '' "$name: output and words"
}
shows weekly tw-report --week 2026-W47 "$tmp/stats"
[ "$(wc -l <"$tmp/out")" -gt 20 ]
ok $? "which is something"
shows history tw-report history kanal "$tmp/stats"
shows stream tw-report stream latest "$tmp/stats"
esc=$(printf '\033')
shows 'a stream that is none' tw-report stream kanal "~${esc}[2J" "$tmp/stats"
shows mentions tw-report mentions "$tmp/stats" "$tmp/events"
shows 'live view' tw-report live --once "$tmp/stats"
# words NAME COMMAND...: likewise, of its words alone, of which there are some
words() {
	name=$1
	shift
	"$@" >/dev/null 2>"$tmp/err"
	[ -s "$tmp/err" ]
	ok $? "$name: has words"
	is "$(plain "$tmp/err")" '' "$name: they are text"
}
words tw-parse tw-parse -v "$tmp/raw"
words tw-agg tw-agg -v "$tmp/unknown"
words 'tw-agg, of a part' tw-agg -v --since 2026-11-18T05:01:00Z "$tmp/events"
words tw-report tw-report -v "$tmp/unknown"
printf '\033[2J\302\2332J\n' >"$tmp/channels"
words tw-chat env TW_CAFILE="$tmp/none" tw-chat -f "$tmp/channels"
words tw-load tw-load -v --dry-run "$tmp/unknown"

# What tw-status repeats from files.
mkdir -p "$tmp/data/state"
printf 'TW_DATA=%s\n' "$tmp/data" >"$tmp/conf"
printf 'why: \033]0;owned\007 \302\2332J\n' >"$tmp/data/state/stop.load"
shows tw-status env TW_CONF="$tmp/conf" "$root/scripts/tw-status"
like "$(cat "$tmp/out")" 'load stands still: why:' "which has words"

# Pages: read by a parser as a browser's would be.
cat >"$tmp/page.py" <<'P'
import base64, hashlib, html.parser, re, sys

class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.policy, self.scripts, self.inside = None, [], False

    def handle_starttag(self, tag, attrs):
        self.inside = tag == 'script'
        for key, value in attrs:
            value = value or ''
            if key.startswith('on') or key in ('srcdoc', 'action', 'autofocus'):
                print(self.name, tag, key, ascii(value))
            if key in ('href', 'src') and value != 'data:,' and \
                    not re.fullmatch(r'[#A-Za-z0-9_./-]*', value):
                print(self.name, tag, key, ascii(value))
        attrs = dict(attrs)
        if tag in ('img', 'iframe', 'object', 'embed', 'form', 'base'):
            print(self.name, tag)
        if attrs.get('http-equiv') == 'Content-Security-Policy':
            self.policy = attrs['content']
        elif self.policy is None and tag in ('script', 'style', 'link'):
            print(self.name, tag, 'before the policy')
        if tag == 'script' and 'src' in attrs:
            self.scripts.append(None)
            if "script-src 'self'" not in self.policy:
                print(self.name, 'a script that the policy does not allow')

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.inside = False
            digest = hashlib.sha256(data.encode()).digest()
            self.scripts.append(data)
            if "'sha256-%s'" % base64.b64encode(digest).decode() not in self.policy:
                print(self.name, 'a script that the policy does not allow')

for name in sys.argv[1:]:
    p = Page()
    p.name = name
    p.feed(open(name, encoding='utf-8').read())
    p.close()
    if p.policy is None or "default-src 'none'" not in p.policy or \
            re.search(r"script-src[^;]*unsafe|\*|https?:", p.policy):
        print(name, 'policy:', p.policy)
    if len(p.scripts) > 1:
        print(name, len(p.scripts), 'scripts')
P
tw-report --week 2026-W47 -o "$tmp/week.html" "$tmp/stats" 2>/dev/null
tw-report history kanal -o "$tmp/history.html" "$tmp/stats" 2>/dev/null
tw-report stream latest -o "$tmp/stream.html" "$tmp/stats" 2>/dev/null
tw-report mentions -o "$tmp/mentions.html" "$tmp/stats" "$tmp/events" 2>/dev/null
mkdir "$tmp/www"
tw-report site -o "$tmp/www/site" "$tmp/stats" 2>/dev/null
set -- "$tmp/week.html" "$tmp/history.html" "$tmp/stream.html" "$tmp/mentions.html"
is "$(python3 "$tmp/page.py" "$@" 2>&1)" '' "pages alone: no markup but ours"
is "$(plain "$@" | grep -v -e U+20 -e U+061C)" '' "and no controls"
is "$(grep -l -e 'alert(1)' -e constructor "$@" | wc -l)" 4 "all with what it is about"
find "$tmp/www" -name '*.html' >"$tmp/pages"
[ "$(wc -l <"$tmp/pages")" -gt 15 ]
ok $? "a site of $(wc -l <"$tmp/pages") pages"
is "$(xargs -d '\n' python3 "$tmp/page.py" <"$tmp/pages" 2>&1)" '' "no markup but ours"
is "$(sed "s|^$tmp/||" "$tmp/pages" | grep -v '^www/site/[a-zA-Z0-9_./-]*\.html$')" '' \
	"files by harmless names"
[ ! -e "$tmp/etc" ] && is "$(find "$tmp/www" -newer "$tmp/pages")" '' "nothing outside"
done_testing
