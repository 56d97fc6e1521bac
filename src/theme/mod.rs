//! Built-in templates and style sheets, overridden file by file from the site's folder → [`Theme`].

mod builtin;

use std::collections::BTreeMap;
use std::path::Path;

use walkdir::WalkDir;

/// Templates and style of a site.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Template texts by name (`base.html`, `partials/row.html`).
    pub templates: BTreeMap<String, String>,
    /// One style sheet.
    pub css: String,
}

/// Reads the theme of a site: `templates/` and `themes/<name>/css/` beside the site file win over ours.
pub fn theme(root: &Path, name: &str) -> Result<Theme, String> {
    let mut templates: BTreeMap<String, String> = builtin::TEMPLATES
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let mut sheets: BTreeMap<String, String> = builtin::SHEETS
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    if name != "default" && !root.join("themes").join(name).is_dir() {
        return Err(format!(
            "there is no theme `{name}`: expected the folder {}",
            root.join("themes").join(name).display()
        ));
    }
    for (file, text) in files(&root.join("templates"), "html")? {
        // Other tools keep templates of their own in a folder of this name; only ours are taken over.
        if let Some(known) = templates.get_mut(&file) {
            *known = text;
        }
    }
    for (file, text) in files(&root.join("themes").join(name).join("css"), "css")? {
        sheets.insert(file, text);
    }
    let mut css = String::new();
    for (name, _) in builtin::SHEETS {
        css.push_str(&sheets.remove(*name).unwrap_or_default());
    }
    // What is left are the site's own sheets: last and outside of every layer, so they win.
    for text in sheets.values() {
        css.push_str(text);
    }
    Ok(Theme { templates, css })
}

#[expect(clippy::disallowed_methods, reason = "theme reads the site's own templates and sheets")]
fn files(folder: &Path, ending: &str) -> Result<Vec<(String, String)>, String> {
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
