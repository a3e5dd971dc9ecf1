//! The rows behind a figure: contracts, works or spending of one office, a year and a procedure at a time.

mod contracts;
mod works;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::document::SupplierRef;
use crate::figures::{CHUNK, Figures, ListRow, Rows, Segment, chunk_id};
use crate::format;
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};
use crate::store::Documents;

use super::measures::{self, UNPUBLISHED};

pub(crate) use contracts::contracts;
pub(crate) use works::works;

/// Rows on one page.
const SIZE: usize = 50;
/// Rows of one download: a few dozen documents, a megabyte or two.
const PART: u64 = 5_000;
/// What an address says for every year.
const EVERY: &str = "todos";

#[derive(Template)]
#[template(path = "rows.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    office: String,
    office_href: String,
    covers: Option<String>,
    compare_href: String,
    filters: Vec<Filter>,
    total: u64,
    count: String,
    lines: Vec<Line>,
    pages: Pages,
    parts: Vec<Part>,
    note: &'static str,
}

/// One thing to choose by, with its choices.
struct Filter {
    title: String,
    choices: Vec<Pick>,
}

struct Pick {
    words: String,
    count: String,
    href: String,
    here: bool,
}

/// A row as a reader sees it.
struct Line {
    title: String,
    href: String,
    amount: String,
    where_: Vec<String>,
    suppliers: Vec<SupplierRef>,
    flags: u64,
}

/// A download of a long list.
struct Part {
    words: String,
    href: String,
}

/// What was chosen: its stretches of rows, and the words of the choice.
struct Chosen {
    rows: Vec<Segment>,
    total: u64,
}

/// A list about to be drawn.
struct List<'a> {
    figures: &'a Figures,
    chosen: Chosen,
    filters: Vec<Filter>,
    count: String,
    note: &'static str,
}

impl Chosen {
    fn of<'s>(rows: impl Iterator<Item = &'s Segment>) -> Self {
        let rows: Vec<Segment> = rows.cloned().collect();
        Self {
            total: rows.iter().map(|segment| segment.rows).sum(),
            rows,
        }
    }
}

/// The year asked for: the newest when none is, none for every year.
///
/// Errors: a year of which there are no rows, or a list without any row.
fn wanted(asked: Option<&str>, years: &[(String, u64)]) -> Result<Option<String>, Error> {
    match asked {
        None => Ok(Some(years.first().ok_or(Error::NotFound)?.0.clone())),
        Some(EVERY) if !years.is_empty() => Ok(None),
        Some(asked) => {
            let year = published(asked);
            years
                .iter()
                .find(|(own, _)| *own == year)
                .map(|(own, _)| Some(own.clone()))
                .ok_or(Error::NotFound)
        }
    }
}

/// A word of an address as the documents say it.
fn published(asked: &str) -> String {
    if asked == UNPUBLISHED {
        String::new()
    } else {
        asked.to_owned()
    }
}

fn or_none(code: &str) -> &str {
    if code.is_empty() { UNPUBLISHED } else { code }
}

fn name(frame: &mut Frame<'_>, figures: &Figures, title: &'static str, view: &str) {
    let w = frame.w;
    let office = measures::name(frame, figures.level, &figures.name);
    let href = measures::own_page(frame, figures);
    frame.name(
        &w.with(title, "office", &office),
        w.t("rows_lead"),
        &[
            (
                w.t("compare_title"),
                format!("{}?vista={view}", w.compare()),
            ),
            (&office, href),
        ],
    );
}

fn year_filter(frame: &Frame<'_>, years: &[(String, u64)], year: Option<&str>) -> Filter {
    let every = Pick {
        words: frame.w.t("filter_every_year").to_owned(),
        count: format::count(years.iter().map(|(_, count)| count).sum()),
        href: frame.here_with("anio", EVERY),
        here: year.is_none(),
    };
    let choices = years.iter().map(|(own, count)| Pick {
        words: measures::year_name(frame, own),
        count: format::count(*count),
        href: frame.here_with("anio", or_none(own)),
        here: year == Some(own.as_str()),
    });
    Filter {
        title: frame.w.t("col_year").to_owned(),
        choices: choices.chain([every]).collect(),
    }
}

fn amount(
    frame: &Frame<'_>,
    amount: &Option<String>,
    currency: &Option<String>,
    basis: Option<&str>,
) -> String {
    match amount {
        Some(amount) => format!(
            "{} · {}",
            format::money(amount, currency.as_deref()),
            frame.w.code("tax", basis.unwrap_or("unknown"))
        ),
        None => String::new(),
    }
}

/// The rows as JSON or CSV, `PART` of them at most; none when a page is asked for.
async fn data<T: ListRow>(
    frame: &Frame<'_>,
    documents: &Documents,
    chosen: &Chosen,
    header: &[&str],
    to_csv: impl Fn(&mut Csv, &T),
) -> Result<Option<Answer>, Error> {
    if frame.format == Format::Html {
        return Ok(None);
    }
    let part: u64 = frame
        .param("parte")
        .and_then(|text| text.parse().ok())
        .filter(|part| (1..=chosen.total.div_ceil(PART).max(1)).contains(part))
        .unwrap_or(1);
    let rows: Vec<T> = window(documents, &chosen.rows, (part - 1) * PART, PART).await?;
    Ok(Some(if frame.format == Format::Json {
        let document = serde_json::json!({
            "total": chosen.total,
            "part": part,
            "parts": chosen.total.div_ceil(PART).max(1),
            "rows": rows,
        });
        Answer::json(frame, &document)?
    } else {
        let mut csv = Csv::new(header);
        for row in &rows {
            to_csv(&mut csv, row);
        }
        Answer::csv(csv)
    }))
}

async fn html<T: ListRow>(
    frame: &Frame<'_>,
    documents: &Documents,
    list: List<'_>,
    line: impl Fn(&T) -> Line,
) -> Result<Answer, Error> {
    let w = frame.w;
    let List {
        figures,
        chosen,
        filters,
        count,
        note,
    } = list;
    let pages = Pages::of(frame, chosen.total as usize, SIZE);
    let from = ((pages.number - 1) * SIZE) as u64;
    let rows: Vec<T> = window(documents, &chosen.rows, from, SIZE as u64).await?;
    let parts = chosen.total.div_ceil(PART);
    let parts = if parts > 1 { parts } else { 0 };
    let csv = frame.as_csv();
    let joint = if csv.contains('?') { '&' } else { '?' };
    let view = View {
        office: measures::name(frame, figures.level, &figures.name),
        office_href: measures::own_page(frame, figures),
        covers: measures::covers(frame, &figures.sources),
        compare_href: format!(
            "{}?vista={}&oficina={}",
            w.compare(),
            if matches!(frame.page, crate::address::Page::Works(_)) {
                "obras"
            } else {
                "contratos"
            },
            crate::address::encode(&figures.key).replace('/', "%2F")
        ),
        filters,
        count,
        lines: rows.iter().map(line).collect(),
        parts: (1..=parts)
            .map(|part| Part {
                words: w.with2(
                    "rows_part",
                    "from",
                    format::count((part - 1) * PART + 1),
                    "to",
                    format::count((part * PART).min(chosen.total)),
                ),
                href: format!("{csv}{joint}parte={part}"),
            })
            .collect(),
        total: chosen.total,
        pages,
        note,
        p: frame,
    };
    Ok(Answer::Html(view.render()?))
}

/// Some rows of some stretches, in order: the documents that hold them are found at once.
async fn window<T: ListRow>(
    documents: &Documents,
    segments: &[Segment],
    from: u64,
    count: u64,
) -> Result<Vec<T>, Error> {
    let mut wanted: Vec<(&str, u64)> = Vec::new();
    let mut skip = from;
    for segment in segments {
        let skipped = skip.min(segment.rows);
        skip -= skipped;
        let left = count - wanted.len() as u64;
        let rows = (segment.rows - skipped).min(left);
        let start = segment.start + skipped;
        wanted.extend((start..start + rows).map(|number| (segment.list.as_str(), number)));
        if wanted.len() as u64 == count {
            break;
        }
    }
    let ids: BTreeSet<String> = wanted
        .iter()
        .map(|(list, number)| chunk_id(list, number / CHUNK))
        .collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let mut chunks: BTreeMap<String, Vec<Option<T>>> = documents
        .find_all::<Rows<T>>(&ids)
        .await?
        .into_iter()
        .map(|(id, chunk)| (id, chunk.rows.into_iter().map(Some).collect()))
        .collect();
    Ok(wanted
        .iter()
        .filter_map(|(list, number)| {
            chunks
                .get_mut(&chunk_id(list, number / CHUNK))?
                .get_mut((number % CHUNK) as usize)?
                .take()
        })
        .collect())
}
