//! Paths and values of changes in words.

use crate::document::Origin;
use crate::format;
use crate::history::{Declared, Paths};
use crate::serve::frame::Frame;

/// Letters of a value in a cell; the rest is in the JSON.
const LETTERS: usize = 300;

/// The fields of a standard as pages call them.
pub(super) struct Fields<'a> {
    frame: &'a Frame<'a>,
    standard: &'a str,
    paths: Paths<'a>,
}

/// What a path is called.
pub(super) struct Label {
    /// In words; blank when the standard does not declare it.
    pub(super) words: String,
    /// As it stands in the record.
    pub(super) path: String,
}

/// A value in a table.
#[derive(Default)]
pub(super) struct Cell {
    /// What it says.
    pub(super) text: String,
    /// There is no value: the text says so.
    pub(super) is_absent: bool,
    /// Words of the data, which stay in their own language.
    pub(super) is_words: bool,
}

impl Cell {
    /// The same, or the words for its absence.
    pub(super) fn or(self, words: &str, is_absent: bool) -> Self {
        if is_absent {
            Self {
                text: words.to_owned(),
                is_absent: true,
                is_words: false,
            }
        } else {
            self
        }
    }
}

impl<'a> Fields<'a> {
    pub(super) fn of(frame: &'a Frame<'a>, standard: &'a str) -> Self {
        Self {
            paths: Paths::of(&frame.site.texts, standard),
            standard,
            frame,
        }
    }

    /// What a path is called: the field, after the member of the list it belongs to.
    pub(super) fn label(&self, path: &str) -> Label {
        let w = self.frame.w;
        let words = self.paths.declared(path).map(|declared| {
            let title = w.text(&declared.field.title);
            match declared.members.last() {
                Some(member) => format!("{} {member} · {title}", w.text(&declared.table.title)),
                None => title.to_owned(),
            }
        });
        Label {
            words: words.unwrap_or_default(),
            path: path.to_owned(),
        }
    }

    /// A value as the field's kind writes it.
    pub(super) fn value(&self, path: &str, value: &str) -> Cell {
        match self.paths.declared(path) {
            Some(declared) => self.declared(&declared, value),
            None => words(value),
        }
    }

    /// Two values, as found when they would look the same otherwise: two hours of one day.
    pub(super) fn pair(
        &self,
        path: &str,
        before: &Option<String>,
        after: &Option<String>,
    ) -> (Cell, Cell) {
        let value = |value: &Option<String>| match value {
            Some(value) => self.value(path, value),
            None => Cell::default().or(self.frame.w.t("not_published"), true),
        };
        let (one, other) = (value(before), value(after));
        match (before, after) {
            (Some(before), Some(after)) if one.text == other.text => (words(before), words(after)),
            _ => (one, other),
        }
    }

    fn declared(&self, declared: &Declared<'_>, raw: &str) -> Cell {
        let w = self.frame.w;
        let text = match declared.field.kind.as_str() {
            "date" => w.date(raw),
            "money" => format::decimal(raw, 2, 2),
            "number" => format::decimal(raw, 0, 2),
            "boolean" if matches!(raw, "true" | "false") => {
                w.t(if raw == "true" { "yes" } else { "no" }).to_owned()
            }
            "code" => {
                let name = format!(
                    "{}.{}.{}",
                    self.standard, declared.table.name, declared.field.name
                );
                self.frame.site.texts.code(&name, raw, w.lang()).to_owned()
            }
            _ => return words(raw),
        };
        Cell {
            text,
            ..Cell::default()
        }
    }
}

/// A value as found, no longer than a cell can bear.
fn words(value: &str) -> Cell {
    let text = match value.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    };
    Cell {
        text,
        is_absent: false,
        is_words: true,
    }
}

/// The number of a record; blank for what stood beside the records.
pub(super) fn record(origin: &Origin) -> String {
    match origin.record {
        0 => String::new(),
        record => record.to_string(),
    }
}
