//! `search QUERY…`: the search of the site in the terminal, over the sources or a built site.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::cli::args::{Args, Search as SearchArgs};
use crate::cli::run::{here, load, print, root, say, today};
use crate::diag::emit::human::plain;
use crate::diag::emit::json;
use crate::discover;
use crate::index::query::{Answer, Hit, Search};
use crate::index::{self, FOLDER};
use crate::pipeline::{self, Times};
use crate::text::par;

pub(crate) fn search(args: &Args, search: &SearchArgs) -> Result<u8, String> {
    let query = search.query.join(" ");
    let answer = match &search.site {
        Some(folder) => {
            let folder = here()?.join(folder).join(FOLDER);
            let file = |name: &str| folder.join(format!("{name}.js"));
            if !file("root").is_file() {
                return Err(format!("{} holds no search; build the site", folder.display()));
            }
            let load = |name: &str| discover::read_site_file(&file(name)).ok().flatten();
            Search::new(Box::new(load))?.search(&query, search.limit)
        }
        None => from_sources(args, &query, search.limit)?,
    };
    if search.json {
        print(&format!("{}\n", as_json(&answer.hits)?))?;
    } else {
        print(&answer.hits.iter().map(text).collect::<String>())?;
        if !args.quiet {
            tell(&answer);
        }
    }
    Ok(0)
}

fn from_sources(args: &Args, query: &str, limit: usize) -> Result<Answer, String> {
    let root = root(args, None)?;
    let config = load(&root)?;
    let today = today(args.now.as_deref())?;
    let clock = || Duration::ZERO;
    par::on_threads(args.threads, || {
        let (site, _) = pipeline::analyse(config, None, today, &clock, &mut Times::default())?;
        let files: BTreeMap<String, Vec<u8>> = index::index(&site)?.into_iter().collect();
        let load = |name: &str| {
            let bytes = files.get(&format!("{FOLDER}{name}.js"))?;
            Some(String::from_utf8_lossy(bytes).into_owned())
        };
        let answer = Search::new(Box::new(load))?.search(query, limit);
        // The process ends here: to free each node by itself takes longer than some stages.
        std::mem::forget(site);
        Ok(answer)
    })?
}

fn as_json(hits: &[Hit]) -> Result<String, String> {
    #[derive(Serialize)]
    struct Row<'a> {
        title: &'a str,
        section: &'a str,
        kind: &'a str,
        url: &'a str,
        source: &'a str,
        score: f64,
    }
    #[derive(Serialize)]
    struct Rows<'a> {
        hits: Vec<Row<'a>>,
    }
    let hits = hits.iter().map(|hit| Row {
        title: &hit.title,
        section: &hit.section,
        kind: &hit.kind,
        url: &hit.url,
        source: &hit.source,
        score: (hit.score * 1_000.0).round() / 1_000.0,
    });
    json::pretty(&Rows { hits: hits.collect() })
}

/// A hit in two or three lines.
fn text(hit: &Hit) -> String {
    let mut out = plain(&hit.title).into_owned();
    if !hit.section.is_empty() {
        out.push_str(&format!(" › {}", plain(&hit.section)));
    }
    let about: Vec<&str> =
        [&*hit.kind, &hit.team, &hit.severity].into_iter().filter(|w| !w.is_empty()).collect();
    out.push_str(&format!(
        "  [{}]\n    /{}  {}\n",
        plain(&about.join(", ")),
        hit.url,
        plain(&hit.source)
    ));
    if !hit.note.is_empty() {
        out.push_str(&format!("    {}\n", plain(&hit.note)));
    }
    out
}

/// What the person may want to know besides.
fn tell(answer: &Answer) {
    for (word, better) in &answer.fixes {
        say(&format!("`{word}` stands nowhere or is rare; `{better}` was looked for too"));
    }
    if !answer.unknown.is_empty() {
        say(&format!("nobody wrote: {}", answer.unknown.join(", ")));
    }
    match answer.total {
        0 => say("nothing found"),
        n if n > answer.hits.len() => say(&format!("{} of {n} pages", answer.hits.len())),
        _ => {}
    }
}
