//! Objectives of a service and its answers to lessons, from lists of maps or maps by name.

use crate::diag::{Code, Finding};
use crate::model::catalog::keys::{
    ANSWER, ANSWERED_ON, ANSWERS, LESSON_ID, NOTE, SLO, SLO_NAME, SLO_TARGET, SLO_WINDOW,
};
use crate::model::catalog::parts::has;
use crate::model::catalog::reader::{Reader, first, many};
use crate::model::id::LessonId;
use crate::model::service::{Answer, LessonAnswer, Slo};
use crate::text::date::Day;
use crate::text::keys;
use crate::text::nearest::nearest;
use crate::text::yaml::{Node, Value};

/// Returns the objectives of a list of `{name, target, window, url}` or of a map by name.
pub(crate) fn slos(reader: &mut Reader, key: &str, node: &Node) -> Vec<Slo> {
    let named = |name: &str, target: Option<String>| Slo {
        name: name.to_owned(),
        target,
        window: None,
        url: None,
    };
    if let Value::Map(entries) = &node.value
        && !has(node, &["name", "id", "target"])
    {
        let targets = entries.iter().filter(|e| !e.value.is_blank());
        return targets
            .map(|e| match e.value.text() {
                Some(target) => named(&e.key, Some(target.to_owned())),
                None => Slo { name: e.key.clone(), ..slo(reader, key, &e.value) },
            })
            .collect();
    }
    let mut slos = Vec::new();
    for node in many(node) {
        if let Some(name) = node.text() {
            slos.push(named(name, None));
        } else if node.entries().is_empty() {
            reader.wrong(key, node, "a list of `{name, target, window}`");
        } else {
            slos.push(slo(reader, key, node));
        }
    }
    slos
}

fn slo(reader: &mut Reader, key: &str, node: &Node) -> Slo {
    if node.entries().is_empty() {
        reader.wrong(key, node, "a map");
    }
    reader.only(key, node, SLO);
    Slo {
        name: reader.text(node, SLO_NAME).unwrap_or_else(|| "objective".to_owned()),
        target: reader.text(node, SLO_TARGET),
        window: reader.text(node, SLO_WINDOW),
        url: reader.text(node, &["url"]),
    }
}

/// Returns the answers of a list of `{lesson, answer, on, note}` or of a map from lesson to answer.
pub(crate) fn lessons(reader: &mut Reader, key: &str, node: &Node) -> Vec<LessonAnswer> {
    let mut answers = Vec::new();
    if let Value::Map(entries) = &node.value
        && !has(node, LESSON_ID)
    {
        for entry in entries {
            match entry.value.text() {
                Some(word) => answers.extend(answer(reader, &entry.key, Some(word), &entry.value)),
                None => answers.extend(answer_of_map(reader, key, Some(&entry.key), &entry.value)),
            }
        }
        return answers;
    }
    for node in many(node) {
        if let Some(lesson) = node.text() {
            answers.extend(answer(reader, lesson, None, node));
        } else if node.entries().is_empty() {
            reader.wrong(key, node, "a list of `{lesson, answer, on, note}`");
        } else {
            answers.extend(answer_of_map(reader, key, None, node));
        }
    }
    answers
}

fn answer_of_map(
    reader: &mut Reader,
    key: &str,
    lesson: Option<&str>,
    node: &Node,
) -> Option<LessonAnswer> {
    reader.only(key, node, ANSWER);
    let Some(lesson) = lesson.map(str::to_owned).or_else(|| reader.text(node, LESSON_ID)) else {
        reader.report(Code::WrongType, node.span, format!("an item of `{key}` has no `lesson`"));
        return None;
    };
    let word = reader.text(node, &["answer"]);
    let at = node.get("answer").unwrap_or(node);
    let mut answer = answer(reader, &lesson, word.as_deref(), at)?;
    answer.note = reader.text(node, NOTE);
    if let Some(entry) = first(node, ANSWERED_ON)
        && let Some(words) = reader.words(&entry.key, &entry.value)
    {
        answer.on = Day::parse(&words);
        if answer.on.is_none() {
            let place = reader.place(entry.value.span);
            let finding = Finding::new(Code::BadTime, place, format!("`{words}` is not a date"));
            reader.findings.push(finding.hint("write it as `2026-05-12`"));
        }
    }
    answer.place = reader.place(node.span);
    Some(answer)
}

fn answer(
    reader: &mut Reader,
    lesson: &str,
    word: Option<&str>,
    at: &Node,
) -> Option<LessonAnswer> {
    let id = LessonId::new(lesson);
    if id.as_str().is_empty() {
        return None;
    }
    let known = word.and_then(|word| keys::which(ANSWERS, word)).map(|at| Answer::ALL[at].1);
    if known.is_none() {
        let message = match word {
            Some(word) => format!("`{word}` is not an answer to a lesson"),
            None => format!("lesson `{lesson}` is named without an `answer`"),
        };
        let finding = Finding::new(Code::UnknownValue, reader.place(at.span), message)
            .hint("write `applied`, `planned` or `not-applicable`")
            .nearest(word.and_then(|word| nearest(word, Answer::ALL.map(|(_, word)| word))));
        reader.findings.push(finding);
    }
    Some(LessonAnswer {
        lesson: id,
        // A lesson that is named without an answer was heard, no more.
        answer: known.or(word)?.to_owned(),
        on: None,
        note: None,
        place: reader.place(at.span),
    })
}
