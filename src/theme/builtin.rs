//! The registry of embedded templates and style sheets.

macro_rules! embedded {
    ($root:literal: $($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../", $root, "/", $name)))),+]
    };
}

/// Templates by name.
pub(crate) const TEMPLATES: &[(&str, &str)] = embedded!("templates":
    "404.html", "article.html", "base.html", "book.html", "home.html", "list.html", "redirect.html", "search.html",
    "partials/chip.html", "partials/learn.html", "partials/part.html", "partials/rows.html", "partials/sheet.html",
    "partials/source.html");

/// Style sheets in the order of the page.
pub(crate) const SHEETS: &[(&str, &str)] = embedded!("themes/default/css":
    "reset.css", "tokens.css", "base.css", "layout.css", "parts.css", "pictures.css", "page.css", "prose.css",
    "print.css");

/// Scripts by name, without what is there for people; `tests/browser/minify.mjs` makes them.
pub(crate) const SCRIPTS: &[(&str, &str)] = embedded!("themes/default/js/min": "dialog.js", "lead.js", "offline.js", "opslore.js", "search.js", "sw.js");

/// Themes by name: the sheets that each adds behind [`SHEETS`].
pub(crate) const THEMES: &[(&str, &[(&str, &str)])] = &[("default", &[]), ("slate", SLATE)];

/// Grey grounds and blue links.
const SLATE: &[(&str, &str)] = embedded!("themes/slate/css": "theme.css");
