//! The list of offices.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::document::{Home, HomeSource};
use crate::serve::answer::Answer;
use crate::serve::frame::Frame;

#[derive(Template)]
#[template(path = "sources.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    sources: Vec<HomeSource>,
}

pub(crate) fn draw(frame: &mut Frame<'_>, home: Home) -> Result<Answer, Error> {
    let w = frame.w;
    frame.name(w.t("sources_title"), w.t("sources_lead"), &[]);
    match frame.format {
        Format::Json => Answer::json(frame, &frame.site.sources),
        Format::Csv => {
            let mut csv = Csv::new(&[
                "source",
                "title",
                "place",
                "place_name",
                "publisher",
                "covers",
                "rows_read",
            ]);
            for source in &frame.site.sources {
                let rows = home
                    .sources
                    .iter()
                    .find(|one| one.source == source.source)
                    .map_or(0, |one| one.rows_read);
                csv.row(&[
                    source.source.as_str(),
                    w.text(&source.title),
                    &source.place,
                    w.text(&source.place_name),
                    &source.publisher,
                    &source.covers,
                    &rows.to_string(),
                ]);
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => Ok(Answer::Html(
            View {
                p: frame,
                sources: home.sources,
            }
            .render()?,
        )),
    }
}
