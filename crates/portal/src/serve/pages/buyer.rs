//! An institution: what it bought and built by year, and what there is to look at.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::figures::Figures;
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;

use super::measures::{self, Measure};
use super::side_by_side::{Column, columns};

#[derive(Template)]
#[template(path = "buyer.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    figures: &'a Figures,
    place: String,
    chosen: Vec<Column>,
    covers: Option<String>,
    contracts: u64,
    works: u64,
    tables: Vec<Measure>,
    work_tables: Vec<Measure>,
}

pub(crate) fn draw(frame: &mut Frame<'_>, figures: Figures) -> Result<Answer, Error> {
    let w = frame.w;
    let place = figures
        .sources
        .first()
        .map(|source| frame.place(source))
        .unwrap_or_default();
    frame.name(
        w.text(&figures.name),
        &place,
        &[(w.t("buyers_title"), w.buyers())],
    );
    let figures = [figures];
    let years = measures::years(&figures, false);
    let work_years = measures::years(&figures, true);
    match frame.format {
        Format::Json => Answer::json(frame, &figures[0]),
        Format::Csv => {
            let works = figures[0].contracts.is_empty();
            let years = if works { &work_years } else { &years };
            Ok(Answer::csv(measures::csv(frame, &figures, years, works)))
        }
        Format::Html => {
            let own = &figures[0];
            let view = View {
                chosen: columns(frame, &figures),
                covers: measures::covers(frame, &own.sources),
                contracts: own
                    .contracts
                    .iter()
                    .flat_map(|year| &year.methods)
                    .map(|method| method.contracts)
                    .sum(),
                works: own.works.iter().map(|year| year.works).sum(),
                tables: measures::tables(frame, &figures, &years, &measures::CONTRACTS),
                work_tables: measures::tables(frame, &figures, &work_years, &measures::WORKS),
                figures: own,
                place,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

impl View<'_> {
    fn compare_href(&self, view: &str) -> String {
        format!(
            "{}?vista={view}&oficina={}",
            self.p.w.compare(),
            self.figures.key
        )
    }
}
