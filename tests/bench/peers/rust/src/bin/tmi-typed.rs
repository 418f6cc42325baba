//! The crate tmi as its own pages show it: typed messages, and serde_json for
//! the output. The lines are those of tw-parse, too.

use serde::Serialize;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use tmi::{FromIrc, IrcMessageRef, Privmsg, Tag};

#[derive(Serialize)]
struct Paid<'a> {
    amount: i64,
    currency: &'a str,
    exponent: i64,
}

fn no(flag: &bool) -> bool {
    !*flag
}

#[derive(Serialize)]
struct Event<'a> {
    ts: String,
    channel: &'a str,
    r#type: &'static str,
    id: &'a str,
    user: &'a str,
    user_id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    badges: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    badge_info: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bits: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid: Option<Paid<'a>>,
    #[serde(skip_serializing_if = "no")]
    first: bool,
    #[serde(skip_serializing_if = "no")]
    returning: bool,
    #[serde(skip_serializing_if = "no")]
    action: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reward: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
}

fn event(line: &str, out: &mut impl Write) -> Option<()> {
    let payload = line.split('\t').nth(3)?;
    let irc = IrcMessageRef::parse(payload)?;
    let m = Privmsg::from_irc(irc.clone()).ok()?;
    let source = irc.tag(Tag::Unknown("source-room-id"));
    let event = Event {
        ts: m
            .timestamp()
            .to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        channel: m.channel().trim_start_matches('#'),
        r#type: "message",
        id: m.id(),
        user: m.sender().login(),
        user_id: m.sender().id(),
        name: &m.sender().name(),
        badges: irc.tag(Tag::Badges).unwrap_or(""),
        badge_info: irc.tag(Tag::BadgeInfo).unwrap_or(""),
        shared_from: source.filter(|id| *id != m.channel_id()),
        bits: m.bits(),
        paid: m.pinned_chat().map(|p| Paid {
            amount: p.paid_amount(),
            currency: p.paid_currency(),
            exponent: p.paid_exponent(),
        }),
        first: irc.tag(Tag::FirstMsg) == Some("1"),
        returning: irc.tag(Tag::Unknown("returning-chatter")) == Some("1"),
        action: m.is_action(),
        reply_to: m.reply_to().map(|r| r.message_id()),
        reward: m.custom_reward_id(),
        effect: m.msg_id(),
        text: m.text(),
    };
    serde_json::to_writer(&mut *out, &event).expect("standard output");
    out.write_all(b"\n").expect("standard output");
    Some(())
}

fn main() -> io::Result<()> {
    let mut input = BufReader::with_capacity(1 << 17, io::stdin().lock());
    let mut output = BufWriter::with_capacity(1 << 17, io::stdout().lock());
    let mut line = String::new();

    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            break;
        }
        let _ = event(line.trim_end_matches(['\r', '\n']), &mut output);
    }
    output.flush()
}
