//! What surrounds every page: language, crumbs, banner, addresses in other forms, dates, versions.

use std::sync::LazyLock;

use crate::address::{Address, Format, Page, encode};
use crate::document::{FlagBrief, Office, Origin, Site, Subject};
use crate::format;
use crate::text::{Lang, RuleText};
use crate::words::Words;

use super::answer::digest;
use super::originals::{OriginalStore, is_hash};

/// The style sheet.
pub(super) const STYLE: &str = include_str!("../../assets/cotejo.css");

static STYLE_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/estilo-{}.css", digest(&[STYLE.as_bytes()])));

/// Address of the style sheet, with the hash of its bytes.
pub(super) fn stylesheet_path() -> &'static str {
    &STYLE_PATH
}

/// Contexts of a page that its template needs everywhere.
pub(crate) struct Frame<'a> {
    /// Words.
    pub(crate) w: &'static Words,
    /// What every page shares.
    pub(crate) site: &'a Site,
    /// Which originals may be handed out.
    originals: &'a dyn OriginalStore,
    /// What was asked for.
    query: &'a [(String, String)],
    /// This page.
    pub(crate) page: Page,
    /// In what form it is asked for.
    pub(crate) format: Format,
    /// Its title.
    pub(crate) title: String,
    /// What search engines show.
    pub(crate) description: String,
    /// The way here: words and address.
    pub(crate) crumbs: Vec<(String, String)>,
    /// False for a page that is no record, such as an error.
    pub(crate) has_data: bool,
}

impl<'a> Frame<'a> {
    pub(super) fn new(
        lang: Lang,
        site: &'a Site,
        originals: &'a dyn OriginalStore,
        query: &'a [(String, String)],
    ) -> Self {
        Self {
            w: Words::of(lang),
            site,
            originals,
            query,
            page: Page::Home,
            format: Format::Html,
            title: String::new(),
            description: String::new(),
            crumbs: Vec::new(),
            has_data: true,
        }
    }

    /// Names the page, and the way to it from the first page.
    pub(crate) fn name(&mut self, title: &str, description: &str, crumbs: &[(&str, String)]) {
        self.title = title.to_owned();
        self.description = description.to_owned();
        self.crumbs = crumbs
            .iter()
            .map(|(words, href)| ((*words).to_owned(), href.clone()))
            .collect();
    }

    /// The first value of a parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&'a str> {
        self.params(name).next()
    }

    /// Every value of a parameter, blanks left out.
    pub(crate) fn params(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let name = name.to_owned();
        self.query
            .iter()
            .filter(move |(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// The number of the page of a list, from 1.
    pub(crate) fn page_number(&self) -> usize {
        self.param("pagina")
            .and_then(|text| text.parse().ok())
            .filter(|number| *number > 0)
            .unwrap_or(1)
    }

    fn address(&self, lang: Lang, format: Format, query: &[(String, String)]) -> String {
        let path = Address {
            lang,
            page: self.page.clone(),
            format,
        }
        .path();
        let query: Vec<String> = query
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .take(40)
            .map(|(key, value)| format!("{}={}", parameter(key), parameter(value)))
            .collect();
        if query.is_empty() {
            path
        } else {
            format!("{path}?{}", query.join("&"))
        }
    }

    /// This page, with what was chosen in it.
    pub(crate) fn here(&self) -> String {
        self.address(self.w.lang(), Format::Html, self.query)
    }

    /// This page with one parameter changed; a blank value takes it away.
    pub(crate) fn here_with(&self, name: &str, value: &str) -> String {
        let mut query: Vec<(String, String)> = self
            .query
            .iter()
            .filter(|(key, _)| key != name && key != "pagina")
            .cloned()
            .collect();
        query.push((name.to_owned(), value.to_owned()));
        self.address(self.w.lang(), Format::Html, &query)
    }

    /// This page in one of the languages.
    pub(crate) fn in_spanish(&self) -> String {
        self.address(Lang::Es, Format::Html, self.query)
    }

    /// This page in English.
    pub(crate) fn in_english(&self) -> String {
        self.address(Lang::En, Format::Html, self.query)
    }

    /// This page in the other language.
    pub(crate) fn in_other(&self) -> String {
        self.address(self.w.lang().other(), Format::Html, self.query)
    }

    /// Tag of the other language.
    pub(crate) fn other_tag(&self) -> &'static str {
        self.w.lang().other().tag()
    }

    /// The data of this page as JSON.
    pub(crate) fn as_json(&self) -> String {
        self.address(self.w.lang(), Format::Json, self.query)
    }

    /// The data of this page as CSV.
    pub(crate) fn as_csv(&self) -> String {
        self.address(self.w.lang(), Format::Csv, self.query)
    }

    /// Address of the style sheet.
    pub(crate) fn stylesheet(&self) -> &'static str {
        stylesheet_path()
    }

    /// Which of the doors of the header this page is behind.
    pub(crate) fn is_behind(&self, door: &str) -> bool {
        matches!(
            (door, &self.page),
            (
                "compare",
                Page::Compare
                    | Page::Contracts(_)
                    | Page::Works(_)
                    | Page::Buyers
                    | Page::Buyer(_)
                    | Page::Places
                    | Page::Place(_)
            ) | ("rules", Page::Rules | Page::Rule(_) | Page::Flag(_))
                | ("sources", Page::Sources | Page::Source(_))
                | ("method", Page::Method)
                | (
                    "search",
                    Page::Search
                        | Page::Contract(_)
                        | Page::ContractHistory(_)
                        | Page::Work(_)
                        | Page::WorkHistory(_)
                        | Page::Supplier(_)
                )
        ) && self.has_data
    }

    /// `datos al 23 nov 2026`, or that no date is published.
    pub(crate) fn data_date(&self) -> String {
        match &self.site.data_date {
            Some(date) => self.w.with("data_as_of", "date", self.w.date(date)),
            None => self.w.t("data_date_unknown").to_owned(),
        }
    }

    /// What an office is called.
    pub(crate) fn source(&self, source: &str) -> String {
        self.site
            .source(source)
            .map(|brief| self.w.text(&brief.title))
            .filter(|title| !title.is_empty())
            .unwrap_or(source)
            .to_owned()
    }

    /// What the authority of an office is called.
    pub(crate) fn place(&self, source: &str) -> String {
        self.site
            .source(source)
            .map(|brief| self.w.text(&brief.place_name).to_owned())
            .unwrap_or_default()
    }

    /// An office, with its layout when it has several.
    pub(crate) fn office(&self, office: &Office) -> String {
        let title = self.source(&office.source);
        if office.several {
            format!("{title} · {}", office.layout)
        } else {
            title
        }
    }

    /// How an office's rows were chosen, when they are not all of them.
    pub(crate) fn covers(&self, source: &str) -> String {
        match self.site.source(source).map(|brief| brief.covers.as_str()) {
            Some(covers @ ("sample" | "selection")) => self.w.code("covers", covers).to_owned(),
            _ => String::new(),
        }
    }

    /// A rule's words.
    pub(crate) fn rule(&self, code: &str) -> Option<&'a RuleText> {
        self.site.texts.rule(code)
    }

    /// What a rule is called.
    pub(crate) fn rule_title(&self, code: &str) -> String {
        self.rule(code).map_or_else(
            || code.to_owned(),
            |rule| self.w.text(&rule.title).to_owned(),
        )
    }

    /// What is missing, in words.
    pub(crate) fn missing(&self, rule: &str, field: &str) -> String {
        if field.is_empty() {
            return self.w.t("missing_unknown").to_owned();
        }
        self.site
            .texts
            .missing(rule, field, self.w.lang())
            .to_owned()
    }

    /// What a note says.
    pub(crate) fn note(&self, rule: &str, note: &str) -> String {
        self.rule(rule)
            .and_then(|rule| rule.notes.get(note))
            .map_or_else(
                || note.replace('_', " "),
                |text| self.w.text(text).to_owned(),
            )
    }

    /// A value with the unit of its rule: `9 días`.
    pub(crate) fn measure(&self, rule: &str, value: &Option<String>) -> String {
        let Some(value) = value else {
            return self.w.t("not_published").to_owned();
        };
        let unit = self
            .rule(rule)
            .map(|rule| self.w.text(&rule.unit))
            .unwrap_or_default();
        format!("{}\u{a0}{unit}", format::decimal(value, 0, 2))
            .trim_end()
            .to_owned()
    }

    /// A flag in one line: value against threshold.
    pub(crate) fn line(&self, flag: &FlagBrief) -> String {
        match (&flag.value, &flag.threshold) {
            (Some(_), Some(threshold)) => self.w.with2(
                "value_against",
                "value",
                self.measure(&flag.rule, &flag.value),
                "threshold",
                format::decimal(threshold, 0, 2),
            ),
            (Some(_), None) => self.measure(&flag.rule, &flag.value),
            _ => String::new(),
        }
    }

    /// Address of a subject's page; blank when it has none.
    pub(crate) fn subject(&self, subject: &Subject) -> String {
        self.w.subject(&subject.kind, &subject.id)
    }

    /// Address of the original of a row; blank when it may not be handed out.
    pub(crate) fn original(&self, origin: &Origin) -> String {
        self.original_of(&origin.sha256)
    }

    /// Address of an original file; blank when it may not be handed out.
    pub(crate) fn original_of(&self, sha256: &str) -> String {
        let public = is_hash(sha256)
            && self
                .originals
                .open(sha256)
                .is_some_and(|original| original.public);
        if public {
            self.w.original(sha256)
        } else {
            String::new()
        }
    }

    /// Where a row stands, in words: file, part, and place inside it.
    pub(crate) fn position(&self, origin: &Origin) -> String {
        let record = || self.w.with("record_number", "n", origin.record.to_string());
        let position = match origin.position.split_once(' ') {
            Some(("row", number)) => self.w.with("row_number", "n", number),
            Some(("line", number)) => self.w.with("line_number", "n", number),
            _ if origin.position.is_empty() => record(),
            _ => origin.position.clone(),
        };
        if origin.part.is_empty() {
            position
        } else {
            format!("{} · {position}", origin.part)
        }
    }

    /// True for a name that would fill a phone if it were set like a title.
    pub(crate) fn is_long(&self, title: &str) -> bool {
        title.chars().count() > 80
    }

    /// The last part of a path: the name a person knows.
    pub(crate) fn file_name<'p>(&self, path: &'p str) -> &'p str {
        path.rsplit('/').next().unwrap_or(path)
    }
}

/// Percent-encodes a parameter of an address.
fn parameter(text: &str) -> String {
    encode(text).replace('/', "%2F")
}

/// A long list, a page at a time.
pub(crate) struct Pages {
    /// This page, from 1.
    pub(crate) number: usize,
    /// How many there are.
    pub(crate) of: usize,
    /// Address of the one before; blank on the first.
    pub(crate) before: String,
    /// Address of the next; blank on the last.
    pub(crate) after: String,
}

impl Pages {
    /// The pages of `total` things, `size` a page. A number beyond the end is the last page.
    pub(crate) fn of(frame: &Frame<'_>, total: usize, size: usize) -> Self {
        let of = total.div_ceil(size).max(1);
        let number = frame.page_number().min(of);
        let link = |number: usize| {
            let value = if number == 1 {
                String::new()
            } else {
                number.to_string()
            };
            frame.here_with("pagina", &value)
        };
        Self {
            number,
            of,
            before: if number > 1 {
                link(number - 1)
            } else {
                String::new()
            },
            after: if number < of {
                link(number + 1)
            } else {
                String::new()
            },
        }
    }

    /// The things of this page.
    pub(crate) fn slice<'l, T>(&self, list: &'l [T], size: usize) -> &'l [T] {
        let from = ((self.number - 1) * size).min(list.len());
        &list[from..(from + size).min(list.len())]
    }

    /// `Página 2 de 7`.
    pub(crate) fn words(&self, words: &Words) -> String {
        words.with2(
            "page_of",
            "n",
            self.number.to_string(),
            "of",
            self.of.to_string(),
        )
    }
}
