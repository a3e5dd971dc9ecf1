//! The words of the pages, in one language, and everything a template says with them.
//!
//! Words live in `packs/locales/*.toml`: flat keys, `{name}` for what is filled in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::address::{Address, Format, Page};
use crate::document::{Published, Total};
use crate::format;
use crate::text::{Lang, Text};

const ES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../packs/locales/es.toml"
));
const EN: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../packs/locales/en.toml"
));

static SPANISH: LazyLock<Words> = LazyLock::new(|| Words::read(Lang::Es, ES));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Lang::En, EN));

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Words {
    lang: Lang,
    words: BTreeMap<String, String>,
}

impl Words {
    /// The words of a language.
    pub(crate) fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Es => &SPANISH,
            Lang::En => &ENGLISH,
        }
    }

    fn read(lang: Lang, source: &str) -> Self {
        let words = toml::from_str(source).expect("the locale files are read by a test");
        Self { lang, words }
    }

    /// The language.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// The words of a key.
    pub(crate) fn t<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).map_or(key, String::as_str)
    }

    /// The words of a key with one thing filled in.
    pub(crate) fn with(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        self.t(key).replace(&format!("{{{name}}}"), value.as_ref())
    }

    /// The words of a key with two things filled in.
    pub(crate) fn with2(
        &self,
        key: &str,
        one: &str,
        first: impl AsRef<str>,
        two: &str,
        second: impl AsRef<str>,
    ) -> String {
        self.with(key, one, first)
            .replace(&format!("{{{two}}}"), second.as_ref())
    }

    /// The words of `PREFIX_CODE`, or the code itself: for codes of tables, which may be new.
    pub(crate) fn code<'a>(&'a self, prefix: &str, code: &'a str) -> &'a str {
        self.words
            .get(&format!("{prefix}_{code}"))
            .map_or(code, String::as_str)
    }

    /// `3,140`.
    pub(crate) fn n(&self, number: &u64) -> String {
        format::count(*number)
    }

    /// One of a pair of keys, `KEY_one` or `KEY_many`, with the number filled in as `{n}`.
    pub(crate) fn many(&self, key: &str, number: &u64) -> String {
        let form = if *number == 1 { "one" } else { "many" };
        self.with(&format!("{key}_{form}"), "n", format::count(*number))
    }

    /// Pack words in this language.
    pub(crate) fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }

    /// `23 nov 2026`.
    pub(crate) fn date(&self, text: &str) -> String {
        format::date(text, self.lang)
    }

    /// A date, or the words for "not published".
    pub(crate) fn date_or(&self, text: &Option<String>) -> String {
        text.as_deref().map_or_else(
            || self.t("not_published").to_owned(),
            |text| self.date(text),
        )
    }

    /// Money, or the words for "not published": never zero.
    pub(crate) fn money(&self, amount: &Option<String>, currency: &Option<String>) -> String {
        match amount {
            Some(amount) => format::money(amount, currency.as_deref()),
            None => self.t("not_published").to_owned(),
        }
    }

    /// A sum with its currency.
    pub(crate) fn sum(&self, total: &Total) -> String {
        format::money(
            &total.amount,
            Some(&total.currency)
                .filter(|currency| !currency.is_empty())
                .map(String::as_str),
        )
    }

    /// A decimal with at most two places.
    pub(crate) fn decimal(&self, value: &str) -> String {
        format::decimal(value, 0, 2)
    }

    /// `78 %`.
    pub(crate) fn percent(&self, part: &u64, whole: &u64) -> String {
        format::percent(*part, *whole)
    }

    /// `3,140 de 3,140`.
    pub(crate) fn of_rows(&self, part: &u64, whole: &u64) -> String {
        self.with2(
            "of_rows",
            "part",
            format::count(*part),
            "whole",
            format::count(*whole),
        )
    }

    /// `1.2 MB`.
    pub(crate) fn size(&self, bytes: &u64) -> String {
        format::size(*bytes)
    }

    /// What a state of publication is called.
    pub(crate) fn state(&self, state: &Published) -> &str {
        self.t(match state {
            Published::Full => "state_full",
            Published::Partial => "state_partial",
            Published::Empty => "state_empty",
            Published::Absent => "state_absent",
            Published::NotApplicable => "state_not_applicable",
        })
    }

    fn href(&self, page: Page) -> String {
        Address {
            lang: self.lang,
            page,
            format: Format::Html,
        }
        .path()
    }

    /// Address of the first page.
    pub(crate) fn home(&self) -> String {
        self.href(Page::Home)
    }
    /// Address of the compare page.
    pub(crate) fn compare(&self) -> String {
        self.href(Page::Compare)
    }
    /// Address of the list of rules.
    pub(crate) fn rules(&self) -> String {
        self.href(Page::Rules)
    }
    /// Address of the list of offices.
    pub(crate) fn sources(&self) -> String {
        self.href(Page::Sources)
    }
    /// Address of the method page.
    pub(crate) fn method(&self) -> String {
        self.href(Page::Method)
    }
    /// Address of the search.
    pub(crate) fn search(&self) -> String {
        self.href(Page::Search)
    }
    /// Address of a rule.
    pub(crate) fn rule(&self, code: &str) -> String {
        self.href(Page::Rule(code.to_owned()))
    }
    /// Address of a flag.
    pub(crate) fn flag(&self, id: &str) -> String {
        self.href(Page::Flag(id.to_owned()))
    }
    /// Address of an office.
    pub(crate) fn source(&self, source: &str) -> String {
        self.href(Page::Source(source.to_owned()))
    }
    /// Address of a process or contract.
    pub(crate) fn contract(&self, id: &str) -> String {
        self.href(Page::Contract(id.to_owned()))
    }
    /// Address of the history of a process or a project.
    pub(crate) fn history(&self, standard: &str, id: &str) -> String {
        self.href(match standard {
            "oc4ids" => Page::WorkHistory(id.to_owned()),
            _ => Page::ContractHistory(id.to_owned()),
        })
    }
    /// Address of a work.
    pub(crate) fn work(&self, id: &str) -> String {
        self.href(Page::Work(id.to_owned()))
    }
    /// Address of a supplier.
    pub(crate) fn supplier(&self, id: &str) -> String {
        self.href(Page::Supplier(id.to_owned()))
    }
    /// Address of the contracts of an office, a government or an institution.
    pub(crate) fn contracts(&self, key: &str) -> String {
        self.href(Page::Contracts(key.to_owned()))
    }
    /// Address of its works.
    pub(crate) fn works(&self, key: &str) -> String {
        self.href(Page::Works(key.to_owned()))
    }
    /// Address of the list of institutions.
    pub(crate) fn buyers(&self) -> String {
        self.href(Page::Buyers)
    }
    /// Address of an institution.
    pub(crate) fn buyer(&self, id: &str) -> String {
        self.href(Page::Buyer(id.to_owned()))
    }
    /// Address of the map.
    pub(crate) fn places(&self) -> String {
        self.href(Page::Places)
    }
    /// Address of a state or another government.
    pub(crate) fn place(&self, code: &str) -> String {
        self.href(Page::Place(code.to_owned()))
    }
    /// Address of an original file, the same in each language.
    pub(crate) fn original(&self, sha256: &str) -> String {
        format!("/original/{sha256}")
    }

    /// Address of the page of a subject; blank when it has none of its own.
    pub(crate) fn subject(&self, kind: &str, id: &str) -> String {
        match kind {
            "process" | "contract" | "award" => self.contract(id),
            "project" => self.work(id),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Keys that `Words::code` makes from codes of tables, by prefix.
    const CODES: [&str; 26] = [
        "subject",
        "kind",
        "covers",
        "publishes",
        "tax",
        "status",
        "severity",
        "list",
        "listing",
        "answer",
        "parameter",
        "rule_status",
        "role",
        "where",
        "fact",
        "matched",
        "basis",
        "method",
        "measure",
        "level",
        "linked",
        "country",
        "tag",
        "section",
        "timing",
        "release",
    ];

    fn keys(lang: Lang) -> BTreeSet<String> {
        Words::of(lang).words.keys().cloned().collect()
    }

    fn read(folder: &Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, out);
            } else {
                out.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_blanks() {
        assert_eq!(keys(Lang::Es), keys(Lang::En));
        let blanks = |text: &str| -> BTreeSet<String> {
            text.split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect()
        };
        for key in keys(Lang::Es) {
            let (es, en) = (Words::of(Lang::Es).t(&key), Words::of(Lang::En).t(&key));
            assert_eq!(blanks(es), blanks(en), "{key}");
        }
    }

    #[test]
    fn no_key_is_unused_and_none_is_missing() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut code = String::new();
        read(&root.join("src"), &mut code);
        read(&root.join("templates"), &mut code);
        let unused: Vec<String> = keys(Lang::Es)
            .into_iter()
            .filter(|key| {
                let stem = key.trim_end_matches("_one").trim_end_matches("_many");
                let made = CODES
                    .iter()
                    .any(|prefix| key.starts_with(&format!("{prefix}_")));
                !made
                    && !code.contains(&format!("\"{key}\""))
                    && !code.contains(&format!("\"{stem}\""))
            })
            .collect();
        assert!(unused.is_empty(), "unused: {unused:?}");

        let known = keys(Lang::Es);
        let mut missing = BTreeSet::new();
        for (call, plural) in [
            ("w.t(\"", false),
            ("w.with(\"", false),
            ("w.with2(\"", false),
            ("w.many(\"", true),
        ] {
            for rest in code.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                let key = if plural {
                    format!("{key}_many")
                } else {
                    key.to_owned()
                };
                if !known.contains(&key) {
                    missing.insert(key);
                }
            }
        }
        assert!(missing.is_empty(), "missing: {missing:?}");
    }
}
