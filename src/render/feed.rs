//! Entries → an Atom feed (RFC 4287).
//!
//! With `base_url` every link is absolute. Without it nobody knows where the site will stand, and a made-up
//! host would lead readers nowhere: links are then relative to the feed, which RFC 4287 (2. and 4.2.7.1)
//! allows, and `self`, which must name the feed's own address, is left out, which it allows too (4.1.1).
//! Ids are made of the site's title and the entry's key, not of addresses: a site that moves shows its
//! readers nothing twice.

use crate::config::Config;
use crate::link::routes::UrlPath;
use crate::text::date::Day;
use crate::text::escape::xml as xml_text;
use crate::text::hash::Fingerprint;
use crate::text::html::HtmlWriter;

/// A feed of one subject.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    /// Its name.
    pub title: String,
    /// What it tells, in a sentence.
    pub subtitle: String,
    /// Its own path in the site, such as `for/checkout/feed.xml`; also what its id is made of.
    pub file: String,
    /// The page that shows the same.
    pub page: UrlPath,
    /// What it tells, newest first.
    pub entries: Vec<Entry>,
}

/// One entry of a feed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is, the same in every build and different from every other entry of the site.
    pub key: String,
    /// Its name.
    pub title: String,
    /// The page it leads to.
    pub page: UrlPath,
    /// The day it tells of: never the day of the build, which would make it new each time.
    pub updated: Day,
    /// Who says it; nobody: the site.
    pub authors: Vec<String>,
    /// Plain words.
    pub summary: String,
    /// What it is about.
    pub categories: Vec<String>,
}

/// Returns the feed as XML. `portable` links name `index.html`, as the pages beside the feed do.
pub fn atom(config: &Config, feed: &Feed, portable: bool) -> Vec<u8> {
    let base = config.base_url.as_deref().filter(|_| !portable);
    let root = "../".repeat(feed.file.matches('/').count());
    let link = |page: &UrlPath| match base {
        Some(base) => format!("{base}{}", page.as_str()),
        None if portable => format!("{root}{}", page.file()),
        None if root.is_empty() && page.as_str().is_empty() => "./".to_owned(),
        None => format!("{root}{}", page.as_str()),
    };
    let mut out = HtmlWriter::default();
    out.markup("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")
        .markup("<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>");
    out.text(&xml_text(&feed.title)).markup("</title>\n");
    if !feed.subtitle.is_empty() {
        out.markup("<subtitle>").text(&xml_text(&feed.subtitle)).markup("</subtitle>\n");
    }
    out.markup("<id>").text(&id(&config.title, &["feed", &feed.file])).markup("</id>\n<updated>");
    // A feed without entries was never updated: the first entry makes it new, and not the next build.
    let newest = feed.entries.iter().map(|e| e.updated).max();
    out.text(&newest.map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), midnight));
    out.markup("</updated>\n<author><name>").text(&xml_text(&config.title));
    out.markup("</name></author>\n<link rel=\"alternate\" type=\"text/html\"");
    out.attr("href", &xml_text(&link(&feed.page))).markup("/>\n");
    if let Some(base) = base {
        out.markup("<link rel=\"self\" type=\"application/atom+xml\"");
        out.attr("href", &xml_text(&format!("{base}{}", feed.file))).markup("/>\n");
    }
    out.markup("<generator>opslore</generator>\n");
    for entry in &feed.entries {
        out.markup("<entry>\n<title>").text(&xml_text(&entry.title)).markup("</title>\n");
        out.markup("<id>").text(&id(&config.title, &[&feed.file, &entry.key]));
        out.markup("</id>\n<updated>");
        out.text(&midnight(entry.updated)).markup("</updated>\n");
        for author in &entry.authors {
            out.markup("<author><name>").text(&xml_text(author)).markup("</name></author>\n");
        }
        for category in &entry.categories {
            out.markup("<category").attr("term", &xml_text(category)).markup("/>\n");
        }
        out.markup("<link rel=\"alternate\" type=\"text/html\"");
        out.attr("href", &xml_text(&link(&entry.page))).markup("/>\n<summary>");
        out.text(&xml_text(&entry.summary)).markup("</summary>\n</entry>\n");
    }
    out.markup("</feed>\n");
    out.finish().as_str().as_bytes().to_vec()
}

/// A day as RFC 3339 wants it.
fn midnight(day: Day) -> String {
    format!("{day}T00:00:00Z")
}

/// A UUID made of names (RFC 9562, version 8): a valid IRI without a host.
fn id(site: &str, names: &[&str]) -> String {
    let mut print = Fingerprint::default();
    print.part(site.as_bytes());
    for name in names {
        print.part(name.as_bytes());
    }
    let hash = print.finish();
    let byte = |n: usize| match n {
        6 => 0x80 | (hash[n] & 0x0f),
        8 => 0x80 | (hash[n] & 0x3f),
        n => hash[n],
    };
    let mut out = "urn:uuid:".to_owned();
    for n in 0..16 {
        if matches!(n, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.push_str(&format!("{:02x}", byte(n)));
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Entry, Feed, atom};
    use crate::config::Config;
    use crate::link::routes::UrlPath;
    use crate::text::date::Day;

    fn feed() -> Feed {
        Feed {
            title: "A & B".into(),
            subtitle: "x < y".into(),
            file: "for/a/feed.xml".into(),
            page: UrlPath::default(),
            entries: vec![Entry {
                key: "lesson:1".into(),
                title: "</title><script>".into(),
                page: UrlPath::default(),
                updated: Day::new(2026, 11, 2).unwrap(),
                authors: vec!["“Ops”".into()],
                summary: "bell \u{7} and \u{ffff}, not \u{1f514}".into(),
                categories: vec!["a\"b".into()],
            }],
        }
    }

    fn written(base: Option<&str>, feed: &Feed) -> String {
        let mut config = Config::parse(Path::new("/x"), "title: Ops").unwrap();
        config.base_url = base.map(str::to_owned);
        String::from_utf8(atom(&config, feed, false)).unwrap()
    }

    #[test]
    fn what_authors_write_is_text_whatever_it_holds() {
        let xml = written(None, &feed());
        assert!(xml.contains("<title>A &amp; B</title>"), "{xml}");
        assert!(xml.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"), "{xml}");
        assert!(xml.contains("<category term=\"a&quot;b\"/>"), "{xml}");
        assert!(xml.contains("bell \u{fffd} and \u{fffd}, not \u{1f514}"), "{xml}");
        assert!(xml.contains("<updated>2026-11-02T00:00:00Z</updated>"), "{xml}");
    }

    #[test]
    fn links_are_absolute_where_the_address_is_known_and_relative_elsewhere() {
        let known = written(Some("https://ops.example.com/kb/"), &feed());
        assert!(known.contains("href=\"https://ops.example.com/kb/\""), "{known}");
        assert!(known.contains("rel=\"self\" type=\"application/atom+xml\" href=\"https://ops.example.com/kb/for/a/feed.xml\""));
        let unknown = written(None, &feed());
        assert!(unknown.contains("href=\"../../\"/>"), "{unknown}");
        assert!(!unknown.contains("self"), "{unknown}");
    }

    #[test]
    fn ids_outlive_a_move_and_differ_from_each_other() {
        let ids = |xml: &str| -> Vec<String> {
            xml.lines().filter_map(|line| Some(line.strip_prefix("<id>")?.to_owned())).collect()
        };
        let here = ids(&written(None, &feed()));
        assert_eq!(here, ids(&written(Some("https://ops.example.com/"), &feed())));
        assert_eq!(here.len(), 2);
        assert_ne!(here[0], here[1]);
        let uuid = here[0].trim_start_matches("urn:uuid:").trim_end_matches("</id>");
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!((&uuid[14..15], "89ab".contains(&uuid[19..20])), ("8", true));
    }

    #[test]
    fn a_feed_without_entries_is_valid_and_never_new() {
        let xml = written(None, &Feed { entries: Vec::new(), ..feed() });
        assert!(xml.contains("<updated>1970-01-01T00:00:00Z</updated>"), "{xml}");
    }
}
