//! What postmortems teach: lessons and contributing factors, once for all that state them.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::diag::Place;
use crate::model::collect::Catalog;
use crate::model::document::Detail;
use crate::model::factors::vocabulary;
use crate::model::id::{DocId, FactorId, LessonId};
use crate::model::postmortem::{StatedLesson, items};
use crate::model::sections::{PostmortemPart, postmortem_part};
use crate::parse::Document;
use crate::parse::tree::Kind;
use crate::text::slug::short_slug;
use crate::text::source::Source;

/// What the page of a lesson says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonPage {
    /// The lesson.
    pub id: LessonId,
    /// Contributing factors that it is about.
    pub factors: Vec<FactorId>,
}

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

/// Most letters of a lesson: it is a sentence or two, more is a story about it.
const MOST: usize = 200;

/// Lessons of the sections that are called so: the items of their lists, else their short paragraphs.
pub(crate) fn from_sections(source: &Source, document: &Document) -> Vec<StatedLesson> {
    let text = &*source.text;
    let nodes = &document.tree.nodes;
    let mut out = Vec::new();
    for (n, heading) in document.outline.iter().enumerate() {
        // “What went well” is a part of the same kind, and holds luck and praise.
        let is_lessons = heading.title.to_lowercase().contains("lesson")
            && postmortem_part(&heading.title) == Some(PostmortemPart::Lessons);
        if !is_lessons {
            continue;
        }
        let from = heading.node as usize + 1;
        let to = document.outline.get(n + 1).map_or(nodes.len(), |next| next.node as usize);
        let mut found = items(document, from..to);
        if found.is_empty() {
            let mut at = from;
            while at < to {
                let short = || document.tree.words(at, text).chars().count() <= MOST;
                if matches!(nodes[at].kind, Kind::Paragraph) && short() {
                    found.push(at);
                }
                at = (nodes[at].end as usize).max(at + 1);
            }
        }
        for node in found {
            let words = document.tree.words(node, text);
            if !words.is_empty() {
                let place = Place::new(source.id, nodes[node].span);
                out.push(StatedLesson { text: words, id: None, place });
            }
        }
    }
    out
}

/// Lessons and factors over all postmortems.
pub(crate) fn learn(config: &Config, catalog: &mut Catalog) {
    for (slug, description) in &config.factors {
        let factor = Factor { description: description.clone(), postmortems: Vec::new() };
        catalog.factors.insert(FactorId::new(slug), factor);
    }
    for (n, doc) in catalog.documents.iter().enumerate() {
        if let Detail::Lesson(page) = &doc.detail {
            let lesson = Lesson {
                text: doc.title.value.clone(),
                document: Some(DocId(n as u32)),
                postmortems: Vec::new(),
            };
            catalog.lessons.entry(page.id.clone()).or_insert(lesson);
        }
    }
    let by_text = by_text(&catalog.lessons);
    let vocabulary = vocabulary(config);
    for (n, doc) in catalog.documents.iter().enumerate() {
        let Detail::Postmortem(postmortem) = &doc.detail else { continue };
        let here = DocId(n as u32);
        for (factor, note) in &postmortem.factors {
            let entry = catalog.factors.entry(factor.value.clone()).or_insert_with(|| Factor {
                description: vocabulary.get(factor.value.as_str()).map_or("", |d| *d).to_owned(),
                postmortems: Vec::new(),
            });
            entry.postmortems.push((here, note.clone()));
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
            if is_reference(&entry.text) {
                entry.text.clone_from(&lesson.text);
            }
            if entry.postmortems.last() != Some(&here) {
                entry.postmortems.push(here);
            }
        }
    }
    // A reference to what nobody states is a fault of the postmortem, and no lesson.
    catalog.lessons.retain(|_, lesson| !is_reference(&lesson.text));
    answered_by_sentence(catalog);
}

/// A service may name the lesson that it answers by its sentence: pages show that, not the id.
fn answered_by_sentence(catalog: &mut Catalog) {
    let lessons = &catalog.lessons;
    let mut by_words: Option<BTreeMap<LessonId, &LessonId>> = None;
    for answer in catalog.services.values_mut().flat_map(|s| &mut s.answers) {
        if lessons.contains_key(&answer.lesson) {
            continue;
        }
        let by_words = by_words.get_or_insert_with(|| {
            lessons.iter().map(|(id, lesson)| (LessonId::new(&lesson.text), id)).collect()
        });
        if let Some(id) = by_words.get(&answer.lesson) {
            answer.lesson = (*id).clone();
        }
    }
}

/// True for `lesson:canary-config`, the name of a lesson that stands elsewhere.
pub fn is_reference(text: &str) -> bool {
    text.strip_prefix("lesson:").is_some_and(|id| !id.trim().contains(char::is_whitespace))
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
