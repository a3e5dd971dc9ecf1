//! The codes of what can be wrong with a file (see `docs/problems.md`), and the desk every reader reports to.
//!
//! The desk numbers the parts and tells each code at most [`TOLD`] times for a part: a file with a million
//! short rows gets a thousand problems and one sentence. It refuses to judge what a problem is worth.

use crate::error::Error;
use crate::reading::{
    Account, Limits, Listener, Object, Part, Piece, Plan, Problem, Row, Severity, Shape,
};

/// How often one code is told for one part. 1,000: enough to see a pattern, few enough to keep.
pub const TOLD: u64 = 1_000;

/// Characters of a value that a problem keeps.
const FOUND_CHARS: usize = 200;

/// Every code a reader can report.
pub const CODES: &[&str] = &[
    "account_differs",
    "archive_entry_refused",
    "archive_too_large",
    "archive_unreadable",
    "cell_error",
    "cell_out_of_reach",
    "column_nameless",
    "column_repeated",
    "encoding_damaged",
    "encoding_mixed",
    "encoding_mojibake",
    "file_empty",
    "format_differs_from_name",
    "format_not_supported",
    "header_missing",
    "json_broken",
    "json_not_object",
    "json_too_deep",
    "key_repeated",
    "lists_differ",
    "problem_repeated",
    "quote_stray",
    "quote_unclosed",
    "record_missing",
    "record_too_large",
    "row_not_record",
    "row_too_long",
    "row_too_short",
    "sheet_too_large",
    "too_many_columns",
    "workbook_unreadable",
];

/// A problem about a place in the file.
pub(crate) fn problem(
    code: &'static str,
    severity: Severity,
    position: impl Into<String>,
    found: &str,
    action: impl Into<String>,
) -> Problem {
    debug_assert!(CODES.contains(&code), "{code} is not in the list of codes");
    Problem {
        record: None,
        position: position.into(),
        column: String::new(),
        code,
        severity,
        found: shorten(found),
        action: action.into(),
    }
}

/// The first 200 characters of a value.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(FOUND_CHARS).collect()
}

/// The listener, with the numbering of parts and the bound on problems.
pub(crate) struct Desk<'l> {
    listener: &'l mut dyn Listener,
    pub(crate) limits: Limits,
    next_part: u32,
    counts: Vec<(&'static str, Severity, u64)>,
}

impl<'l> Desk<'l> {
    pub(crate) fn new(listener: &'l mut dyn Listener, limits: Limits) -> Self {
        Desk {
            listener,
            limits,
            next_part: 0,
            counts: Vec::new(),
        }
    }

    pub(crate) fn begin(
        &mut self,
        name: &str,
        format: &'static str,
        encoding: &str,
        delimiter: &str,
        shape: Shape,
    ) -> Result<Plan, Error> {
        let part = Part {
            part_id: self.next_part,
            name: name.to_owned(),
            format,
            encoding: encoding.to_owned(),
            delimiter: delimiter.to_owned(),
            shape,
        };
        self.next_part += 1;
        self.counts.clear();
        self.listener.begin(&part)
    }

    pub(crate) fn row(&mut self, row: &Row<'_>) -> Result<(), Error> {
        self.listener.row(row)
    }

    pub(crate) fn column(&mut self, list: usize, id: u32, path: &str) -> Result<(), Error> {
        self.listener.column(list, id, path)
    }

    pub(crate) fn object(&mut self, object: &Object<'_>) -> Result<(), Error> {
        self.listener.object(object)
    }

    pub(crate) fn elsewhere(
        &mut self,
        sample: &[(String, String)],
    ) -> Result<Option<String>, Error> {
        self.listener.elsewhere(sample)
    }

    pub(crate) fn piece(&mut self, piece: &Piece<'_>) -> Result<(), Error> {
        self.listener.piece(piece)
    }

    pub(crate) fn cell(
        &mut self,
        record: u64,
        column: usize,
        kind: &'static str,
        value: &str,
    ) -> Result<(), Error> {
        self.listener.cell(record, column, kind, value)
    }

    /// Whether a problem of this code would still be told; saves building one that would not.
    pub(crate) fn counts(&mut self, code: &'static str, severity: Severity) -> bool {
        match self.counts.iter_mut().find(|(c, ..)| *c == code) {
            Some((_, _, count)) => {
                *count += 1;
                *count <= TOLD
            }
            None => {
                self.counts.push((code, severity, 1));
                true
            }
        }
    }

    pub(crate) fn problem(&mut self, problem: Problem) -> Result<(), Error> {
        if self.counts(problem.code, problem.severity) {
            self.listener.problem(problem)
        } else {
            Ok(())
        }
    }

    /// Reports a problem already counted by [`Desk::counts`].
    pub(crate) fn told(&mut self, problem: Problem) -> Result<(), Error> {
        self.listener.problem(problem)
    }

    /// Ends a part: first the codes told too often, then the account.
    ///
    /// The account must add up by itself. When the scan and the reader disagree, the scan's number stays
    /// and the difference is a problem, so that nobody takes the file for fully read.
    pub(crate) fn end(&mut self, account: Account) -> Result<(), Error> {
        let accounted = account.rows_read + account.rows_set_aside;
        if account.records_found != accounted {
            self.listener.problem(problem(
                "account_differs",
                Severity::Error,
                "",
                &format!("found {}, accounted for {accounted}", account.records_found),
                "both numbers kept",
            ))?;
        }
        self.flush()?;
        self.listener.end(account)
    }

    /// Tells how often the codes over the bound were found.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        for (code, severity, count) in std::mem::take(&mut self.counts) {
            if count > TOLD {
                self.listener.problem(problem(
                    "problem_repeated",
                    severity,
                    "",
                    &format!("{code}: {count} times"),
                    format!("the first {TOLD} are listed"),
                ))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn every_code_has_its_line_in_the_docs() {
        let docs = include_str!("../../../docs/problems.md");
        for code in CODES {
            assert_eq!(
                docs.matches(&format!("\n| `{code}` |")).count(),
                1,
                "{code}"
            );
        }
        assert!(CODES.is_sorted(), "a list one can search");
    }
}
