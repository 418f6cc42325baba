//! The crate twitch-irc, by its lower and faster level: a map of the tags.

use bench_peers::{run, Message};
use twitch_irc::message::{IRCMessage, IRCPrefix};

fn main() {
    run(|line, put| {
        let Ok(irc) = IRCMessage::parse(line) else {
            return;
        };
        if irc.command != "PRIVMSG" || irc.params.len() < 2 {
            return;
        }
        let mut m = Message::default();
        for (key, value) in &irc.tags.0 {
            m.tag(key, value);
        }
        m.channel = irc.params[0].trim_start_matches('#');
        if let Some(IRCPrefix::Full { nick, .. }) = &irc.prefix {
            m.user = nick;
        }
        m.text = &irc.params[1];
        put(&m);
    });
}
