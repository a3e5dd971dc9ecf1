//! Offices × rules: what can be seen where, and what is missing where nothing can be seen.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::document::{Answers, Visible};
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;

use super::compare::{Tab, tabs};

/// Offices side by side: narrow cells, so that eight fit.
const MOST: usize = 8;

#[derive(Template)]
#[template(path = "visible.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    tabs: Vec<Tab>,
    offices: Vec<OfficeView>,
    chosen: Vec<Chosen>,
    rules: Vec<RuleView>,
    more: bool,
}

struct OfficeView {
    source: String,
    name: String,
    place: String,
    chosen: bool,
}

struct Chosen {
    letter: char,
    name: String,
    source: String,
}

struct RuleView {
    code: String,
    title: String,
    question: String,
    cells: Vec<CellView>,
    nowhere: Vec<String>,
}

struct CellView {
    letter: char,
    name: String,
    source: String,
    answers: Answers,
    bar: String,
    missing: Vec<(String, u64)>,
}

pub(crate) fn draw(frame: &mut Frame<'_>, visible: Visible) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(
        w.t("visible_title"),
        w.t("compare_description"),
        &[(w.t("compare_title"), w.compare())],
    );
    match frame.format {
        Format::Json => Answer::json(frame, &visible),
        Format::Csv => Ok(Answer::csv(csv(&visible))),
        Format::Html => {
            let keys: Vec<&str> = frame.params("fuente").collect();
            let mut chosen: Vec<usize> = (0..visible.sources.len())
                .filter(|index| keys.contains(&visible.sources[*index].as_str()))
                .collect();
            if chosen.is_empty() {
                chosen = (0..visible.sources.len()).collect();
            }
            let more = chosen.len() > MOST;
            chosen.truncate(MOST);
            let rules = visible
                .rules
                .iter()
                .map(|rule| RuleView {
                    nowhere: chosen
                        .iter()
                        .filter(|index| {
                            rule.cells.get(**index).is_none_or(|cell| cell.total() == 0)
                        })
                        .map(|index| frame.source(&visible.sources[*index]))
                        .collect(),
                    title: frame.rule_title(&rule.rule),
                    question: frame
                        .rule(&rule.rule)
                        .map(|text| w.text(&text.question).to_owned())
                        .unwrap_or_default(),
                    cells: chosen
                        .iter()
                        .zip('A'..)
                        .map(|(index, letter)| {
                            let answers = rule.cells.get(*index).cloned().unwrap_or_default();
                            let source = visible.sources[*index].clone();
                            CellView {
                                letter,
                                name: frame.source(&source),
                                source,
                                bar: super::answers_bar(&answers),
                                missing: answers
                                    .missing
                                    .iter()
                                    .map(|missing| {
                                        (frame.missing(&rule.rule, &missing.field), missing.count)
                                    })
                                    .collect(),
                                answers,
                            }
                        })
                        .collect(),
                    code: rule.rule.clone(),
                })
                .collect();
            let view = View {
                tabs: tabs(frame, "reglas"),
                offices: visible
                    .sources
                    .iter()
                    .enumerate()
                    .map(|(index, source)| OfficeView {
                        name: frame.source(source),
                        place: frame.place(source),
                        source: source.clone(),
                        chosen: chosen.contains(&index),
                    })
                    .collect(),
                chosen: chosen
                    .iter()
                    .zip('A'..)
                    .map(|(index, letter)| Chosen {
                        letter,
                        name: frame.source(&visible.sources[*index]),
                        source: visible.sources[*index].clone(),
                    })
                    .collect(),
                rules,
                more,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

fn csv(visible: &Visible) -> Csv {
    let mut csv = Csv::new(&["indicator", "source", "answer", "missing", "count"]);
    for rule in &visible.rules {
        for (source, cell) in visible.sources.iter().zip(&rule.cells) {
            if cell.total() == 0 {
                csv.row(&[rule.rule.as_str(), source, "not_applicable", "", ""]);
                continue;
            }
            for (answer, count) in [("flagged", cell.flagged), ("clear", cell.clear)] {
                csv.row(&[rule.rule.as_str(), source, answer, "", &count.to_string()]);
            }
            for missing in &cell.missing {
                csv.row(&[
                    rule.rule.as_str(),
                    source,
                    "not_computable",
                    &missing.field,
                    &missing.count.to_string(),
                ]);
            }
        }
    }
    csv
}
