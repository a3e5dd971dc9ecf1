//! The search: names and ids that begin with what was written.

use std::collections::BTreeSet;

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::build::fold;
use crate::csv::Csv;
use crate::document::Found;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;
use crate::store::Documents;

/// Results shown: who needs more writes more letters.
const SHOWN: usize = 40;
/// Letters that are needed at least.
const LEAST: usize = 2;

#[derive(Template)]
#[template(path = "search.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    asked: String,
    results: Vec<Found>,
    more: bool,
    too_short: bool,
}

pub(crate) async fn draw(frame: &mut Frame<'_>, documents: &Documents) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(w.t("search_title"), w.t("search_lead"), &[]);
    let asked: String = frame
        .param("q")
        .unwrap_or_default()
        .trim()
        .chars()
        .take(80)
        .collect();
    let folded = fold(&asked);
    let too_short = !asked.is_empty() && folded.chars().count() < LEAST;
    let mut results: Vec<Found> = Vec::new();
    if folded.chars().count() >= LEAST {
        let found: Vec<Found> = documents.begin_with(&folded, SHOWN as u32 * 3).await?;
        let mut seen = BTreeSet::new();
        results.extend(
            found
                .into_iter()
                .filter(|one| seen.insert((one.kind.clone(), one.id.clone()))),
        );
    }
    let more = results.len() > SHOWN;
    results.truncate(SHOWN);
    match frame.format {
        Format::Json => Answer::json(frame, &results),
        Format::Csv => {
            let mut csv = Csv::new(&["kind", "id", "name", "source", "page"]);
            for found in &results {
                csv.row(&[
                    &found.kind,
                    &found.id,
                    &found.name,
                    &found.source,
                    &href(frame, found),
                ]);
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => Ok(Answer::Html(
            View {
                p: frame,
                asked,
                results,
                more,
                too_short,
            }
            .render()?,
        )),
    }
}

fn href(frame: &Frame<'_>, found: &Found) -> String {
    match found.kind.as_str() {
        "work" => frame.w.work(&found.id),
        "supplier" => frame.w.supplier(&found.id),
        _ => frame.w.contract(&found.id),
    }
}

impl View<'_> {
    fn href(&self, found: &Found) -> String {
        href(self.p, found)
    }
}
