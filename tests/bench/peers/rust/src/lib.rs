//! What both peers share: lines in, an event's fields out.
//!
//! A peer is called as `tmi fields` or `tmi json`. `fields` writes a chat
//! message's fields as they stand in the line, with tabs between them: the least
//! that could be called "the same fields". `json` writes the line that tw-parse
//! writes, byte for byte, where `ts` is Twitch's clock.
//!
//! Left out in both, and done by tw-parse: every other kind of line, the
//! merge by time, repeated events, a wrong clock, names of refused lines.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;

/// A chat message; "" where there is none.
#[derive(Default)]
pub struct Message<'a> {
    /// Whether the tags' values still have their escapes.
    pub escaped: bool,
    pub sent_ms: &'a str,
    pub channel: &'a str,
    pub id: &'a str,
    pub user: &'a str,
    pub user_id: &'a str,
    pub name: &'a str,
    pub badges: &'a str,
    pub badge_info: &'a str,
    pub room_id: &'a str,
    pub source_room_id: &'a str,
    pub bits: &'a str,
    pub paid_amount: &'a str,
    pub paid_currency: &'a str,
    pub paid_exponent: &'a str,
    pub first: &'a str,
    pub returning: &'a str,
    pub reply_to: &'a str,
    pub reward: &'a str,
    pub effect: &'a str,
    pub text: &'a str,
}

impl<'a> Message<'a> {
    /// Takes one tag.
    #[inline]
    pub fn tag(&mut self, key: &str, value: &'a str) {
        match key {
            "id" => self.id = value,
            "bits" => self.bits = value,
            "badges" => self.badges = value,
            "msg-id" => self.effect = value,
            "user-id" => self.user_id = value,
            "room-id" => self.room_id = value,
            "first-msg" => self.first = value,
            "badge-info" => self.badge_info = value,
            "tmi-sent-ts" => self.sent_ms = value,
            "display-name" => self.name = value,
            "source-room-id" => self.source_room_id = value,
            "custom-reward-id" => self.reward = value,
            "returning-chatter" => self.returning = value,
            "reply-parent-msg-id" => self.reply_to = value,
            "pinned-chat-paid-amount" => self.paid_amount = value,
            "pinned-chat-paid-currency" => self.paid_currency = value,
            "pinned-chat-paid-exponent" => self.paid_exponent = value,
            _ => {}
        }
    }

    fn action(&self) -> Option<&'a str> {
        let text = self.text.strip_prefix("\x01ACTION ")?;
        Some(text.strip_suffix('\x01').unwrap_or(text))
    }

    fn shared_from(&self) -> &'a str {
        if self.source_room_id == self.room_id {
            ""
        } else {
            self.source_room_id
        }
    }

    /// Writes a member whose value is a tag's, if there is one.
    #[inline]
    fn tag_value(&self, out: &mut Vec<u8>, key: &[u8], text: &str) {
        if self.escaped && memchr::memchr(b'\\', text.as_bytes()).is_some() {
            value(out, key, &tmi::unescape(text));
        } else {
            value(out, key, text);
        }
    }

    fn write_fields(&self, out: &mut Vec<u8>) {
        let action = self.action();
        for field in [
            self.sent_ms,
            self.channel,
            self.id,
            self.user,
            self.user_id,
            self.name,
            self.badges,
            self.badge_info,
            self.shared_from(),
            self.bits,
            self.paid_amount,
            self.paid_currency,
            self.paid_exponent,
            self.first,
            self.returning,
            if action.is_some() { "1" } else { "" },
            self.reply_to,
            self.reward,
            self.effect,
        ] {
            out.extend_from_slice(field.as_bytes());
            out.push(b'\t');
        }
        out.extend_from_slice(action.unwrap_or(self.text).as_bytes());
        out.push(b'\n');
    }

    fn write_json(&self, clock: &mut Clock, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"ts\":\"");
        out.extend_from_slice(clock.text(self.sent_ms.parse().unwrap_or(0)));
        out.extend_from_slice(b"\",\"channel\":\"");
        out.extend_from_slice(self.channel.as_bytes());
        out.extend_from_slice(b"\",\"type\":\"message\"");
        self.tag_value(out, b",\"id\":\"", self.id);
        value(out, b",\"user\":\"", self.user);
        self.tag_value(out, b",\"user_id\":\"", self.user_id);
        self.tag_value(out, b",\"name\":\"", self.name);
        self.tag_value(out, b",\"badges\":\"", self.badges);
        self.tag_value(out, b",\"badge_info\":\"", self.badge_info);
        self.tag_value(out, b",\"shared_from\":\"", self.shared_from());
        number(out, b",\"bits\":", self.bits);
        if !self.paid_amount.is_empty() && !self.paid_currency.is_empty() {
            number(out, b",\"paid\":{\"amount\":", self.paid_amount);
            self.tag_value(out, b",\"currency\":\"", self.paid_currency);
            let exponent = match self.paid_exponent {
                "" => "2",
                e => e,
            };
            number(out, b",\"exponent\":", exponent);
            out.push(b'}');
        }
        flag(out, b",\"first\":true", self.first);
        flag(out, b",\"returning\":true", self.returning);
        let action = self.action();
        if action.is_some() {
            out.extend_from_slice(b",\"action\":true");
        }
        self.tag_value(out, b",\"reply_to\":\"", self.reply_to);
        self.tag_value(out, b",\"reward\":\"", self.reward);
        self.tag_value(out, b",\"effect\":\"", self.effect);
        value(out, b",\"text\":\"", action.unwrap_or(self.text));
        out.extend_from_slice(b"}\n");
    }
}

#[inline]
fn number(out: &mut Vec<u8>, key: &[u8], text: &str) {
    if let Ok(n) = text.parse::<u64>() {
        out.extend_from_slice(key);
        let _ = write!(out, "{n}");
    }
}

#[inline]
fn flag(out: &mut Vec<u8>, key: &[u8], text: &str) {
    if text == "1" {
        out.extend_from_slice(key);
    }
}

/// Whether a byte stands for itself inside a JSON string.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut i = 0;
    while i < 0x20 {
        plain[i] = false;
        i += 1;
    }
    plain[b'"' as usize] = false;
    plain[b'\\' as usize] = false;
    plain
};

#[inline]
fn value(out: &mut Vec<u8>, key: &[u8], text: &str) {
    if text.is_empty() {
        return;
    }
    out.extend_from_slice(key);
    let bytes = text.as_bytes();
    let mut from = 0;
    for (i, &c) in bytes.iter().enumerate() {
        if PLAIN[c as usize] {
            continue;
        }
        out.extend_from_slice(&bytes[from..i]);
        from = i + 1;
        match c {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            _ => {
                let _ = write!(out, "\\u{c:04x}");
            }
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// Writes times, of which the day mostly stays.
struct Clock {
    day: i64,
    text: [u8; 24],
}

impl Clock {
    fn new() -> Self {
        Clock {
            day: i64::MIN,
            text: *b"0000-00-00T00:00:00.000Z",
        }
    }

    fn put(&mut self, at: usize, digits: usize, mut n: i64) {
        for i in (at..at + digits).rev() {
            self.text[i] = b'0' + (n % 10) as u8;
            n /= 10;
        }
    }

    /// The date of a day since 1970, by Howard Hinnant's days-to-civil.
    fn set_day(&mut self, day: i64) {
        let z = day + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        self.put(0, 4, yoe + era * 400 + i64::from(month <= 2));
        self.put(5, 2, month);
        self.put(8, 2, doy - (153 * mp + 2) / 5 + 1);
        self.day = day;
    }

    fn text(&mut self, ms: i64) -> &[u8] {
        let day = ms.div_euclid(86_400_000);
        let of_day = ms.rem_euclid(86_400_000);
        if day != self.day {
            self.set_day(day);
        }
        self.put(11, 2, of_day / 3_600_000);
        self.put(14, 2, of_day / 60_000 % 60);
        self.put(17, 2, of_day / 1000 % 60);
        self.put(20, 3, of_day % 1000);
        &self.text
    }
}

/// Reads raw lines from standard input and has each message of `irc` written;
/// `parse` takes the IRC line and hands a message to its second argument.
pub fn run<P>(mut parse: P)
where
    P: FnMut(&str, &mut dyn FnMut(&Message)),
{
    let json = std::env::args().nth(1).as_deref() == Some("json");
    let mut clock = Clock::new();
    // Neither the mutex nor the line buffer of std::io::stdout.
    let mut input = unsafe { File::from_raw_fd(0) };
    let mut output = unsafe { File::from_raw_fd(1) };
    let mut buf = vec![0u8; 1 << 18];
    let mut out = Vec::with_capacity(1 << 17);
    let (mut have, mut skipped) = (0, 0u64);

    loop {
        let n = input.read(&mut buf[have..]).expect("standard input");
        let mut line_at = 0;
        for end in memchr::memchr_iter(b'\n', &buf[have..have + n]) {
            let line = &buf[line_at..have + end];
            line_at = have + end + 1;
            let irc = std::str::from_utf8(line).ok().and_then(payload);
            let before = out.len();
            if let Some(irc) = irc {
                parse(irc, &mut |m| {
                    if json {
                        m.write_json(&mut clock, &mut out);
                    } else {
                        m.write_fields(&mut out);
                    }
                });
            }
            if out.len() == before {
                skipped += 1;
            }
            if out.len() >= 1 << 16 {
                output.write_all(&out).expect("standard output");
                out.clear();
            }
        }
        if n == 0 {
            break;
        }
        buf.copy_within(line_at..have + n, 0);
        have = have + n - line_at;
        if have == buf.len() {
            buf.resize(2 * have, 0);
        }
    }
    output.write_all(&out).expect("standard output");
    if skipped > 0 {
        eprintln!("{skipped} lines that are no chat messages");
    }
}

/// The IRC line in a raw line.
#[inline]
fn payload(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once('\t')?;
    let (source, rest) = rest.split_once('\t')?;
    let (_, payload) = rest.split_once('\t')?;
    (source == "irc").then_some(payload)
}
