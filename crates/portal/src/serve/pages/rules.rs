//! The list of rules.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::document::{Answers, Visible};
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;

#[derive(Template)]
#[template(path = "rules.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    rules: Vec<RuleView>,
}

struct RuleView {
    code: String,
    title: String,
    question: String,
    why: String,
    status: String,
    answers: Answers,
    bar: String,
}

pub(crate) fn draw(frame: &mut Frame<'_>, visible: Visible) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(w.t("rules_title"), w.t("rules_lead"), &[]);
    let rules: Vec<RuleView> = visible
        .rules
        .iter()
        .map(|rule| {
            let answers = sum(&rule.cells);
            let text = frame.rule(&rule.rule);
            RuleView {
                code: rule.rule.clone(),
                title: frame.rule_title(&rule.rule),
                question: text
                    .map(|text| w.text(&text.question).to_owned())
                    .unwrap_or_default(),
                why: text
                    .map(|text| w.text(&text.why).to_owned())
                    .unwrap_or_default(),
                status: text
                    .map(|text| w.code("rule_status", &text.status).to_owned())
                    .unwrap_or_default(),
                bar: super::answers_bar(&answers),
                answers,
            }
        })
        .collect();
    match frame.format {
        Format::Json => Answer::json(frame, &frame.site.texts.rules),
        Format::Csv => {
            let mut csv = Csv::new(&[
                "indicator",
                "title",
                "question",
                "flagged",
                "clear",
                "not_computable",
                "page",
            ]);
            for rule in &rules {
                csv.row(&[
                    rule.code.clone(),
                    rule.title.clone(),
                    rule.question.clone(),
                    rule.answers.flagged.to_string(),
                    rule.answers.clear.to_string(),
                    rule.answers.not_computable.to_string(),
                    w.rule(&rule.code),
                ]);
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => Ok(Answer::Html(View { p: frame, rules }.render()?)),
    }
}

/// The counts of all offices together.
fn sum(cells: &[Answers]) -> Answers {
    cells.iter().fold(Answers::default(), |all, cell| Answers {
        flagged: all.flagged + cell.flagged,
        clear: all.clear + cell.clear,
        not_computable: all.not_computable + cell.not_computable,
        missing: Vec::new(),
    })
}
