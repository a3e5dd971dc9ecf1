//! The list of institutions, of all offices or of one.

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::build::BUYERS_PAGE;
use crate::csv::Csv;
use crate::figures::{BuyerPage, Choice, Choices, chunk_id};
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};
use crate::store::Documents;

use super::measures;

#[derive(Template)]
#[template(path = "buyers.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    source: String,
    total: u64,
    buyers: Vec<Choice>,
    pages: Pages,
}

pub(crate) async fn draw(frame: &mut Frame<'_>, documents: &Documents) -> Result<Answer, Error> {
    let w = frame.w;
    let choices: Choices = documents.get("choices").await?;
    let source = frame.param("fuente").unwrap_or_default().to_owned();
    let total = if source.is_empty() {
        choices.buyers
    } else {
        choices
            .buyers_of
            .iter()
            .find(|(own, _)| *own == source)
            .ok_or(Error::NotFound)?
            .1
    };
    frame.name(
        w.t("buyers_title"),
        w.t("buyers_lead"),
        &[(w.t("compare_title"), w.compare())],
    );
    let pages = Pages::of(frame, total as usize, BUYERS_PAGE);
    let page: BuyerPage = documents
        .find(&chunk_id(&source, pages.number as u64 - 1))
        .await?
        .unwrap_or_default();
    match frame.format {
        Format::Json => Answer::json(frame, &page),
        Format::Csv => {
            let mut csv = Csv::new(&[
                "key",
                "name",
                "place",
                "sources",
                "contracts",
                "works",
                "open_flags",
                "page",
            ]);
            for buyer in &page.buyers {
                csv.row(&[
                    buyer.key.clone(),
                    w.text(&buyer.name).to_owned(),
                    buyer.place.clone(),
                    buyer.sources.join(";"),
                    buyer.contracts.to_string(),
                    buyer.works.to_string(),
                    buyer.flags.to_string(),
                    href(frame, buyer),
                ]);
            }
            Ok(Answer::csv(csv))
        }
        Format::Html => Ok(Answer::Html(
            View {
                p: frame,
                source,
                total,
                buyers: page.buyers,
                pages,
            }
            .render()?,
        )),
    }
}

fn href(frame: &Frame<'_>, buyer: &Choice) -> String {
    frame
        .w
        .buyer(buyer.key.split_once(':').map_or("", |(_, id)| id))
}

impl View<'_> {
    fn href(&self, buyer: &Choice) -> String {
        href(self.p, buyer)
    }

    fn covers(&self, buyer: &Choice) -> String {
        measures::covers(self.p, &buyer.sources).unwrap_or_default()
    }

    fn place(&self, buyer: &Choice) -> String {
        buyer
            .sources
            .first()
            .map(|source| self.p.place(source))
            .unwrap_or_default()
    }
}
