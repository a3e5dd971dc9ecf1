//! What was known of a process on a day.

use askama::Template;
use serde_json::json;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::history::{By, History, HistoryPage, Known, Track, Value, known, section};
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};

use super::field::{Cell, Fields, Label};
use super::{Head, dated, tags};

/// Values on one page.
const SIZE: usize = 100;

#[derive(Template)]
#[template(path = "history_known.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    head: Head,
    title: String,
    /// The other way of asking: words and address.
    other: (&'static str, String),
    history_href: String,
    known: Known,
    later: u64,
    perhaps: u64,
    sections: Vec<Section>,
    pages: Pages,
    notes: Vec<String>,
}

struct Section {
    code: &'static str,
    title: String,
    rows: Vec<RowView>,
}

struct RowView {
    label: Label,
    value: Option<Cell>,
    perhaps: Option<Cell>,
    since: String,
    tags: String,
    timing: String,
    /// When it was published, when that was after the day.
    later: String,
}

pub(super) fn draw(
    frame: &Frame<'_>,
    history: &History,
    track: &Track,
    pages: &[HistoryPage],
    head: Head,
    fields: &Fields<'_>,
    (day, by): (&str, By),
) -> Result<Answer, Error> {
    let w = frame.w;
    let known = known(track, pages, day, by);
    match frame.format {
        Format::Json => json(frame, history, track, &known, fields, (day, by)),
        Format::Csv => Ok(csv(history, track, &known, fields, day)),
        Format::Html => {
            let pages = Pages::of(frame, known.values.len(), SIZE);
            let (title, other, undated) = match by {
                By::Release => ("known_by_release", "publicacion", "known_undated"),
                By::Publication => ("known_by_publication", "fecha", "known_unpublished"),
            };
            let mut notes = super::notes(frame, track);
            if known.undated > 0 {
                notes.push(w.many(undated, &known.undated));
            }
            let count = |of: fn(&Value) -> bool| {
                known.values.iter().filter(|value| of(value)).count() as u64
            };
            let view = View {
                title: w.with(title, "date", w.date(day)),
                other: (
                    match by {
                        By::Release => "known_other_publication",
                        By::Publication => "known_other_release",
                    },
                    frame.here_with("por", other),
                ),
                history_href: frame.here_with("al", ""),
                later: count(|value| value.is_later),
                perhaps: count(|value| value.perhaps.is_some()),
                sections: sections(frame, track, fields, pages.slice(&known.values, SIZE)),
                known,
                pages,
                notes,
                head,
                p: frame,
            };
            Ok(Answer::Html(view.render()?))
        }
    }
}

fn sections(
    frame: &Frame<'_>,
    track: &Track,
    fields: &Fields<'_>,
    values: &[Value],
) -> Vec<Section> {
    let w = frame.w;
    let mut sections: Vec<Section> = Vec::new();
    for value in values {
        let (_, code) = section(&value.path);
        if sections.last().is_none_or(|section| section.code != code) {
            sections.push(Section {
                code,
                title: w.code("section", code).to_owned(),
                rows: Vec::new(),
            });
        }
        let release = &track.releases[value.release];
        let cell =
            |text: &Option<String>| text.as_ref().map(|text| fields.value(&value.path, text));
        let later = release.published_day.as_ref().filter(|_| value.is_later);
        if let Some(section) = sections.last_mut() {
            section.rows.push(RowView {
                label: fields.label(&value.path),
                value: cell(&value.value),
                perhaps: cell(&value.perhaps),
                since: dated(frame, release),
                tags: tags(frame, &release.tags),
                timing: release.timing.clone(),
                later: later
                    .map(|day| w.with("known_later", "date", w.date(day)))
                    .unwrap_or_default(),
            });
        }
    }
    sections
}

fn json(
    frame: &Frame<'_>,
    history: &History,
    track: &Track,
    known: &Known,
    fields: &Fields<'_>,
    (day, by): (&str, By),
) -> Result<Answer, Error> {
    let values: Vec<_> = known
        .values
        .iter()
        .map(|value| {
            let release = &track.releases[value.release];
            json!({
                "section": section(&value.path).1,
                "path": value.path,
                "field": fields.label(&value.path).words,
                "value": value.value,
                "perhaps": value.perhaps,
                "release_id": release.id,
                "release_date": release.date,
                "published": release.published,
                "timing": release.timing,
                "published_later": value.is_later,
            })
        })
        .collect();
    Answer::json(
        frame,
        &json!({
            "standard": history.standard,
            "subject": history.subject,
            "title": history.title,
            "source": track.source,
            "day": day,
            "by": if by == By::Publication { "publication" } else { "release" },
            "releases": known.releases,
            "of_releases": track.of_releases,
            "undated": known.undated,
            "withheld": track.withheld,
            "values": values,
        }),
    )
}

fn csv(history: &History, track: &Track, known: &Known, fields: &Fields<'_>, day: &str) -> Answer {
    let mut csv = Csv::new(&[
        "subject",
        "source",
        "day",
        "section",
        "path",
        "field",
        "value",
        "perhaps",
        "release_id",
        "release_date",
        "published",
        "timing",
        "published_later",
    ]);
    for value in &known.values {
        let release = &track.releases[value.release];
        csv.row(&[
            history.subject.as_str(),
            &track.source,
            day,
            section(&value.path).1,
            &value.path,
            &fields.label(&value.path).words,
            value.value.as_deref().unwrap_or_default(),
            value.perhaps.as_deref().unwrap_or_default(),
            &release.id,
            &release.date,
            &release.published,
            &release.timing,
            if value.is_later { "true" } else { "false" },
        ]);
    }
    Answer::csv(csv)
}
