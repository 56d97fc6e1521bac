//! `explain`: a finding's long text, or the table of all.

use crate::cli::run::print;
use crate::diag::Code;
use crate::diag::codes::RULES;
use crate::text::nearest::nearest;

pub(crate) fn explain(code: Option<&str>) -> Result<u8, String> {
    let Some(name) = code else {
        let rows: Vec<String> = RULES
            .iter()
            .map(|r| format!("{} {:<26} {:<8} {}\n", r.code, r.name, r.level.word(), r.summary))
            .collect();
        print(&rows.concat())?;
        return Ok(0);
    };
    let Some(code) = Code::find(name) else {
        let near = nearest(name, RULES.iter().flat_map(|r| [r.name, r.code]));
        let hint = near.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        return Err(format!("there is no finding `{name}`{hint}"));
    };
    print(code.rule().explanation)?;
    Ok(0)
}
