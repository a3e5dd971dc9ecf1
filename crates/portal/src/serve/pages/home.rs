//! The first page: what can be looked up, and what is here.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::chart;
use crate::csv::Csv;
use crate::document::Home;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;

#[derive(Template)]
#[template(path = "home.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    home: Home,
    rules: Vec<RuleView>,
}

struct RuleView {
    code: String,
    title: String,
    question: String,
    bar: String,
    flagged: u64,
    clear: u64,
    not_computable: u64,
}

pub(crate) fn draw(frame: &mut Frame<'_>, home: Home) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(w.t("home_title"), w.t("home_description"), &[]);
    match frame.format {
        Format::Json => Answer::json(frame, &home),
        Format::Csv => {
            let mut csv = Csv::new(&[
                "source",
                "title",
                "place",
                "files",
                "rows_read",
                "edition_date",
                "open_flags",
            ]);
            for source in &home.sources {
                csv.row(&[
                    source.source.clone(),
                    frame.source(&source.source),
                    frame.place(&source.source),
                    source.files.to_string(),
                    source.rows_read.to_string(),
                    source.edition_date.clone().unwrap_or_default(),
                    source
                        .flags
                        .map(|flags| flags.to_string())
                        .unwrap_or_default(),
                ]);
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => {
            let rules = home
                .rules
                .iter()
                .map(|rule| RuleView {
                    code: rule.rule.clone(),
                    title: frame.rule_title(&rule.rule),
                    question: frame
                        .rule(&rule.rule)
                        .map(|rule| w.text(&rule.question).to_owned())
                        .unwrap_or_default(),
                    bar: super::answers_bar(&rule.answers),
                    flagged: rule.answers.flagged,
                    clear: rule.answers.clear,
                    not_computable: rule.answers.not_computable,
                })
                .collect();
            Ok(Answer::Html(
                View {
                    p: frame,
                    home,
                    rules,
                }
                .render()?,
            ))
        }
    }
}

impl View<'_> {
    /// Length of an office's bar beside the largest one.
    fn rows_bar(&self, rows: &u64) -> String {
        let most = self
            .home
            .sources
            .iter()
            .map(|source| source.rows_read)
            .max()
            .unwrap_or(0)
            .max(1);
        chart::bar(&[("brand", *rows as f64 / most as f64)])
    }
}
