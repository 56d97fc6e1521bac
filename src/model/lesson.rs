//! What postmortems teach: lessons and contributing factors, once for all that state them.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::model::collect::Catalog;
use crate::model::document::Detail;
use crate::model::id::{DocId, FactorId, LessonId};
use crate::text::slug::short_slug;

/// What was learned, once for all postmortems that say it.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// The sentence.
    pub text: String,
    /// The page that is about it.
    pub document: Option<DocId>,
    /// Postmortems that state or name it.
    pub postmortems: Vec<DocId>,
}

/// A contributing factor of the shared vocabulary.
#[derive(Clone, Debug, Default)]
pub struct Factor {
    /// What it means, from the configuration.
    pub description: String,
    /// Postmortems it contributed to, with the note each gives.
    pub postmortems: Vec<(DocId, Option<String>)>,
}

/// Lessons and factors over all postmortems.
pub(crate) fn learn(config: &Config, catalog: &mut Catalog) {
    for (slug, description) in &config.factors {
        let factor = Factor { description: description.clone(), postmortems: Vec::new() };
        catalog.factors.insert(FactorId::new(slug), factor);
    }
    for (n, doc) in catalog.documents.iter().enumerate() {
        if let Detail::Lesson(id) = &doc.detail {
            let lesson = Lesson {
                text: doc.title.value.clone(),
                document: Some(DocId(n as u32)),
                postmortems: Vec::new(),
            };
            catalog.lessons.entry(id.clone()).or_insert(lesson);
        }
    }
    let by_text = by_text(&catalog.lessons);
    for (n, doc) in catalog.documents.iter().enumerate() {
        let Detail::Postmortem(postmortem) = &doc.detail else { continue };
        let here = DocId(n as u32);
        for (factor, note) in &postmortem.factors {
            catalog
                .factors
                .entry(factor.value.clone())
                .or_default()
                .postmortems
                .push((here, note.clone()));
        }
        for lesson in &postmortem.lessons {
            let id = lesson_id(&lesson.text, lesson.id.as_deref(), &by_text);
            if id.as_str().is_empty() {
                continue;
            }
            let entry = catalog.lessons.entry(id).or_insert_with(|| Lesson {
                text: lesson.text.clone(),
                document: None,
                postmortems: Vec::new(),
            });
            if entry.postmortems.last() != Some(&here) {
                entry.postmortems.push(here);
            }
        }
    }
}

/// Returns lessons by their sentence, lower case and without full stop.
pub fn by_text(lessons: &BTreeMap<LessonId, Lesson>) -> BTreeMap<String, LessonId> {
    lessons
        .iter()
        .map(|(id, l)| (l.text.trim_end_matches('.').to_lowercase(), id.clone()))
        .collect()
}

/// Returns the id of a lesson as a postmortem states it: a reference, an id beside it, or its first words.
pub fn lesson_id(
    text: &str,
    stated: Option<&str>,
    by_text: &BTreeMap<String, LessonId>,
) -> LessonId {
    if let Some(id) = stated.or_else(|| text.strip_prefix("lesson:")) {
        return LessonId::new(id);
    }
    if let Some(id) = by_text.get(&text.trim_end_matches('.').to_lowercase()) {
        return id.clone();
    }
    LessonId::new(&short_slug(text, 60))
}
