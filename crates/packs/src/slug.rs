//! Column names from headers and paths.

use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The slug of a header: lower case, no accents, every run of other signs one `_`; empty if nothing is left.
pub fn slug(header: &str) -> String {
    let mut out = slug_all(header);
    if out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert_str(0, "n_");
    }
    // A column name longer than this is a sentence; the header itself is kept in `raw_column`.
    out.truncate(120);
    out
}

/// Like [`slug`], of any length and as a part of a longer text.
pub fn slug_all(header: &str) -> String {
    let mut out = String::with_capacity(header.len());
    for c in header.nfd().filter(|c| !is_combining_mark(*c)) {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    while out.ends_with('_') {
        out.pop();
    }
    out
}

/// The slug of a JSON path: `tenderPeriod/startDate` becomes `tender_period_start_date`, `[]` disappears.
pub fn path_slug(path: &str) -> String {
    let mut spaced = String::with_capacity(path.len() + 8);
    let mut previous: Option<char> = None;
    let mut chars = path.chars().peekable();
    while let Some(c) = chars.next() {
        let after_lower = previous.is_some_and(|p| p.is_lowercase() || p.is_ascii_digit());
        let ends_acronym = previous.is_some_and(char::is_uppercase)
            && chars.peek().is_some_and(|n| n.is_lowercase());
        if c.is_uppercase() && (after_lower || ends_acronym) {
            spaced.push('_');
        }
        spaced.push(c);
        previous = Some(c);
    }
    slug(&spaced)
}

/// One slug for each header, in order, made unique: `_2`, `_3` for repeats, `column_N` for empty ones.
pub fn unique_slugs<S: AsRef<str>>(headers: &[S], reserved: &[&str]) -> Vec<String> {
    let mut seen: HashSet<String> = reserved.iter().map(|name| name.to_string()).collect();
    let mut count: HashMap<String, usize> = HashMap::new();
    let mut slugs = Vec::with_capacity(headers.len());
    for (index, header) in headers.iter().enumerate() {
        let base = match slug(header.as_ref()) {
            empty if empty.is_empty() => format!("column_{}", index + 1),
            found => found,
        };
        let mut name = base.clone();
        let repeats = count.entry(base.clone()).or_insert(1);
        while !seen.insert(name.clone()) {
            *repeats += 1;
            name = format!("{base}_{repeats}");
        }
        slugs.push(name);
    }
    slugs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_become_lower_case_words() {
        assert_eq!(
            slug("Número de Expediente         "),
            "numero_de_expediente"
        );
        assert_eq!(slug("Plazo años - meses"), "plazo_anos_meses");
        assert_eq!(slug("2015"), "n_2015");
        assert_eq!(slug(" ¿? "), "");
    }

    #[test]
    fn paths_become_snake_case() {
        assert_eq!(
            path_slug("tender/tenderPeriod/startDate"),
            "tender_tender_period_start_date"
        );
        assert_eq!(path_slug("awardID"), "award_id");
        assert_eq!(
            path_slug("planning/budget/projectID"),
            "planning_budget_project_id"
        );
        assert_eq!(path_slug("awards[]/suppliers[]"), "awards_suppliers");
    }

    #[test]
    fn repeats_and_blanks_get_a_number() {
        assert_eq!(
            unique_slugs(&["a", "", "A", "á", "record"], &["record"]),
            ["a", "column_2", "a_2", "a_3", "record_2"]
        );
    }
}
