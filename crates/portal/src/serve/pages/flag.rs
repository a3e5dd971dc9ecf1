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
        &[
            (w.t("rules_title"), w.rules()),
            (&flag.rule, w.rule(&flag.rule)),
        ],
    );
    match frame.format {
        Format::Json => Answer::json(frame, &document),
        Format::Csv => {
            let mut csv = Csv::new(&[
                "flag_id",
                "indicator",
                "answer",
                "role",
                "path",
                "part",
                "sha256",
                "record",
                "position",
                "element",
                "header",
                "cell",
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
            let facts = facts(frame, &document);
            let roles = document
                .evidence
                .iter()
                .map(|role| RoleView {
                    title: rule.roles.get(&role.role).map_or_else(
                        || in_words(w.code("role", &role.role)),
                        |text| w.text(text).to_owned(),
                    ),
                    role: role.clone(),
                })
                .collect();
            let status = match (flag.answer.as_str(), &flag.closed_on) {
                ("flagged", None) => "open",
                ("flagged", Some(_)) => "closed",
                _ => "noted",
            };
            Ok(Answer::Html(
                View {
                    p: frame,
                    rule,
                    scale,
                    facts,
                    roles,
                    status,
                    document,
                }
                .render()?,
            ))
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

/// A code as words: `days_left` is `Days left`.
fn in_words(code: &str) -> String {
    let mut signs = code
        .chars()
        .map(|sign| if sign == '_' { ' ' } else { sign });
    signs
        .next()
        .map(|first| first.to_uppercase().chain(signs).collect())
        .unwrap_or_default()
}

/// Named facts that only a program needs: the rows they point to are shown as rows.
const HIDDEN: [&str; 3] = ["listing_file_id", "listing_record", "currency"];

/// The named facts of a rule, with their names and values as a person writes them.
fn facts(frame: &Frame<'_>, document: &Flag) -> Vec<(String, String)> {
    let rule = frame.rule(&document.flag.rule);
    let fact = |name: &str| document.detail.get(name).and_then(|value| value.as_str());
    document
        .detail
        .keys()
        .filter(|name| !HIDDEN.contains(&name.as_str()))
        .map(|name| {
            let label = match rule.and_then(|rule| rule.facts.get(name)) {
                Some(text) => frame.w.text(text).to_owned(),
                None => in_words(frame.w.code("fact", name)),
            };
            (
                label,
                shown(
                    frame,
                    name,
                    fact(name).unwrap_or_default(),
                    fact("currency"),
                ),
            )
        })
        .collect()
}

/// A named fact as a person writes it: money, a date, a number, a known code, or words as they are.
fn shown(frame: &Frame<'_>, name: &str, value: &str, currency: Option<&str>) -> String {
    let w = frame.w;
    let is_date = value.len() >= 10
        && value
            .as_bytes()
            .iter()
            .take(10)
            .enumerate()
            .all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
    if is_date {
        return w.date(value);
    }
    match name {
        "status" | "status_today" => return w.code("status", value).to_owned(),
        "matched_by" => return w.code("matched", value).to_owned(),
        "basis" => return w.code("basis", value).to_owned(),
        "date_used" => {
            return frame
                .site
                .texts
                .field_title(&format!("ocds.contract.{value}"), w.lang())
                .to_owned();
        }
        "list" => return w.code("list", value).to_owned(),
        "method" => return tender_code(frame, "procurement_method", value),
        "category" => return tender_code(frame, "main_procurement_category", value),
        "participation_scope" => return tender_code(frame, "participation_scope", value),
        name if name.ends_with("tax_basis") => return w.code("tax", value).to_owned(),
        name if name.ends_with("_progress") => {
            return format!("{}\u{a0}%", format::decimal(value, 0, 2));
        }
        name if currency.is_some() && is_money(name, value) => {
            return format::money(value, currency);
        }
        _ => {}
    }
    // Only a fraction is rewritten: a folio of digits stays as it is.
    if value.contains('.') && format::micro(value).is_some() {
        format::decimal(value, 0, 4)
    } else {
        value.to_owned()
    }
}

/// True for a fact that is a sum of money: `share_by_amount` is none.
fn is_money(name: &str, value: &str) -> bool {
    let named = matches!(name, "spent" | "budget")
        || (name.ends_with("amount") && !name.starts_with("share"));
    named && format::micro(value).is_some()
}

/// What a code of the tender means.
fn tender_code(frame: &Frame<'_>, field: &str, code: &str) -> String {
    frame
        .site
        .texts
        .code(&format!("ocds.tender.{field}"), code, frame.w.lang())
        .to_owned()
}

/// The value against its threshold, drawn; blank when there is nothing to draw.
fn scale(frame: &Frame<'_>, document: &Flag) -> String {
    let flag = &document.flag;
    let (Some(value), Some(threshold)) = (
        format::length(flag.value.as_deref()),
        format::length(flag.threshold.as_deref()),
    ) else {
        return String::new();
    };
    let value_label = frame.measure(&flag.rule, &flag.value);
    let threshold_label = frame.w.with(
        "threshold_is",
        "threshold",
        frame.measure(&flag.rule, &flag.threshold),
    );
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
        let headers: Vec<&str> = row
            .cells
            .iter()
            .filter(|(_, cell)| cell.trim().is_empty())
            .map(|(header, _)| header.as_str())
            .collect();
        headers.join(", ")
    }

    /// The first of the rows that are only named.
    fn more<'r>(&self, role: &'r Role) -> &'r [Origin] {
        &role.more[..role.more.len().min(NAMED)]
    }
}
