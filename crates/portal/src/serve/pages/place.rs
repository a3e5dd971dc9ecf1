//! A state or another government: what is held of it, and what is missing.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::figures::{Figures, Level, PlaceDocument};
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;
use crate::store::Documents;

use super::measures::{self, Measure};
use super::side_by_side::{Column, columns};

#[derive(Template)]
#[template(path = "place.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    place: PlaceDocument,
    chosen: Vec<Column>,
    tables: Vec<Measure>,
    work_tables: Vec<Measure>,
    located: Vec<Column>,
    located_tables: Vec<Measure>,
    own_key: String,
    located_key: String,
    money: Vec<String>,
    missing: Vec<&'static str>,
}

pub(crate) async fn draw(
    frame: &mut Frame<'_>,
    documents: &Documents,
    place: PlaceDocument,
) -> Result<Answer, Error> {
    let w = frame.w;
    let code = place.figures.place.clone();
    frame.name(
        w.text(&place.figures.name),
        w.t("place_lead"),
        &[(w.t("map_title"), w.places())],
    );
    let keys = [Level::Place.key(&code), Level::State.key(&code)];
    let mut own: Vec<Figures> = Vec::new();
    let mut located: Vec<Figures> = Vec::new();
    for (_, figures) in documents.find_all::<Figures>(&keys).await? {
        if figures.level == Level::State {
            located.push(figures);
        } else {
            own.push(figures);
        }
    }
    let years = measures::years(&own, false);
    let work_years = measures::years(&own, true);
    let located_years = measures::years(&located, true);
    match frame.format {
        Format::Json => Answer::json(
            frame,
            &serde_json::json!({ "place": place, "government": own.first(), "located": located.first() }),
        ),
        Format::Csv => {
            let mut csv = measures::csv(frame, &own, &years, false);
            measures::add_csv(&mut csv, frame, &own, &work_years, true);
            measures::add_csv(&mut csv, frame, &located, &located_years, true);
            Ok(Answer::csv(csv))
        }
        Format::Html => {
            let mut missing = Vec::new();
            if years.is_empty() {
                missing.push("missing_contracts");
            }
            if work_years.is_empty() {
                missing.push("missing_works");
            }
            // Only a state of a map can have works located in it by others.
            if located.is_empty() && !place.figures.abbreviation.is_empty() {
                missing.push("missing_located");
            }
            let view = View {
                chosen: columns(frame, &own),
                tables: tables(
                    frame,
                    &own,
                    &years,
                    &["contratos", "monto", "procedimiento"],
                ),
                work_tables: tables(frame, &own, &work_years, &["obras", "presupuesto"]),
                located: columns(frame, &located),
                located_tables: tables(frame, &located, &located_years, &["obras", "presupuesto"]),
                own_key: keys[0].clone(),
                located_key: keys[1].clone(),
                money: place
                    .figures
                    .budget
                    .iter()
                    .map(|total| super::places::money(frame, total))
                    .collect(),
                missing,
                place,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

/// The tables of one, none when it has no year.
fn tables(
    frame: &Frame<'_>,
    figures: &[Figures],
    years: &[String],
    measures: &[&'static str],
) -> Vec<Measure> {
    if years.is_empty() {
        return Vec::new();
    }
    measures::tables(frame, figures, years, measures)
}

impl View<'_> {
    fn compare_href(&self, view: &str, key: &str) -> String {
        format!("{}?vista={view}&oficina={key}", self.p.w.compare())
    }
}
