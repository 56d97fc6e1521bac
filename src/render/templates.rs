//! Template texts → compiled templates: the only file that names tera.

use tera::{Context, Tera};

use crate::render::page::PageView;
use crate::theme::Theme;

/// Compiled templates.
pub(crate) struct Templates {
    tera: Tera,
}

impl Templates {
    /// Compiles the templates of a theme; the error names file, place and what is wrong.
    pub(crate) fn new(theme: &Theme) -> Result<Self, String> {
        let mut tera = Tera::default();
        tera.autoescape_on([".html"]);
        let texts = theme.templates.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        tera.add_raw_templates(texts).map_err(|e| format!("template: {}", chain(&e)))?;
        Ok(Self { tera })
    }

    /// Renders a page.
    pub(crate) fn page(
        &self,
        name: &str,
        page: &PageView,
        view: &impl serde::Serialize,
    ) -> Result<String, String> {
        let mut context = Context::new();
        context.insert("page", page);
        context.insert("view", view);
        self.tera.render(name, &context).map_err(|e| format!("template {name}: {}", chain(&e)))
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}
