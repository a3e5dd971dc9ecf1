//! The history of a process or project: what each release changed, and what was known on a day.

mod field;
mod known;

use askama::Template;
use serde_json::json;

use crate::Error;
use crate::address::Format;
use crate::csv::Csv;
use crate::document::Origin;
use crate::figures::chunk_id;
use crate::history::{By, History, HistoryBrief, HistoryPage, Piece, Release, Track};
use crate::serve::answer::Answer;
use crate::serve::frame::{Frame, Pages};
use crate::store::Documents;

use field::{Cell, Fields, Label};

/// Pages of changes in one download: a few thousand rows.
const PART: u64 = 50;
/// Pages of the longest history that is kept, with room to spare.
const EVERY: u32 = 100_000;

#[derive(Template)]
#[template(path = "history.html")]
struct View<'a> {
    p: &'a Frame<'a>,
    head: Head,
    releases: Vec<ReleaseView>,
    pages: Pages,
    /// The downloads, when there is more than one.
    parts: Vec<(String, String)>,
    notes: Vec<String>,
}

/// What both pages of a history begin with.
struct Head {
    title: String,
    subject: String,
    subject_href: String,
    kicker: &'static str,
    /// `N entregas entre … y …`.
    summary: String,
    late: u64,
    backdated: u64,
    /// Offices that publish it, when there are several: words, address, whether it is this one.
    offices: Vec<(String, String, bool)>,
    form: Form,
}

/// The question for a day.
struct Form {
    action: String,
    source: String,
    day: String,
    by_publication: bool,
    /// Something was asked that is no day.
    is_wrong: bool,
}

/// A release, or the piece of it that stands on this page.
struct ReleaseView {
    id: String,
    anchor: String,
    title: String,
    kind: String,
    tags: String,
    published: String,
    timing: String,
    count: u64,
    /// Changes of it on earlier pages.
    from: u64,
    /// The first release: everything in it is new.
    is_first: bool,
    rows: Vec<RowView>,
    origin: Origin,
}

struct RowView {
    label: Label,
    before: Cell,
    after: Cell,
    origin: Option<Origin>,
}

pub(crate) async fn draw(
    frame: &mut Frame<'_>,
    documents: &Documents,
    history: History,
) -> Result<Answer, Error> {
    let w = frame.w;
    let track = match frame.param("fuente") {
        None => history.tracks.first(),
        Some(source) => history.tracks.iter().find(|track| track.source == source),
    }
    .ok_or(Error::NotFound)?;
    let href = if history.standard == "oc4ids" {
        w.work(&history.subject)
    } else {
        w.contract(&history.subject)
    };
    let kicker = if history.standard == "oc4ids" {
        "work_kicker"
    } else {
        "contract_kicker"
    };
    let title = format!("{}: {}", w.t("history_title"), history.title);
    let office = frame.source(&track.source);
    frame.name(
        &title,
        w.t("history_description"),
        &[
            (&office, w.source(&track.source)),
            (w.t(kicker), href.clone()),
        ],
    );
    let asked = frame.param("al");
    let day = asked.filter(|asked| is_day(asked));
    let by = match frame.param("por") {
        Some("publicacion") => By::Publication,
        _ => By::Release,
    };
    let head = Head {
        title: history.title.clone(),
        subject: history.subject.clone(),
        subject_href: href,
        kicker,
        summary: summary(frame, track),
        late: track.brief.late,
        backdated: track.brief.backdated,
        offices: offices(frame, &history, track),
        form: Form {
            action: w.history(&history.standard, &history.subject),
            source: frame.param("fuente").unwrap_or_default().to_owned(),
            day: day.map_or_else(
                || track.brief.last.clone().unwrap_or_default(),
                str::to_owned,
            ),
            by_publication: by == By::Publication,
            is_wrong: asked.is_some() && day.is_none(),
        },
    };
    let key = history.pages_of(&track.source);
    let fields = Fields::of(frame, &history.standard);
    match day {
        Some(day) => {
            let pages = documents
                .begin_with::<HistoryPage>(&format!("{key}/"), EVERY)
                .await?;
            known::draw(frame, &history, track, &pages, head, &fields, (day, by))
        }
        None => releases(frame, documents, &history, track, &key, head, &fields).await,
    }
}

async fn releases(
    frame: &Frame<'_>,
    documents: &Documents,
    history: &History,
    track: &Track,
    key: &str,
    head: Head,
    fields: &Fields<'_>,
) -> Result<Answer, Error> {
    let pages = Pages::of(frame, track.pages as usize, 1);
    if frame.format == Format::Csv {
        return csv(frame, documents, history, track, key, fields).await;
    }
    let page: HistoryPage = documents
        .find(&chunk_id(key, pages.number as u64 - 1))
        .await?
        .unwrap_or_default();
    let pieces = page.releases.iter().filter_map(|piece| {
        let release = track.releases.get(piece.release as usize)?;
        Some((release, piece))
    });
    if frame.format == Format::Json {
        let releases: Vec<_> = pieces
            .map(|(release, piece)| {
                json!({"release": release, "from": piece.from, "changes": piece.changes})
            })
            .collect();
        return Answer::json(
            frame,
            &json!({
                "standard": history.standard,
                "subject": history.subject,
                "title": history.title,
                "source": track.source,
                "brief": track.brief,
                "changes": track.changes,
                "of_changes": track.of_changes,
                "withheld": track.withheld,
                "page": pages.number,
                "pages": pages.of,
                "releases": releases,
            }),
        );
    }
    let releases = pieces
        .map(|(release, piece)| release_view(frame, fields, release, piece))
        .collect();
    let view = View {
        releases,
        parts: parts(frame, track),
        notes: notes(frame, track),
        pages,
        head,
        p: frame,
    };
    Ok(Answer::Html(view.render()?))
}

fn release_view(
    frame: &Frame<'_>,
    fields: &Fields<'_>,
    release: &Release,
    piece: &Piece,
) -> ReleaseView {
    let w = frame.w;
    let rows = piece.changes.iter().map(|change| {
        let (before, after) = fields.pair(&change.path, &change.before, &change.after);
        RowView {
            label: fields.label(&change.path),
            before: before.or(w.t("change_was_absent"), change.action == "added"),
            after: after.or(w.t("change_removed"), change.action == "removed"),
            origin: change.origin.clone(),
        }
    });
    ReleaseView {
        id: release.id.clone(),
        anchor: format!("e{}-{}", release.sequence, piece.from),
        title: dated(frame, release),
        kind: match release.kind.as_str() {
            "release" | "" => String::new(),
            kind => w.code("release", kind).to_owned(),
        },
        tags: tags(frame, &release.tags),
        published: published(frame, release),
        timing: release.timing.clone(),
        count: release.changes,
        from: piece.from,
        is_first: piece.release == 0,
        rows: rows.collect(),
        origin: release.origin.clone(),
    }
}

/// The day of a release, its date as published, or that it has none.
fn dated(frame: &Frame<'_>, release: &Release) -> String {
    match &release.day {
        Some(day) => frame.w.date(day),
        None if release.date.is_empty() => frame.w.t("date_not_published").to_owned(),
        None => release.date.clone(),
    }
}

fn published(frame: &Frame<'_>, release: &Release) -> String {
    let w = frame.w;
    match &release.published_day {
        Some(day) => w.with("release_published", "date", w.date(day)),
        None if release.published.is_empty() => w.t("release_published_unknown").to_owned(),
        None => w.with("release_published", "date", &release.published),
    }
}

/// The tags of a release in words.
fn tags(frame: &Frame<'_>, tags: &[String]) -> String {
    if tags.is_empty() {
        return frame.w.t("release_untagged").to_owned();
    }
    tags.iter()
        .map(|tag| frame.w.code("tag", tag))
        .collect::<Vec<_>>()
        .join(", ")
}

/// `3 entregas entre 1 ene 2016 y 5 mar 2017`.
fn summary(frame: &Frame<'_>, track: &Track) -> String {
    let changes = frame.w.many("history_changes", &track.of_changes);
    format!("{}; {changes}", between(frame, &track.brief))
}

/// The history of a process in one line, as its own page says it.
pub(super) fn line(frame: &Frame<'_>, brief: &HistoryBrief) -> String {
    let last = tags(frame, &brief.last_tags);
    format!(
        "{}; {}",
        between(frame, brief),
        frame.w.with("history_last", "tags", last)
    )
}

/// How many releases there are, and when.
fn between(frame: &Frame<'_>, brief: &HistoryBrief) -> String {
    let w = frame.w;
    match (&brief.first, &brief.last) {
        (Some(first), Some(last)) => w
            .many("history_between", &brief.releases)
            .replace("{first}", &w.date(first))
            .replace("{last}", &w.date(last)),
        _ => w.many("history_undated", &brief.releases),
    }
}

fn offices(frame: &Frame<'_>, history: &History, track: &Track) -> Vec<(String, String, bool)> {
    if history.tracks.len() < 2 {
        return Vec::new();
    }
    let office = |one: &Track| {
        (
            frame.source(&one.source),
            frame.here_with("fuente", &one.source),
            one.source == track.source,
        )
    };
    history.tracks.iter().map(office).collect()
}

/// What a reader must know of what is not here.
fn notes(frame: &Frame<'_>, track: &Track) -> Vec<String> {
    let w = frame.w;
    let mut notes = Vec::new();
    if track.withheld > 0 {
        notes.push(w.many("history_withheld", &track.withheld));
    }
    if track.changes + track.withheld < track.of_changes {
        notes.push(w.with2(
            "history_cut",
            "n",
            w.n(&track.changes),
            "of",
            w.n(&track.of_changes),
        ));
    }
    notes
}

/// Words and addresses of the downloads, when there is more than one.
fn parts(frame: &Frame<'_>, track: &Track) -> Vec<(String, String)> {
    let parts = track.pages.div_ceil(PART);
    if parts < 2 {
        return Vec::new();
    }
    let csv = frame.as_csv();
    let joint = if csv.contains('?') { '&' } else { '?' };
    (1..=parts)
        .map(|part| {
            let words = frame.w.with2(
                "history_part",
                "from",
                frame.w.n(&((part - 1) * PART + 1)),
                "to",
                frame.w.n(&(part * PART).min(track.pages)),
            );
            (words, format!("{csv}{joint}parte={part}"))
        })
        .collect()
}

/// The changes as CSV, fifty pages of them at most; a release that changed nothing has a row too.
async fn csv(
    frame: &Frame<'_>,
    documents: &Documents,
    history: &History,
    track: &Track,
    key: &str,
    fields: &Fields<'_>,
) -> Result<Answer, Error> {
    let part: u64 = frame
        .param("parte")
        .and_then(|text| text.parse().ok())
        .filter(|part| (1..=track.pages.div_ceil(PART)).contains(part))
        .unwrap_or(1);
    let wanted: Vec<String> = ((part - 1) * PART..(part * PART).min(track.pages))
        .map(|page| chunk_id(key, page))
        .collect();
    let mut csv = Csv::new(&[
        "subject",
        "source",
        "sequence",
        "release_id",
        "release_date",
        "kind",
        "tags",
        "published",
        "timing",
        "path",
        "field",
        "action",
        "before",
        "after",
        "file",
        "part",
        "record",
        "position",
    ]);
    for (_, page) in documents.find_all::<HistoryPage>(&wanted).await? {
        for piece in &page.releases {
            let Some(release) = track.releases.get(piece.release as usize) else {
                continue;
            };
            let mut row = |cells: [&str; 5], origin: &Origin| {
                let [path, field, action, before, after] = cells;
                csv.row(&[
                    history.subject.as_str(),
                    &track.source,
                    &release.sequence.to_string(),
                    &release.id,
                    &release.date,
                    &release.kind,
                    &release.tags.join(";"),
                    &release.published,
                    &release.timing,
                    path,
                    field,
                    action,
                    before,
                    after,
                    &origin.path,
                    &origin.part,
                    &field::record(origin),
                    &origin.position,
                ]);
            };
            for change in &piece.changes {
                let cells = [
                    change.path.as_str(),
                    &fields.label(&change.path).words,
                    &change.action,
                    change.before.as_deref().unwrap_or_default(),
                    change.after.as_deref().unwrap_or_default(),
                ];
                row(cells, change.origin.as_ref().unwrap_or(&release.origin));
            }
            if piece.changes.is_empty() {
                row([""; 5], &release.origin);
            }
        }
    }
    Ok(Answer::csv(csv))
}

/// True for a day of the calendar as `2016-05-01`.
fn is_day(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    if (year.len(), month.len(), day.len()) != (4, 2, 2)
        || ![year, month, day].iter().all(|part| digits(part))
    {
        return false;
    }
    let number = |text: &str| text.parse::<u32>().unwrap_or(0);
    let (year, day) = (number(year), number(day));
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match number(month) {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_days_of_the_calendar_are_days() {
        for day in ["2016-05-01", "2016-02-29", "2000-02-29", "2016-12-31"] {
            assert!(super::is_day(day), "{day}");
        }
        for other in [
            "2016-02-30",
            "1900-02-29",
            "2016-13-01",
            "2016-5-1",
            "2016-05",
            "2016-05-01T00:00",
            "ayer",
            "２０16-05-01",
        ] {
            assert!(!super::is_day(other), "{other}");
        }
    }
}
