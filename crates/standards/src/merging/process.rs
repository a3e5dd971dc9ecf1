//! One process: what was published of it, in order, and what holds now.

use documents::upgrade::Upgrade;
use documents::{Row, Value, rows};
use packs::{Releases, Standard};
use std::collections::HashMap;

/// Something published of a process.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub file_id: i64,
    pub part_id: i32,
    /// The raw record it is; none for what stands beside the records of its file.
    pub record: Option<i64>,
    pub position: String,
    /// The date by which releases follow each other, where the record says it; else it is the release's own.
    pub moment: String,
    pub layout: String,
    /// Day of the file's edition.
    pub edition: Option<i32>,
    /// When its package says it was published, as found.
    pub published: String,
    /// The version of the standard that its package says.
    pub version: Option<String>,
    pub kind: Kind,
    pub value: Value,
    /// Whether it was of an older version of the standard, and is no longer as it was published.
    pub upgraded: bool,
}

/// Makes pieces of older versions pieces of the one that is declared.
pub(crate) fn upgrade(standard: &Standard, pieces: &mut [Piece]) {
    let upgrade = Upgrade::new(&standard.objects.upgrade);
    for piece in pieces {
        let is_whole = matches!(piece.kind, Kind::Release | Kind::Compiled);
        // A package knows its version; a release by itself shows it.
        let from = match &piece.version {
            Some(version) => Some(version.clone()).filter(|version| upgrade.knows(version)),
            None => upgrade.version_of_record(&piece.value).map(str::to_owned),
        };
        if let Some(from) = from.filter(|_| is_whole) {
            upgrade.record(&mut piece.value, &from);
            piece.upgraded = true;
        }
    }
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// What was known at one moment, or what changed then.
    Release,
    /// What somebody merged.
    Compiled,
    /// Only the address and date of a release.
    Linked,
    /// Every version of each field, made by the publisher.
    Versioned,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Release => "release",
            Kind::Compiled => "compiled",
            Kind::Linked => "linked",
            Kind::Versioned => "versioned",
        }
    }
}

impl Piece {
    pub fn text(&self, field: &str) -> String {
        let found = self.value.get(field).and_then(Value::scalar);
        found.map(|text| text.into_owned()).unwrap_or_default()
    }

    pub fn tags(&self, field: &str) -> Vec<String> {
        let list = self.value.get(field).and_then(Value::as_list);
        let texts = list.unwrap_or_default().iter().filter_map(Value::scalar);
        texts.map(|text| text.into_owned()).collect()
    }

    /// The date it bears, and the edition of its file for dates that are the same.
    fn moment(&self, names: &Releases) -> (String, Option<i32>) {
        let moment = match self.moment.as_str() {
            "" => self.text(&names.date),
            moment => moment.to_string(),
        };
        (moment, self.edition)
    }

    fn day(&self, names: &Releases) -> Option<i32> {
        lake::functions::parse_date(&self.text(&names.date)).value
    }
}

/// What a record of a raw table is, or what stands beside a record: the pieces in it.
pub(crate) fn pieces_of(names: &Releases, whole: Piece) -> Vec<Piece> {
    if whole.record.is_some() {
        let is_compiled = whole.position.ends_with(&format!("/{}", names.compiled))
            || whole.position == names.compiled
            || whole.tags(&names.tag).contains(&names.compiled_tag);
        let kind = if is_compiled {
            Kind::Compiled
        } else {
            Kind::Release
        };
        return vec![Piece { kind, ..whole }];
    }
    let mut found = Vec::new();
    let part = |field: &str, value: &Value, kind: Kind| Piece {
        position: format!("{}/{field}", whole.position),
        value: value.clone(),
        kind,
        ..whole.clone_without_value()
    };
    let releases = whole.value.get(&names.releases).and_then(Value::as_list);
    for (index, release) in releases.unwrap_or_default().iter().enumerate() {
        let is_link = release.get(&names.link).is_some() && release.get(&names.id).is_none();
        let kind = match is_link {
            true => Kind::Linked,
            false => Kind::Release,
        };
        if release.as_object().is_some() {
            found.push(part(&format!("{}/{index}", names.releases), release, kind));
        }
    }
    for (field, kind) in [
        (&names.compiled, Kind::Compiled),
        (&names.versioned, Kind::Versioned),
    ] {
        if let Some(value) = whole.value.get(field).filter(|v| v.as_object().is_some()) {
            found.push(part(field, value, kind));
        }
    }
    found
}

impl Piece {
    fn clone_without_value(&self) -> Piece {
        Piece {
            value: Value::Null,
            position: self.position.clone(),
            layout: self.layout.clone(),
            moment: String::new(),
            published: self.published.clone(),
            version: self.version.clone(),
            ..*self
        }
    }
}

/// When a release was published, beside its own date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    Usual,
    /// Long after the date it bears.
    Late,
    /// It bears a date before that of a release already published.
    Backdated,
}

impl Timing {
    pub fn name(self) -> &'static str {
        match self {
            Timing::Usual => "",
            Timing::Late => "late",
            Timing::Backdated => "backdated",
        }
    }
}

/// Days after its own date from which a release counts as published late.
const LATE_DAYS: i32 = 30;

/// A process with all that was published of it.
pub(crate) struct Process {
    /// Each different piece once: releases by date, then what was merged, links and versions.
    pub pieces: Vec<Piece>,
    pub timings: Vec<Timing>,
    /// Raw records, also those that say the same as another.
    pub records: Vec<(i64, i32, i64)>,
}

impl Process {
    /// Puts the pieces in order; of equal ones the first received counts.
    pub fn new(names: &Releases, found: Vec<Piece>) -> Process {
        let raw = |piece: &Piece| Some((piece.file_id, piece.part_id, piece.record?));
        let records = found.iter().filter_map(raw).collect();
        let mut pieces: Vec<Piece> = Vec::new();
        let mut known: HashMap<(Kind2, String, String), Vec<usize>> = HashMap::new();
        for piece in found {
            let key = (
                Kind2(piece.kind as u8),
                piece.text(&names.date),
                piece.text(&names.id),
            );
            let same = known.entry(key).or_default();
            if !same.iter().any(|at| pieces[*at].value == piece.value) {
                same.push(pieces.len());
                pieces.push(piece);
            }
        }
        // Of the same moment the one of the later edition counts; then they stay as they were received.
        pieces.sort_by_cached_key(|piece| (piece.kind, piece.moment(names)));
        let timings = timings(names, &pieces);
        Process {
            pieces,
            timings,
            records,
        }
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = (usize, &Piece)> {
        let pieces = self.pieces.iter().enumerate();
        pieces.filter(move |(_, piece)| piece.kind == kind)
    }

    /// The releases by date, with their places in `pieces`.
    pub fn releases(&self) -> Vec<(usize, &Piece)> {
        self.of(Kind::Release).collect()
    }

    /// What holds now: what the publisher merged last, and the releases dated after it; all releases if nobody
    /// merged them. Places in `pieces`, in the order in which they apply.
    pub fn layers(&self, names: &Releases) -> Vec<usize> {
        let base = self
            .of(Kind::Compiled)
            .max_by_key(|(at, piece)| (piece.moment(names), *at));
        let Some((base, compiled)) = base else {
            return self.of(Kind::Release).map(|(at, _)| at).collect();
        };
        let since = compiled.moment(names);
        let later = self
            .of(Kind::Release)
            .filter(|(_, piece)| piece.moment(names) > since);
        let later: Vec<usize> = later.map(|(at, _)| at).collect();
        std::iter::once(base).chain(later).collect()
    }
}

/// A kind that can be hashed.
#[derive(PartialEq, Eq, Hash)]
struct Kind2(u8);

fn timings(names: &Releases, pieces: &[Piece]) -> Vec<Timing> {
    let published = |piece: &Piece| {
        let day = lake::functions::parse_date(&piece.published).value;
        day.or(piece.edition)
    };
    let days: Vec<(Option<i32>, Option<i32>)> = pieces
        .iter()
        .map(|piece| match piece.kind {
            Kind::Release => (piece.day(names), published(piece)),
            _ => (None, None),
        })
        .collect();
    let timing = |(day, published): &(Option<i32>, Option<i32>)| {
        let (Some(day), Some(published)) = (*day, *published) else {
            return Timing::Usual;
        };
        let earlier = days.iter().filter_map(|(d, p)| Some((((*d)?), (*p)?)));
        match () {
            () if earlier.clone().any(|(d, p)| p < published && d > day) => Timing::Backdated,
            () if published - day > LATE_DAYS => Timing::Late,
            () => Timing::Usual,
        }
    };
    days.iter().map(timing).collect()
}

/// A row of what holds now, and the piece it was last told by.
pub(crate) struct Current {
    pub row: Row,
    pub piece: usize,
    /// Where it stands in that piece.
    pub element: String,
}

/// The rows of what holds now.
pub(crate) fn current_rows(
    process: &Process,
    layers: &[usize],
    merged: &Value,
    lists: &[String],
) -> Vec<Current> {
    // The last piece that names a thing is where a person finds it.
    let mut last: HashMap<String, (usize, String)> = HashMap::new();
    for at in layers {
        for row in rows(&process.pieces[*at].value, lists) {
            last.insert(row.named, (*at, row.element));
        }
    }
    let newest = layers.last().copied().unwrap_or_default();
    rows(merged, lists)
        .into_iter()
        .map(|row| {
            let (piece, element) = last
                .get(&row.named)
                .cloned()
                .unwrap_or((newest, String::new()));
            Current {
                row,
                piece,
                element,
            }
        })
        .collect()
}
