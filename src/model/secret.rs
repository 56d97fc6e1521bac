//! Keys and addresses that let anyone open incidents or get in: they are dropped, never published.

use crate::text::span::Span;
use crate::text::yaml::{Node, Value};

/// Ends of keys that hold a secret, letters and digits only.
const ENDS: [&str; 13] = [
    "integrationkey",
    "integrationkeys",
    "pagerdutykey",
    "routingkey",
    "servicekey",
    "apikey",
    "geniekey",
    "appkey",
    "applicationkey",
    "apitoken",
    "accesstoken",
    "authtoken",
    "password",
];

/// Returns true for a key that opens incidents or grants access, whatever its spelling and prefix.
pub fn is_secret_key(key: &str) -> bool {
    let last = key.rsplit('/').next().unwrap_or(key);
    // Most keys end in another letter than all of these.
    let end = last.bytes().rfind(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    if !matches!(end, Some(b'y' | b's' | b'n' | b'd')) {
        return false;
    }
    let letters: String = last.chars().filter(char::is_ascii_alphanumeric).collect();
    let letters = letters.to_ascii_lowercase();
    ENDS.iter().any(|end| letters.ends_with(end))
}

/// Returns true for an address that holds such a key.
pub fn is_secret_value(value: &str) -> bool {
    if !value.contains('/') {
        return false;
    }
    let lower = value.to_ascii_lowercase();
    let holds = |part: &str| {
        let rest = lower.split(part).nth(1);
        rest.is_some_and(|r| r.bytes().take_while(u8::is_ascii_alphanumeric).count() >= 8)
    };
    let is_url = lower.starts_with("http://") || lower.starts_with("https://");
    (lower.contains("pagerduty.com/") && holds("/integration/"))
        || ["apikey=", "api_key=", "api-key=", "integration_key=", "routing_key="]
            .into_iter()
            .any(|part| is_url && holds(part))
}

/// Returns the places of all secret values in a tree.
pub fn places(node: &Node) -> Vec<Span> {
    let mut out = Vec::new();
    let mut open = vec![(node, false)];
    while let Some((node, secret)) = open.pop() {
        match &node.value {
            Value::Null => {}
            Value::Scalar(text, _) => {
                let tagged = text.split_once(':').is_some_and(|(key, rest)| {
                    !rest.starts_with("//") && is_secret_key(key) && !key.contains(' ')
                });
                if secret || tagged || is_secret_value(text) {
                    out.push(node.span);
                }
            }
            Value::Seq(items) => open.extend(items.iter().map(|item| (item, secret))),
            Value::Map(entries) => {
                // `{name: integration-key, value: …}` says the same as `integration-key: …`.
                let named = entries.iter().any(|e| {
                    matches!(e.key.as_str(), "name" | "key" | "type")
                        && e.value.text().is_some_and(is_secret_key)
                });
                open.extend(entries.iter().map(|e| {
                    let value = named && !matches!(e.key.as_str(), "name" | "key" | "type");
                    (&e.value, secret || value || is_secret_key(&e.key))
                }));
            }
        }
    }
    out.sort_unstable();
    out
}

#[cfg(test)]
mod tests {
    use super::{is_secret_key, is_secret_value, places};
    use crate::text::yaml::{FRONT_MATTER, parse};

    #[test]
    fn keys_that_open_incidents_are_known() {
        for key in [
            "pagerduty.com/integration-key",
            "integrationKey",
            "integration_key",
            "opsgenie-api-key",
            "api-key",
            "slack_integration_key",
            "db_password",
        ] {
            assert!(is_secret_key(key), "{key}");
        }
        for key in ["pagerduty.com/service-id", "data_key", "keys", "token", "key management"] {
            assert!(!is_secret_key(key), "{key}");
        }
        assert!(is_secret_value(
            "https://events.pagerduty.com/integration/0123456789abcdef/enqueue"
        ));
        assert!(!is_secret_value("https://docs.example.com/integration/"));
    }

    #[test]
    fn secrets_are_found_at_any_depth() {
        let text = "a: {b: {routing-key: R1}}\nlist: [{name: api-key, value: V2}]\nname: x\n";
        let node = parse(text, FRONT_MATTER).unwrap();
        let found: Vec<&str> = places(&node).iter().map(|s| s.of(text)).collect();
        assert_eq!(found, ["R1", "V2"]);
    }
}
