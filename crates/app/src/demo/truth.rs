//! What was planted: the answers a good rule gives, written down beside the files.

use super::csv::{Dialect, Encoding, Sheet};
use anyhow::Result;

/// The answer a rule owes a planted subject.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// A reason to look.
    Flagged,
    /// Looked at, and nothing unusual.
    Clear,
    /// Cannot be known from what the office publishes.
    NotComputable,
}

impl Expected {
    /// The word of the answer in the tables.
    pub fn word(self) -> &'static str {
        match self {
            Expected::Flagged => "flagged",
            Expected::Clear => "clear",
            Expected::NotComputable => "not_computable",
        }
    }
}

/// One planted subject and its story.
#[derive(Clone, Debug)]
pub struct Truth {
    /// The code of the rule.
    pub indicator: &'static str,
    /// The subject as the rule names it.
    pub subject_id: String,
    /// The answer it should get.
    pub expected: Expected,
    /// The note the answer should carry, or empty.
    pub note: &'static str,
    /// What happened, in Spanish.
    pub story_es: &'static str,
    /// What happened, in English.
    pub story_en: &'static str,
}

/// The planted subjects as they are collected, rule by rule.
#[derive(Default)]
pub struct Ledger {
    indicator: &'static str,
    truth: Vec<Truth>,
}

impl Ledger {
    /// What follows is about this rule.
    pub fn about(&mut self, indicator: &'static str) -> &mut Ledger {
        self.indicator = indicator;
        self
    }

    /// All subjects, sorted by rule and subject.
    pub fn close(mut self) -> Vec<Truth> {
        self.truth
            .sort_by(|a, b| (a.indicator, &a.subject_id).cmp(&(b.indicator, &b.subject_id)));
        self.truth
    }

    /// A subject that should be flagged.
    pub fn flagged(&mut self, subject_id: String, story_es: &'static str, story_en: &'static str) {
        self.add(subject_id, Expected::Flagged, story_es, story_en);
    }

    /// A subject that should be clear.
    pub fn clear(&mut self, subject_id: String, story_es: &'static str, story_en: &'static str) {
        self.add(subject_id, Expected::Clear, story_es, story_en);
    }

    /// A subject about which nothing can be known.
    pub fn unknown(&mut self, subject_id: String, story_es: &'static str, story_en: &'static str) {
        self.add(subject_id, Expected::NotComputable, story_es, story_en);
    }

    /// The answer of the last subject should carry this note.
    pub fn with_note(&mut self, note: &'static str) {
        if let Some(last) = self.truth.last_mut() {
            last.note = note;
        }
    }

    fn add(
        &mut self,
        subject_id: String,
        expected: Expected,
        story_es: &'static str,
        story_en: &'static str,
    ) {
        let indicator = self.indicator;
        self.truth.push(Truth {
            indicator,
            subject_id,
            expected,
            note: "",
            story_es,
            story_en,
        });
    }
}

/// The truth file: one row per planted subject.
pub fn file(truth: &[Truth]) -> Result<Vec<u8>> {
    let mut sheet = Sheet::new(Dialect {
        delimiter: ',',
        encoding: Encoding::Utf8,
    });
    sheet.row(&[
        "indicator",
        "subject_id",
        "expected",
        "note",
        "story_es",
        "story_en",
    ]);
    for row in truth {
        sheet.row(&[
            row.indicator,
            &row.subject_id,
            row.expected.word(),
            row.note,
            row.story_es,
            row.story_en,
        ]);
    }
    sheet.bytes()
}
