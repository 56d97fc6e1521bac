//! Built-in templates and style sheets, overridden file by file from the site's folder → [`Theme`].

mod builtin;
mod colour;
pub mod contrast;
mod css;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use walkdir::WalkDir;

use crate::text::nearest::nearest;
use crate::theme::builtin::{SCRIPTS, SHEETS, TEMPLATES, THEMES};

/// Templates and style of a site.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Template texts by name (`base.html`, `partials/row.html`).
    pub templates: BTreeMap<String, String>,
    /// One style sheet.
    pub css: String,
    /// Scripts by name (`opslore.js`).
    pub scripts: BTreeMap<String, String>,
    /// The site's own sheets, by path below the site's root.
    pub own: BTreeMap<String, String>,
}

impl Theme {
    /// Returns the theme `name` with the files of a site, by path below its root: `templates/` and
    /// `themes/<name>/css/` win over ours.
    pub fn new(name: &str, files: BTreeMap<String, String>) -> Self {
        let built_in =
            TEMPLATES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let mut templates: BTreeMap<String, String> = built_in.collect();
        let mut scripts: BTreeMap<String, String> =
            SCRIPTS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let mut own = BTreeMap::new();
        let folder = sheets_of(name);
        let scripts_folder = format!("themes/{name}/js/");
        for (path, text) in files {
            // Other tools keep templates of their own in a folder of this name; only ours are taken over.
            if let Some(known) = path.strip_prefix("templates/").and_then(|p| templates.get_mut(p))
            {
                *known = text;
            } else if let Some(known) =
                path.strip_prefix(scripts_folder.as_str()).and_then(|p| scripts.get_mut(p))
            {
                *known = text;
            } else if path.starts_with(&folder) {
                own.insert(path, text);
            }
        }
        let css = css(name, own.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let css = squeezed(&css);
        Self { templates, css, scripts, own }
    }
}

/// Returns the sheets of a theme as one: ours in their order, then its own, which stand outside of every layer and
/// win; a sheet of the site, by path below its root, replaces that of the same name.
pub fn css<'a>(name: &str, own: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let built_in = THEMES.iter().find(|(theme, _)| *theme == name).map_or(&[][..], |(_, s)| s);
    let mut sheets: BTreeMap<&str, &str> = SHEETS.iter().chain(built_in).copied().collect();
    let folder = sheets_of(name);
    sheets.extend(
        own.into_iter()
            .filter_map(|(path, text)| Some((path.strip_prefix(folder.as_str())?, text))),
    );
    let ours: Vec<&str> = SHEETS.iter().filter_map(|(name, _)| sheets.remove(name)).collect();
    let mut css = String::new();
    for text in ours.into_iter().chain(sheets.into_values()) {
        css.push_str(text);
        if !text.ends_with('\n') {
            css.push('\n');
        }
    }
    css
}

/// Leaves out what is there for people: comments, line ends, spaces beside braces and semicolons.
fn squeezed(css: &str) -> String {
    let plain = css::without_comments(css);
    let mut out = String::with_capacity(plain.len());
    let mut quote = None;
    let mut space = false;
    for char in plain.chars() {
        if quote.is_none() && char.is_whitespace() {
            space = true;
            continue;
        }
        let is_border = |c: char| matches!(c, '{' | '}' | ';');
        if space && !out.ends_with(is_border) && !is_border(char) && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        out.push(char);
        quote = match quote {
            None if matches!(char, '"' | '\'') => Some(char),
            Some(open) if open == char => None,
            other => other,
        };
    }
    out.push('\n');
    out
}

/// Folder of a theme's sheets below the site's root.
fn sheets_of(name: &str) -> String {
    format!("themes/{name}/css/")
}

/// Reads the theme of a site.
pub fn theme(root: &Path, name: &str) -> Result<Theme, String> {
    known(root, name)?;
    let mut files = BTreeMap::new();
    let scripts = format!("themes/{name}/js/");
    for (folder, ending) in
        [("templates/", "html"), (sheets_of(name).as_str(), "css"), (scripts.as_str(), "js")]
    {
        let found = read(&root.join(folder), ending)?;
        files.extend(found.into_iter().map(|(name, text)| (format!("{folder}{name}"), text)));
    }
    Ok(Theme::new(name, files))
}

/// Refuses a theme that is neither ours nor a folder of the site.
fn known(root: &Path, name: &str) -> Result<(), String> {
    let folder = root.join("themes");
    let mut names: BTreeSet<String> = THEMES.iter().map(|(name, _)| (*name).to_owned()).collect();
    for entry in WalkDir::new(&folder).min_depth(1).max_depth(1).into_iter().flatten() {
        if entry.path().is_dir() {
            names.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    if names.contains(name) {
        return Ok(());
    }
    let near = nearest(name, names.iter().map(String::as_str));
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Err(format!(
        "there is no theme `{name}`: {near}there are {}; one of your own is a folder in {}",
        names.join(", "),
        folder.display()
    ))
}

#[expect(clippy::disallowed_methods, reason = "theme reads the site's own templates and sheets")]
fn read(folder: &Path, ending: &str) -> Result<Vec<(String, String)>, String> {
    let mut out = Vec::new();
    if !folder.is_dir() {
        return Ok(out);
    }
    for entry in WalkDir::new(folder).follow_links(false).sort_by_file_name() {
        let entry = entry.map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
        let path = entry.path();
        if !entry.file_type().is_file() || path.extension().is_none_or(|e| e != ending) {
            continue;
        }
        let text = std::fs::read_to_string(path)
            .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let name = path.strip_prefix(folder).unwrap_or(path);
        let parts: Vec<_> =
            name.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
        out.push((parts.join("/"), text));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::squeezed;

    #[test]
    fn sheets_lose_what_no_browser_needs() {
        let css =
            "/* a */\n@layer x {\n  .a > .b :hover { color: red; content: \" ; } \" }\n  .c{}\n}\n";
        let expected = "@layer x{.a > .b :hover{color: red;content: \" ; } \"}.c{}}\n";
        assert_eq!(squeezed(css), expected);
        assert_eq!(squeezed(""), "\n");
    }
}
