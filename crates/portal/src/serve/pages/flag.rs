//! A flag: what was found, the rule, the innocent explanations, and the rows of the original files.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::chart;
use crate::csv::Csv;
use crate::document::{EvidenceRow, Flag, Origin, Role};
use crate::format;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;
use crate::text::RuleText;

/// Further rows named on the page; all of them are in the CSV.
const NAMED: usize = 40;

#[derive(Template)]
#[template(path = "flag.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    document: Flag,
    rule: RuleText,
    scale: String,
    facts: Vec<(String, String)>,
    roles: Vec<RoleView>,
    status: &'static str,
}

struct RoleView {
    title: String,
    role: Role,
}

pub(crate) fn draw(frame: &mut Frame<'_>, document: Flag) -> Result<Answer, Error> {
    let w = frame.w;
    let flag = &document.flag;
    let title = frame.rule_title(&flag.rule);
    frame.name(
        &format!("{title}: {}", flag.subject.name),
        &frame.line(flag),
        &[(w.t("rules_title"), w.rules()), (&flag.rule, w.rule(&flag.rule))],
    );
    match frame.format {
        Format::Json => Answer::json(frame, &document),
        Format::Csv => {
            let mut csv = Csv::new(&[
                "flag_id", "indicator", "answer", "role", "path", "part", "sha256", "record", "position", "element",
                "header", "cell",
            ]);
            for role in &document.evidence {
                for row in &role.rows {
                    let start = start(&document, &role.role, &row.origin);
                    for (header, cell) in &row.cells {
                        csv.row(&[start.as_slice(), &[header.clone(), cell.clone()]].concat());
                    }
                    if row.cells.is_empty() {
                        csv.row(&[start.as_slice(), &[String::new(), String::new()]].concat());
                    }
                }
                for origin in &role.more {
                    let start = start(&document, &role.role, origin);
                    csv.row(&[start.as_slice(), &[String::new(), String::new()]].concat());
                }
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => {
            let rule = frame.rule(&flag.rule).cloned().unwrap_or_default();
            let scale = scale(frame, &document);
            let facts = document
                .detail
                .iter()
                .map(|(name, value)| {
                    let label = rule.facts.get(name).map_or_else(|| name.replace('_', " "), |t| w.text(t).to_owned());
                    (label, shown(frame, value.as_str().unwrap_or_default()))
                })
                .collect();
            let roles = document
                .evidence
                .iter()
                .map(|role| RoleView {
                    title: rule
                        .roles
                        .get(&role.role)
                        .map_or_else(|| w.code("role", &role.role).replace('_', " "), |text| w.text(text).to_owned()),
                    role: role.clone(),
                })
                .collect();
            let status = match (flag.answer.as_str(), &flag.closed_on) {
                ("flagged", None) => "open",
                ("flagged", Some(_)) => "closed",
                _ => "noted",
            };
            Ok(Answer::Html(View { p: frame, rule, scale, facts, roles, status, document }.render()?))
        }
    }
}

fn start(document: &Flag, role: &str, origin: &Origin) -> Vec<String> {
    let flag = &document.flag;
    vec![
        flag.id.clone(),
        flag.rule.clone(),
        flag.answer.clone(),
        role.to_owned(),
        origin.path.clone(),
        origin.part.clone(),
        origin.sha256.clone(),
        origin.record.to_string(),
        origin.position.clone(),
        origin.element.clone(),
    ]
}

/// A named fact as a person writes it: a date, a number, or words as they are.
fn shown(frame: &Frame<'_>, value: &str) -> String {
    let is_date = value.len() >= 10
        && value.as_bytes().iter().take(10).enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_date {
        return frame.w.date(value);
    }
    // Only a fraction or a large number is rewritten: a folio of digits stays as it is.
    if value.contains('.') && format::micro(value).is_some() { format::decimal(value, 0, 2) } else { value.to_owned() }
}

/// The value against its threshold, drawn; blank when there is nothing to draw.
fn scale(frame: &Frame<'_>, document: &Flag) -> String {
    let flag = &document.flag;
    let (Some(value), Some(threshold)) =
        (format::length(flag.value.as_deref()), format::length(flag.threshold.as_deref()))
    else {
        return String::new();
    };
    let value_label = frame.measure(&flag.rule, &flag.value);
    let threshold_label = frame.w.with("threshold_is", "threshold", &frame.measure(&flag.rule, &flag.threshold));
    chart::scale(&chart::Scale {
        value,
        threshold,
        value_label: &value_label,
        threshold_label: &threshold_label,
        title: &format!("{value_label}. {threshold_label}"),
        flagged: flag.answer == "flagged",
    })
}

impl View<'_> {
    /// Headers of the cells left empty, since an empty cell is a fact too.
    fn empty_headers(&self, row: &EvidenceRow) -> String {
        let headers: Vec<&str> =
            row.cells.iter().filter(|(_, cell)| cell.trim().is_empty()).map(|(header, _)| header.as_str()).collect();
        headers.join(", ")
    }

    /// The first of the rows that are only named.
    fn more<'r>(&self, role: &'r Role) -> &'r [Origin] {
        &role.more[..role.more.len().min(NAMED)]
    }
}
