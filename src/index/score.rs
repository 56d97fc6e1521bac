//! Rows → pages: what each section and page gathers from the words of a query, and which section is meant.

use crate::index::shards::{Columns, Shards};
use crate::index::terms::{Bonus, Group};

/// Words from which a query is a sentence or a line of a log: then the best section decides.
pub(crate) const LONG: usize = 6;

/// Words from which a section must hold most of them.
const SOME: usize = 4;

/// Impact that no text reaches: the word is one of the page's names.
const NAME: u8 = 14;

/// What a word says about which section is meant where the page is named so.
const TITLED: f64 = 0.05;

/// Steps of impact to one unit of weight.
const STEPS: f64 = 6.0;

/// A page that answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) page: usize,
    /// Number of its best section among all sections.
    pub(crate) section: u32,
    pub(crate) score: f64,
    /// A section that has every word.
    pub(crate) whole: Option<u32>,
}

/// How much a word on `some` of `all` pages tells, in fewer bits than logarithms of machines and languages differ in.
pub(crate) fn idf(all: usize, some: u32) -> f64 {
    let (all, some) = (f64::from(all as u32), f64::from(some));
    f64::from((1.0 + (all - some + 0.5) / (some + 0.5)).ln() as f32)
}

/// Returns the pages that answer, best first.
pub(crate) fn score(
    shards: &Shards<'_>,
    columns: &Columns,
    groups: &[Group<'_>],
    bonuses: &[Bonus<'_>],
) -> Vec<Found> {
    let pages = shards.pages();
    let sections = columns.page_of.len();
    let long = groups.len() >= LONG;
    // Of a sentence no single word may decide.
    let most = if long { 17 } else { 63 };
    let total: f64 = groups.iter().map(|g| g.idf).sum();
    let total = if total > 0.0 { total } else { 1.0 };
    let mut sum = vec![0.0_f64; pages];
    let mut covered = vec![0.0_f64; pages];
    let mut extra = vec![0.0_f64; pages];
    let mut best = vec![0.0_f64; pages];
    let mut section_sum = vec![0.0_f64; sections];
    let mut section_covered = vec![0.0_f64; sections];
    let mut section_best = vec![0.0_f64; sections];
    let mut choice = vec![0.0_f64; sections];
    // The last word that names a page, and how much of the query does.
    let mut titled = vec![0_usize; pages];
    let mut told = vec![0.0_f64; pages];
    let mut touched: Vec<u32> = Vec::new();
    for (word, group) in (1..).zip(groups) {
        let mut here: Vec<u32> = Vec::new();
        for (row, weight) in &group.rows {
            // What is more common than the word it stands for tells less.
            let unit = weight * group.idf.min(idf(pages, row.pages)) / STEPS;
            for (section, impact) in shards.places(row) {
                let Some(page) = columns.page_of.get(section as usize) else { continue };
                let value = f64::from(impact.min(most)) * unit;
                let (page, n) = (*page as usize, section as usize);
                if impact > NAME && columns.first[page] == section {
                    titled[page] = word;
                }
                if section_best[n] == 0.0 {
                    here.push(section);
                }
                section_best[n] = section_best[n].max(value);
                best[page] = best[page].max(value);
            }
        }
        for section in &here {
            let n = *section as usize;
            let page = columns.page_of[n] as usize;
            section_sum[n] += section_best[n];
            section_covered[n] += group.idf;
            choice[n] += section_best[n] * if titled[page] == word { TITLED } else { 1.0 };
            section_best[n] = 0.0;
            if best[page] > 0.0 {
                if titled[page] == word {
                    told[page] += group.idf;
                }
                sum[page] += best[page];
                covered[page] += group.idf;
                best[page] = 0.0;
            }
        }
        touched.extend(here);
    }
    for bonus in bonuses {
        let unit = bonus.weight * idf(pages, bonus.row.pages) / STEPS;
        let share = if bonus.exact { 0.8 } else { 0.4 };
        let mut here: Vec<usize> = Vec::new();
        for (section, impact) in shards.places(bonus.row) {
            let Some(page) = columns.page_of.get(section as usize) else { continue };
            let value = f64::from(impact.min(most)) * unit;
            let page = *page as usize;
            section_sum[section as usize] += value;
            if columns.first[page] != section {
                choice[section as usize] += value;
            }
            touched.push(section);
            if best[page] == 0.0 {
                here.push(page);
            }
            best[page] = best[page].max(value.min(14.0) * share);
        }
        for page in here {
            extra[page] += best[page];
            best[page] = 0.0;
        }
    }
    touched.sort_unstable();
    touched.dedup();
    rank(
        columns,
        groups.len(),
        total,
        &touched,
        &Sums { sum, covered, extra, section_sum, section_covered, choice, told },
    )
}

/// What pages and sections have gathered.
struct Sums {
    sum: Vec<f64>,
    covered: Vec<f64>,
    extra: Vec<f64>,
    section_sum: Vec<f64>,
    section_covered: Vec<f64>,
    /// What says that a section is meant, and not its page.
    choice: Vec<f64>,
    /// How much of the query names the page.
    told: Vec<f64>,
}

fn rank(columns: &Columns, words: usize, total: f64, touched: &[u32], sums: &Sums) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut widest = 0.0_f64;
    // Sections stand in the order of their pages.
    let page_of = |section: &u32| columns.page_of[*section as usize];
    for sections in touched.chunk_by(|a, b| page_of(a) == page_of(b)) {
        let page = page_of(&sections[0]) as usize;
        let mut best = 0.0;
        let (mut section, mut chosen) = (sections[0], -1.0);
        let mut whole = None;
        for n in sections {
            let part = sums.section_covered[*n as usize] / total + 0.05;
            let part = if words >= SOME { part * part } else { part.sqrt() };
            let value = sums.section_sum[*n as usize] * part;
            best = f64::max(best, value);
            if sums.choice[*n as usize] > chosen {
                chosen = sums.choice[*n as usize];
                section = *n;
            }
            if whole.is_none() && sums.section_covered[*n as usize] >= total {
                whole = Some(*n);
            }
        }
        if sums.told[page] >= total {
            section = columns.first[page];
        }
        let part = (sums.covered[page] / total).max(0.05);
        let beside = if words >= SOME { 3.0 } else { 0.7 };
        let gathered = if words >= LONG {
            (0.5 * sums.sum[page] + 2.5 * best) * (part * part)
        } else {
            (sums.sum[page] + beside * best) * (part * part.sqrt())
        };
        let fresh = f64::from(columns.fresh.get(page).copied().unwrap_or(0));
        let score = (gathered + sums.extra[page]) * (1.0 + fresh / 100.0);
        widest = widest.max(sums.covered[page]);
        found.push(Found { page, section, score, whole });
    }
    // What has less than half of the words of another page answers another question.
    found.retain(|f| sums.covered[f.page] >= 0.4 * widest);
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.page.cmp(&b.page)));
    found
}
