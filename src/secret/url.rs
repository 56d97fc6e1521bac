//! Text → passwords in the addresses in it: `https://name:password@host`.

use crate::secret::judge;
use crate::text::span::Span;

/// Name of the rule.
pub(crate) const RULE: &str = "password-in-url";

/// Longest name, password and host that are looked at, in bytes.
const LIMIT: usize = 512;

/// Returns the places of passwords in addresses.
pub(crate) fn passwords(text: &str) -> impl Iterator<Item = Span> {
    text.match_indices("://").filter_map(|(at, mark)| {
        let is_scheme = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let start = at + mark.len();
        // The name, the password, and the first letter of the host.
        let bytes = text.as_bytes()[start..].iter().take(LIMIT);
        let end = start + bytes.take_while(|b| !ends(**b)).count();
        let authority = text.get(start..end).filter(|_| is_scheme)?;
        let (account, host) = authority.rsplit_once('@')?;
        let (user, password) = account.split_once(':')?;
        let is_host =
            host.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '[' | '$' | '{'));
        let from = start + user.len() + 1;
        // `{user:pass}@host`: both together stand for an account.
        let is_account = !user.starts_with(['{', '[', '(']);
        (is_host && is_account && !judge::is_placeholder(user, password))
            .then(|| Span::new(from, from + password.len()))
    })
}

/// Whether the account and the host of an address end before this byte.
fn ends(byte: u8) -> bool {
    byte.is_ascii_whitespace()
        || matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'`' | b'<' | b'>')
}

#[cfg(test)]
mod tests {
    use super::passwords;

    #[test]
    fn a_password_stands_between_a_name_and_a_host() {
        let found = |text: &'static str| passwords(text).map(|s| s.of(text)).collect::<Vec<_>>();
        assert_eq!(found("see https://ops:hunter2@db.internal/x."), ["hunter2"]);
        assert_eq!(
            found("redis://:hunter2@cache:6379 amqp://a:b@d:x9y@mq"),
            ["hunter2", "b@d:x9y"]
        );
        for text in [
            "https://user:password@host",
            "https://$USER:$PASS@host",
            "https://user:<password>@host",
            "https://{user:pass}@{env}.host",
            "http://host:9090/@a",
            "https://host/a:b@c",
            "ssh://git@host:22",
            "x ://a:hunter2@b",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
