//! What every page is made of: links seen from it, its head, and the parts that templates lay out.

use std::collections::BTreeMap;

use crate::link::Site;
use crate::link::routes::UrlPath;
use crate::render::code;
use crate::render::feed::Feed;
use crate::text::html::Html;
use crate::text::path::percent_encode;
use crate::text::source::RepositoryId;

/// Writes addresses as they are seen from one page.
#[derive(Clone, Debug)]
pub(crate) struct Hrefs {
    root: String,
    portable: bool,
    /// The feed of the page.
    feed: Option<LinkView>,
}

impl Hrefs {
    /// Returns the addresses seen from the page at `from`. `portable` names `index.html`, for `file://`.
    pub(crate) fn new(from: &UrlPath, portable: bool) -> Self {
        Self { root: from.to_root(), portable, feed: None }
    }

    /// Returns absolute addresses below this path, which starts and ends with `/`.
    pub(crate) fn from_root(path: String) -> Self {
        Self { root: path, portable: false, feed: None }
    }

    /// Returns the same addresses and that of the page's own feed, where it has one.
    pub(crate) fn with_feed(mut self, feed: Option<&Feed>) -> Self {
        let link = |feed: &Feed| LinkView {
            href: self.file(&feed.file),
            text: feed.title.clone(),
            note: String::new(),
        };
        self.feed = feed.map(link);
        self
    }

    /// Returns the feed that tells the same as the page.
    pub(crate) fn feed(&self) -> Option<LinkView> {
        self.feed.clone()
    }

    /// Returns what leads to the root: "" or `../` as often as needed.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// Returns the address of a page.
    pub(crate) fn to(&self, address: &UrlPath) -> String {
        self.file(address.as_str())
    }

    /// Returns the address of a heading of a page.
    pub(crate) fn with_anchor(&self, address: &UrlPath, anchor: Option<&str>) -> String {
        match anchor.filter(|a| !a.is_empty()) {
            Some(anchor) => format!("{}#{anchor}", self.to(address)),
            None => self.to(address),
        }
    }

    /// Returns the address of a file or folder of the site.
    pub(crate) fn file(&self, path: &str) -> String {
        let folder = path.is_empty() || path.ends_with('/');
        match (folder && self.portable, self.root.is_empty() && path.is_empty()) {
            (true, _) => format!("{}{path}index.html", self.root),
            (false, true) => "./".to_owned(),
            (false, false) => format!("{}{path}", self.root),
        }
    }

    /// Returns what follows a folder's address: `index.html` where links must name it.
    pub(crate) fn file_name(&self) -> &'static str {
        if self.portable { "index.html" } else { "" }
    }

    /// Returns where a file of a repository can be read, if the configuration says so.
    pub(crate) fn in_repository(
        &self,
        site: &Site,
        repository: RepositoryId,
        path: &str,
    ) -> Option<String> {
        let repository = site.sources.repository(repository);
        let inside = path.strip_prefix(repository.prefix.as_str())?;
        Some(repository.url.as_ref()?.replace("{path}", &percent_encode(inside)))
    }
}

/// A body as HTML.
pub(crate) struct Body {
    /// The markup.
    pub(crate) html: Html,
    /// True where it grew past the limit and the rest is shown as plain text.
    pub(crate) over_budget: bool,
    /// Headings as shown: level, anchor, words.
    pub(crate) headings: Vec<(u8, String, String)>,
    /// Values its commands need, in the order of their first use.
    pub(crate) parameters: Vec<String>,
}

/// What a body is rendered for.
pub(crate) struct BodyContext<'a> {
    pub(crate) site: &'a Site,
    pub(crate) hrefs: &'a Hrefs,
    pub(crate) code: &'a code::Highlighter,
    pub(crate) images: &'a BTreeMap<String, String>,
    /// Level of the outermost heading on the page.
    pub(crate) top_level: u8,
    /// True where the page's own title says something else than the document's.
    pub(crate) keep_title: bool,
    /// Prefix of ids, for pages that hold several documents.
    pub(crate) id_prefix: String,
}

/// A link and words beside it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct LinkView {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) note: String,
}

/// A mark with a word: `level` is 1, 2, 3, `ok` or empty.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Chip {
    pub(crate) level: &'static str,
    pub(crate) text: String,
}

/// One fact of a page's head.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) text: String,
    pub(crate) date: String,
    pub(crate) links: Vec<LinkView>,
    /// The figure beside others of its kind.
    pub(crate) strip_html: Html,
    /// The day until which it holds, judged again when the page is read.
    pub(crate) due: String,
    /// True where that day was past when the page was made.
    pub(crate) overdue: bool,
    /// True for what a small screen leaves out at the top.
    pub(crate) wide: bool,
}

/// One row of a list.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Row {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) name_html: Html,
    /// The text where it is more than plain words.
    pub(crate) words_html: Html,
    pub(crate) chip: Option<Chip>,
    pub(crate) note: String,
    pub(crate) date: String,
    /// True where a script says how long ago the date is.
    pub(crate) ago: bool,
    /// Services that choose this row by the values of an alert's link.
    pub(crate) services: String,
}

/// One cell of a table.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Cell {
    pub(crate) href: String,
    pub(crate) text: String,
    /// The text where it is more than plain words.
    pub(crate) words_html: Html,
    pub(crate) chip: Option<Chip>,
    /// True for figures, which stand at the end of their column.
    pub(crate) number: bool,
    /// True for words that must not be broken, such as dates.
    pub(crate) whole: bool,
    /// Several links, in place of one.
    pub(crate) links: Vec<LinkView>,
    /// A bar beside the number.
    pub(crate) bar_html: Html,
    /// A picture in place of words.
    pub(crate) picture_html: Html,
}

/// A table.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Table {
    pub(crate) head: Vec<Cell>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// True where each row becomes a list of its cells on a phone.
    pub(crate) stack: bool,
}

impl Table {
    /// Returns a table; a column is a column of figures where its first row says so.
    pub(crate) fn new<const N: usize>(head: [&str; N], rows: Vec<Vec<Cell>>) -> Self {
        let number =
            |n: usize| rows.first().and_then(|row| row.get(n)).is_some_and(|cell| cell.number);
        let head = head.iter().enumerate().map(|(n, text)| Cell {
            text: (*text).to_owned(),
            number: number(n),
            ..Cell::default()
        });
        Self { head: head.collect(), rows, stack: false }
    }

    /// Returns a table of sentences: on a phone each row is a block, with the heads beside its cells.
    pub(crate) fn stacked<const N: usize>(head: [&str; N], rows: Vec<Vec<Cell>>) -> Self {
        Self { stack: true, ..Self::new(head, rows) }
    }
}

/// A lesson in a list: what was learned, where, and whom it concerns.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct LessonView {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) date: String,
    pub(crate) day: String,
    pub(crate) note: String,
    /// Why it stands here, and what was said to it.
    pub(crate) lines: Vec<WhyView>,
}

/// One line below a lesson.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct WhyView {
    pub(crate) chip: Option<Chip>,
    pub(crate) link: Option<LinkView>,
    pub(crate) words_html: Html,
}

/// A section of a page; empty fields are left out by the template.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) lead: String,
    pub(crate) body_html: Html,
    pub(crate) rows: Vec<Row>,
    pub(crate) lessons: Vec<LessonView>,
    /// True where the values of an alert's link choose among the rows.
    pub(crate) choose: bool,
    pub(crate) table: Option<Table>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) more: Vec<LinkView>,
}

/// The head and frame of a page.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct PageView {
    pub(crate) site: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) root: String,
    pub(crate) home: String,
    pub(crate) search: String,
    pub(crate) css: String,
    /// Scripts: what every page loads, then what this one loads besides.
    pub(crate) scripts: Vec<String>,
    /// The inline script and the policy's word for it.
    pub(crate) boot_html: Html,
    pub(crate) boot_hash: String,
    /// What the page is to scripts: `offline`, `missing` or nothing.
    pub(crate) role: &'static str,
    /// True where links name `index.html`.
    pub(crate) portable: bool,
    pub(crate) nav: Vec<NavView>,
    pub(crate) crumbs: Vec<LinkView>,
    /// Links of the bar under the thumb.
    pub(crate) dock: Vec<LinkView>,
    pub(crate) about: About,
    /// The feed that tells the same.
    pub(crate) feed: Option<LinkView>,
    pub(crate) footer: String,
}

/// One of the six words of the navigation.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct NavView {
    pub(crate) href: String,
    pub(crate) text: &'static str,
    pub(crate) current: bool,
}

/// The article template: a head, parts in the middle, boxes at the side.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Article {
    pub(crate) edge: &'static str,
    pub(crate) title: String,
    pub(crate) name_html: Html,
    pub(crate) anchor: String,
    pub(crate) chips: Vec<Chip>,
    pub(crate) facts: Vec<Fact>,
    pub(crate) lead: String,
    /// The first screen of a runbook.
    pub(crate) sheet: Option<Sheet>,
    pub(crate) problems: Vec<String>,
    pub(crate) toc: Vec<LinkView>,
    pub(crate) parts: Vec<Part>,
    pub(crate) boxes: Vec<Part>,
    pub(crate) source: Option<SourceView>,
}

/// What stands on the first screen of a runbook.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct Sheet {
    pub(crate) leads: Vec<LeadView>,
    pub(crate) first: Option<FirstView>,
    pub(crate) fill: Vec<FieldView>,
}

/// What it means, or what users feel; the title is empty where the text brings its own.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct LeadView {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) body_html: Html,
}

/// What to do before anything else; the title is empty where the author has a heading for it.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct FirstView {
    pub(crate) title: &'static str,
    pub(crate) note: &'static str,
    pub(crate) heading_html: Html,
    pub(crate) body_html: Html,
    pub(crate) buttons: Vec<LinkView>,
}

/// A value that the reader fills in once for all commands.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct FieldView {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) note: String,
    pub(crate) default: String,
    pub(crate) choices: Vec<String>,
    pub(crate) pattern: String,
    /// Labels of the alert's link that give the value.
    pub(crate) from: String,
    pub(crate) secret: bool,
}

/// What a page is about, for scripts: ids, empty where there is none.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct About {
    pub(crate) alert: String,
    pub(crate) runbook: String,
    pub(crate) services: String,
    pub(crate) owner: String,
}

/// Where a page comes from, and what it does not show in its text.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(crate) struct SourceView {
    pub(crate) path: String,
    pub(crate) view: String,
    pub(crate) edit: String,
    /// When the file last changed, in words.
    pub(crate) change: String,
    pub(crate) front: String,
    pub(crate) hidden: Vec<String>,
}
