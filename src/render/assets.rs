//! Theme → the files that every page loads, with the hash of their bytes in their names.

use crate::text::hash::hex;
use crate::theme::Theme;

/// The one line of script that stands in pages: nothing moves when the other scripts arrive.
pub(crate) const BOOT: &str = "document.documentElement.dataset.js='';try{var t=localStorage.getItem('opslore:theme');if(t)document.documentElement.dataset.theme=t}catch(e){}";

/// Paths of assets.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    pub(crate) css: String,
    /// What every page loads.
    pub(crate) script: String,
    /// What every page loads, and what chooses by the address: on choosers and where nothing is.
    pub(crate) lead: String,
    /// What the page of kept pages loads besides.
    pub(crate) offline: String,
    /// Names, for the page that is shown where nothing is.
    pub(crate) names: String,
    /// The source of the policy that allows [`BOOT`].
    pub(crate) boot_hash: String,
}

impl Assets {
    /// Makes the assets of a theme and hands each to `keep`.
    pub(crate) fn new(
        theme: &Theme,
        names: &str,
        mut keep: impl FnMut(&str, &str) -> Result<(), String>,
    ) -> Result<Self, String> {
        let mut add = |name: &str, ending: &str, text: &str| {
            let path = format!("assets/{name}-{}.{ending}", hex(text.as_bytes(), 12));
            keep(&path, text)?;
            Ok::<_, String>(path)
        };
        let script = |name: &str| theme.scripts.get(name).map_or("", String::as_str);
        // No page loads it at once: who searches does.
        let search = format!("{}\n{}", script("search.js"), script("dialog.js"));
        let search = add("search", "js", &search)?;
        let main = script("opslore.js").replace("__SEARCH__", &search);
        Ok(Self {
            css: add("opslore", "css", &theme.css)?,
            script: add("opslore", "js", &main)?,
            lead: add("lead", "js", &format!("{main}\n{}", script("lead.js")))?,
            offline: add("offline", "js", script("offline.js"))?,
            names: add("names", "js", names)?,
            boot_hash: crate::text::hash::csp_source(BOOT),
        })
    }
}
