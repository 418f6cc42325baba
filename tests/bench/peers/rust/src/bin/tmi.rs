//! The crate tmi, by its lower and faster level: no allocation, SIMD.

use bench_peers::{run, Message};
use tmi::{Command, IrcMessageRef};

fn main() {
    run(|line, put| {
        let Some(irc) = IrcMessageRef::parse(line) else {
            return;
        };
        if irc.command() != Command::Privmsg {
            return;
        }
        let mut m = Message {
            escaped: true,
            ..Message::default()
        };
        for (key, value) in irc.tags() {
            m.tag(key, value);
        }
        m.channel = irc.channel().map_or("", |c| c.trim_start_matches('#'));
        m.user = irc.prefix().and_then(|p| p.nick).unwrap_or("");
        m.text = irc.text().unwrap_or("");
        put(&m);
    });
}
