//! `serve [DIR]`: arguments → a server, and its events → lines.

use std::sync::Arc;

use crate::cli::args::{Args, Serve};
use crate::cli::run::{load, print, root, say, start, today};
use crate::diag::emit::human;
use crate::serve::{self, Event, Setup};

pub(crate) fn serve(args: &Args, serve: &Serve) -> Result<u8, String> {
    let root = root(args, serve.dir.as_deref())?;
    let begun = start();
    // A wrong date is told at once, not by the first page.
    today(args.now.as_deref())?;
    let (quiet, now, site_root) = (args.quiet, args.now.clone(), root.clone());
    serve::serve(&Setup {
        config: Arc::new(move || load(&site_root)),
        today: Arc::new(move || today(now.as_deref())),
        clock: Arc::new(move || begun.elapsed()),
        tell: Arc::new(move |event| tell(&event, quiet)),
        root,
        interface: serve.interface,
        port: serve.port,
        threads: args.threads,
    })?;
    Ok(0)
}

fn tell(event: &Event<'_>, quiet: bool) {
    match event {
        Event::Listening(address) => {
            // Who reads the address may go away once it is known.
            let _ = print(&format!("{address}\n"));
            if !quiet {
                say("Ctrl+C ends it");
            }
        }
        Event::Built { is_whole: false, time, .. } if !quiet => {
            say(&format!("what changed, {:.2} s", time.as_secs_f64()));
        }
        Event::Built { report, pages, time, problems, .. } => {
            for problem in *problems {
                say(problem);
            }
            if !quiet {
                let found = human::summary(report);
                say(&format!("{pages} pages, {found}, {:.2} s", time.as_secs_f64()));
            }
        }
        Event::Failed(message) => say(&format!("error: {message}\nthe last site stays")),
    }
}
