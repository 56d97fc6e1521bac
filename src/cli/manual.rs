//! `man`: the commands and options → pages for `man`, all in one or one a command.

use std::path::Path;

use clap_mangen::Man;

use crate::cli::args;
use crate::cli::run::{here, print};
use crate::write;

pub(crate) fn man(folder: Option<&Path>) -> Result<u8, String> {
    let mut root = args::command().disable_help_subcommand(true);
    root.build();
    let Some(folder) = folder else {
        print(&one_page(&root)?)?;
        return Ok(0);
    };
    let folder = here()?.join(folder);
    write::folder(&folder)?;
    for command in std::iter::once(&root).chain(root.get_subcommands()) {
        let page = page_of(command.clone());
        let text = text_of(|out| page.render(out))?;
        write::file(&folder.join(page.get_filename()), &text)?;
        print(&format!("{}\n", page.get_filename()))?;
    }
    Ok(0)
}

/// The page of the program, and below it what the page of each command would say.
fn one_page(root: &args::Spec) -> Result<String, String> {
    let page = page_of(root.clone());
    let mut text = text_of(|out| {
        page.render_title(out)?;
        page.render_name_section(out)?;
        page.render_synopsis_section(out)?;
        page.render_description_section(out)?;
        page.render_options_section(out)
    })?;
    for command in root.get_subcommands() {
        // What holds for every command is told once, above.
        let own = |arg: args::Arg| {
            let everywhere = arg.is_global_set() || arg.get_id() == "help";
            arg.hide(everywhere)
        };
        let page = page_of(command.clone().mut_args(own));
        let about = text_of(|out| {
            page.render_synopsis_section(out)?;
            page.render_description_section(out)?;
            page.render_options_section(out)
        })?;
        let name = command.get_name().to_uppercase();
        text.push_str(&format!(".SH \"COMMAND {name}\"\n"));
        text.push_str(&below(&about));
    }
    Ok(text)
}

/// A page without a date, so that one program always makes the same page.
fn page_of(command: args::Spec) -> Man {
    Man::new(command).date(" ").manual("opslore manual")
}

/// Makes sections of a page subsections, and says once what is set for the whole page.
fn below(page: &str) -> String {
    let preamble = |line: &str| line.starts_with(".ie ") || line.starts_with(".el ");
    let lines = page.lines().filter(|line| !preamble(line));
    let lines: Vec<String> = lines.map(|line| line.replacen(".SH ", ".SS ", 1)).collect();
    lines.join("\n") + "\n"
}

fn text_of(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<String, String> {
    let mut out = Vec::new();
    write(&mut out).map_err(|e| e.to_string())?;
    String::from_utf8(out).map_err(|e| e.to_string())
}
