//! Teams and services → small pictures for a README: how many of their alerts lead to a runbook.

use std::collections::BTreeMap;

use crate::link::routes::UrlPath;
use crate::report::coverage::{Class, alerts};
use crate::report::facts::Facts;
use crate::text::html::HtmlWriter;

/// Width of a character of the badge's font, in tenths of a pixel.
const CHARACTER: u64 = 68;

/// Returns a badge a team and a service that raises alerts.
pub(crate) fn badges(facts: &Facts<'_>) -> Vec<(String, Vec<u8>)> {
    let mut shares: BTreeMap<&UrlPath, (u64, u64)> = BTreeMap::new();
    let alerts = alerts(facts);
    for alert in alerts.iter().filter(|alert| alert.class != Class::Exempt) {
        let routes = &facts.site.routes;
        let services = alert.services.iter().filter_map(|service| routes.service(service));
        let team = alert.team.as_ref().and_then(|team| routes.team(team));
        for address in services.chain(team) {
            let (covered, all) = shares.entry(address).or_default();
            *covered += u64::from(alert.class.is_covered());
            *all += 1;
        }
    }
    let badge = |(address, (covered, all)): (&UrlPath, (u64, u64))| {
        let name = address.as_str().trim_end_matches('/');
        (format!("badges/{name}.svg"), badge("runbooks", covered, all))
    };
    shares.into_iter().map(badge).collect()
}

/// A badge has colours of its own: it stands on other people's pages, in light and in dark.
fn badge(label: &str, part: u64, of: u64) -> Vec<u8> {
    let value = format!("{part} of {of}");
    let ground = if part == of {
        "#14593a"
    } else if part * 2 >= of {
        "#834600"
    } else {
        "#a51c14"
    };
    let width = |text: &str| (text.chars().count() as u64 * CHARACTER).div_ceil(10) + 12;
    let (left, right) = (width(label), width(&value));
    let mut out = HtmlWriter::default();
    out.markup("<svg xmlns=\"http://www.w3.org/2000/svg\"");
    out.attr("width", &(left + right).to_string()).markup(" height=\"20\" role=\"img\"");
    out.attr("aria-label", &format!("{label}: {value}")).markup("><title>");
    out.text(&format!("{label}: {value}")).markup("</title><rect");
    out.attr("width", &left.to_string()).markup(" height=\"20\" fill=\"#12211f\"/><rect");
    out.attr("x", &left.to_string()).attr("width", &right.to_string());
    out.markup(" height=\"20\"").attr("fill", ground);
    out.markup("/><g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" text-anchor=\"middle\"><text y=\"14\"");
    out.attr("x", &(left / 2).to_string()).markup(">").text(label).markup("</text><text y=\"14\"");
    out.attr("x", &(left + right / 2).to_string()).markup(">").text(&value);
    out.markup("</text></g></svg>\n");
    out.finish().as_str().as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::badge;

    #[test]
    fn a_badge_says_its_number_in_words_and_colour() {
        let text = |part, of| String::from_utf8(badge("runbooks", part, of)).unwrap();
        assert!(
            text(3, 3).contains("aria-label=\"runbooks: 3 of 3\"")
                && text(3, 3).contains("#14593a")
        );
        assert!(text(2, 3).contains("#834600") && text(1, 3).contains("#a51c14"));
    }
}
