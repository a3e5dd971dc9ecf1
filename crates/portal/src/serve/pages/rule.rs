//! A rule: in words, in SQL, with its parameters, what it answered where, and its flags.

use askama::Template;
use serde::Serialize;

use crate::Error;
use crate::address::Format;
use crate::chart;
use crate::csv::Csv;
use crate::document::{Answers, FlagBrief, FlagPage, Rule};
use crate::format;
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};
use crate::store::Documents;
use crate::text::{ParameterText, RuleText};

/// Flags on one page, as many as one document holds.
const SIZE: usize = 20;
/// Pages of flags in one download: a hundred thousand flags.
const DOWNLOAD: u32 = 5_000;

#[derive(Template)]
#[template(path = "rule.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    rule: RuleText,
    document: Rule,
    offices: Vec<OfficeView>,
    histogram: String,
    steps: Vec<StepView>,
    threshold: String,
    flags: Vec<FlagBrief>,
    noted: Vec<FlagBrief>,
    pages: Pages,
}

struct OfficeView {
    source: String,
    name: String,
    answers: Answers,
    bar: String,
    missing: Vec<(String, u64)>,
}

struct StepView {
    words: String,
    flagged: u64,
    clear: u64,
}

#[derive(Serialize)]
struct Whole<'a> {
    rule: &'a Rule,
    text: Option<&'a RuleText>,
    flags: Vec<FlagBrief>,
    noted: Vec<FlagBrief>,
}

pub(crate) async fn draw(
    frame: &mut Frame<'_>,
    documents: &Documents,
    document: Rule,
) -> Result<Answer, Error> {
    let w = frame.w;
    let code = document.rule.clone();
    let text = frame.rule(&code);
    let question = text
        .map(|text| w.text(&text.question).to_owned())
        .unwrap_or_default();
    frame.name(
        &format!("{code} · {}", frame.rule_title(&code)),
        &question,
        &[(w.t("rules_title"), w.rules())],
    );
    let all = async |answer: &str| -> Result<Vec<FlagBrief>, Error> {
        let pages: Vec<FlagPage> = documents
            .begin_with(&format!("{code}/{answer}/"), DOWNLOAD)
            .await?;
        Ok(pages.into_iter().flat_map(|page| page.flags).collect())
    };
    match frame.format {
        Format::Json => {
            let whole = Whole {
                rule: &document,
                text,
                flags: all("flagged").await?,
                noted: all("clear").await?,
            };
            Answer::json(frame, &whole)
        }
        Format::Csv => {
            let mut csv = Csv::new(&super::FLAG_HEADER);
            for flag in all("flagged").await?.iter().chain(&all("clear").await?) {
                super::flag_row(frame, &mut csv, flag);
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => {
            let pages = Pages::of(frame, document.flags as usize, SIZE);
            let page = |answer: &str, number: usize| format!("{code}/{answer}/{number:06}");
            let flags: Option<FlagPage> = documents.find(&page("flagged", pages.number)).await?;
            let noted: Option<FlagPage> = documents.find(&page("clear", 1)).await?;
            let view = View {
                rule: text.cloned().unwrap_or_default(),
                offices: offices(frame, &document),
                histogram: histogram(frame, &document),
                steps: steps(&document),
                threshold: document
                    .histogram
                    .as_ref()
                    .and_then(|histogram| histogram.threshold)
                    .map(|threshold| frame.measure(&code, &Some(threshold.to_string())))
                    .unwrap_or_default(),
                flags: flags.map(|page| page.flags).unwrap_or_default(),
                noted: noted.map(|page| page.flags).unwrap_or_default(),
                pages,
                document,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

fn offices(frame: &Frame<'_>, document: &Rule) -> Vec<OfficeView> {
    document
        .by_source
        .iter()
        .map(|of| OfficeView {
            source: of.source.clone(),
            name: frame.source(&of.source),
            bar: super::answers_bar(&of.answers),
            missing: of
                .answers
                .missing
                .iter()
                .map(|missing| (frame.missing(&document.rule, &missing.field), missing.count))
                .collect(),
            answers: of.answers.clone(),
        })
        .collect()
}

fn histogram(frame: &Frame<'_>, document: &Rule) -> String {
    let Some(histogram) = &document.histogram else {
        return String::new();
    };
    let columns: Vec<chart::Column> = histogram
        .steps
        .iter()
        .map(|step| chart::Column {
            flagged: step.flagged,
            clear: step.clear,
        })
        .collect();
    let closed: Vec<(f64, f64)> = histogram
        .steps
        .iter()
        .filter_map(|step| step.to.map(|to| (step.from, to)))
        .collect();
    // The line stands where the threshold lies among the equal steps.
    let share = histogram.threshold.and_then(|threshold| {
        let index = closed
            .iter()
            .position(|(from, to)| threshold >= *from && threshold < *to)?;
        let (from, to) = closed[index];
        Some((index as f64 + (threshold - from) / (to - from)) / columns.len() as f64)
    });
    chart::histogram(&columns, share, frame.w.t("histogram_title"))
}

fn steps(document: &Rule) -> Vec<StepView> {
    let number = |value: f64| format::decimal(&value.to_string(), 0, 2);
    document
        .histogram
        .iter()
        .flat_map(|histogram| &histogram.steps)
        .filter(|step| step.flagged + step.clear > 0)
        .map(|step| StepView {
            words: match step.to {
                Some(to) => format!("{} – {}", number(step.from), number(to)),
                None => format!("≥ {}", number(step.from)),
            },
            flagged: step.flagged,
            clear: step.clear,
        })
        .collect()
}

impl View<'_> {
    /// Where and to what a threshold applies.
    fn applies(&self, parameter: &ParameterText) -> String {
        let place = self
            .p
            .site
            .sources
            .iter()
            .find(|brief| brief.place == parameter.place)
            .map_or(parameter.place.as_str(), |brief| {
                self.p.w.text(&brief.place_name)
            });
        let place = if place.is_empty() {
            self.p.w.t("anywhere")
        } else {
            place
        };
        let code = |fields: &[&str], code: &str| {
            // A category may be of what is bought or of who may take part: the first codelist that knows it.
            let known = |field: &&str| {
                let words =
                    self.p
                        .site
                        .texts
                        .code(&format!("ocds.tender.{field}"), code, self.p.w.lang());
                (words != code).then(|| words.to_owned())
            };
            fields
                .iter()
                .find_map(known)
                .unwrap_or_else(|| code.to_owned())
        };
        [
            place.to_owned(),
            code(&["procurement_method"], &parameter.procedure),
            code(
                &["main_procurement_category", "participation_scope"],
                &parameter.category,
            ),
        ]
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
    }

    /// From when to when a threshold holds; open ends are said.
    fn valid(&self, parameter: &ParameterText) -> String {
        let w = self.p.w;
        match (parameter.valid_from.as_str(), parameter.valid_to.as_str()) {
            ("", "") => w.t("valid_always").to_owned(),
            (from, "") => w.with("valid_from", "date", w.date(from)),
            ("", to) => w.with("valid_to", "date", w.date(to)),
            (from, to) => format!("{} – {}", w.date(from), w.date(to)),
        }
    }

    /// First and last value of the histogram's axis.
    fn ends(&self) -> (String, String) {
        let steps = self
            .document
            .histogram
            .as_ref()
            .map(|histogram| histogram.steps.as_slice())
            .unwrap_or_default();
        let number = |value: f64| format::decimal(&value.to_string(), 0, 2);
        match (steps.first(), steps.last()) {
            (Some(first), Some(last)) => (
                number(first.from),
                last.to
                    .map_or_else(|| self.p.w.with("and_more", "n", number(last.from)), number),
            ),
            _ => Default::default(),
        }
    }
}
