//! Older addresses of documents → redirects to the pages that have them now.

use crate::diag::{Code, Finding, Place};
use crate::link::routes::{Page, Routes, UrlPath};
use crate::model::collect::Catalog;
use crate::text::slug::segment;

/// Older addresses lead on to the page that has them.
pub(in crate::link) fn aliases(
    catalog: &Catalog,
    routes: &mut Routes,
    findings: &mut Vec<Finding>,
) {
    for (n, doc) in catalog.documents.iter().enumerate() {
        let target = routes.docs[n].clone();
        for alias in &doc.aliases {
            let place = alias.place.unwrap_or(Place::file(doc.source));
            let path = alias.value.split(['?', '#']).next().unwrap_or("");
            let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
            let first = parts.first().and_then(|p| routes.find(p)).map(UrlPath::as_str);
            let in_file = first.is_some_and(|f| !f.is_empty() && !f.ends_with('/'));
            // Files of these folders have names that nobody can foresee.
            let in_own =
                matches!(first, Some("api/" | "assets/" | "badges/" | "images/" | "search/"));
            let outside = in_file
                || (in_own && parts.len() > 1)
                || path.starts_with("//")
                || parts.len() > 12
                || path.len() > 400
                || parts.iter().any(|p| p.bytes().all(|b| b == b'.'))
                || path.contains(':')
                || parts.iter().any(|p| *p == ".." || *p == ".")
                || parts.is_empty()
                || path.contains('\\');
            if outside {
                let message = format!("`{}` cannot be an address of this site", alias.value);
                findings.push(
                    Finding::new(Code::BadAlias, place, message)
                        .hint("an alias is a path such as `/wiki/checkout-5xx`"),
                );
                continue;
            }
            let mut wanted: String = parts
                .iter()
                .map(|p| segment(p.strip_suffix(".html").unwrap_or(p)))
                .collect::<Vec<_>>()
                .join("/");
            wanted.push('/');
            match routes.find(&wanted) {
                None => {
                    routes.claim(&wanted, Page::Redirect(target.clone()));
                }
                Some(known)
                    if *known == target
                        || matches!(routes.pages.get(known), Some(Page::Redirect(to)) if *to == target) =>
                    {}
                Some(_) => {
                    let message =
                        format!("the alias `{}` is the address of another page", alias.value);
                    findings.push(
                        Finding::new(Code::AddressCollision, place, message)
                            .hint("remove the alias, or give the other page another name"),
                    );
                }
            }
        }
    }
}
