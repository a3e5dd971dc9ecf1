//! Releases and changes into histories, for the processes or projects of one slice.

use std::collections::{BTreeMap, HashSet};

use crate::Error;
use crate::document::Origin;
use crate::figures::chunk_id;
use crate::format::mask_rfcs;
use crate::history::{
    Change, History, HistoryBrief, HistoryPage, PAGE, PAGE_RELEASES, Paths, Piece, Release, Track,
    section,
};
use crate::read::{Row, count, integer, literal, string, text};
use crate::store::Writer;
use crate::text::StandardText;

use super::Tables;
use super::origins::Files;

/// Changes read at once: a row of them takes about a kilobyte.
const BATCH: u64 = 50_000;
/// Changes kept of one process, the oldest ones, so that what was known on a day is right as far as they reach.
const CHANGES: u64 = 50_000;
/// Releases kept of one process.
const RELEASES: usize = 2_000;
/// Letters kept of a value; the rest is in the original.
const LETTERS: usize = 2_000;

/// Histories by process or project. Their pages are written; they themselves wait for a title.
pub(super) type Histories = BTreeMap<String, History>;

/// Changes by subject, office and place in the order.
type Counts = BTreeMap<(String, String), BTreeMap<i64, u64>>;

/// A track as its rows come in.
#[derive(Default)]
struct Reading {
    track: Track,
    places: BTreeMap<i64, usize>,
    pieces: Vec<Vec<Change>>,
    masked: Masked,
}

/// Tracks by subject and office.
type Readings = BTreeMap<(String, String), Reading>;

/// Reads the histories of a sorted slice of subjects and writes their pages.
pub(super) async fn read(
    tables: &Tables<'_>,
    files: &Files,
    standard: &StandardText,
    subjects: &[String],
    writer: &mut Writer,
) -> Result<Histories, Error> {
    let (Some(first), Some(last)) = (subjects.first(), subjects.last()) else {
        return Ok(Histories::new());
    };
    let within = |first: &str, last: &str| {
        format!(
            "standard = {} AND subject >= {} AND subject <= {}",
            literal(&standard.code),
            literal(first),
            literal(last)
        )
    };
    let whole = within(first, last);
    let counts = counts(tables, &whole).await?;
    let mut readings = releases(tables, files, &whole, subjects, &counts).await?;
    let paths = Paths::of(tables.texts, &standard.code);

    // A stretch of subjects is read at once, as many as fit; one that does not fit alone, office by office.
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for ((subject, source), of) in &counts {
        if readings.contains_key(&(subject.clone(), source.clone())) {
            *sums.entry(subject).or_default() += of.values().sum::<u64>();
        }
    }
    let mut conditions = Vec::new();
    let mut stretch: Option<(&str, &str, u64)> = None;
    for (subject, sum) in sums {
        if sum > BATCH {
            let own = counts.keys().filter(|(one, _)| one == subject);
            conditions.extend(own.map(|(_, source)| {
                format!(
                    "{} AND \"source\" = {}",
                    within(subject, subject),
                    literal(source)
                )
            }));
            continue;
        }
        stretch = match stretch {
            Some((from, _, before)) if before + sum <= BATCH => Some((from, subject, before + sum)),
            full => {
                conditions.extend(full.map(|(from, upto, _)| within(from, upto)));
                Some((subject, subject, sum))
            }
        };
    }
    conditions.extend(stretch.map(|(from, upto, _)| within(from, upto)));
    for condition in conditions {
        changes(tables, files, &condition, &paths, &mut readings).await?;
    }

    let mut histories = Histories::new();
    for ((subject, source), mut reading) in readings {
        let history = histories.entry(subject.clone()).or_insert_with(|| History {
            standard: standard.code.clone(),
            subject,
            ..History::default()
        });
        let pages = pages(std::mem::take(&mut reading.pieces));
        reading.track.pages = pages.len() as u64;
        let key = history.pages_of(&source);
        for (number, page) in pages.iter().enumerate() {
            writer.put(&chunk_id(&key, number as u64), page).await?;
        }
        history.tracks.push(reading.track);
    }
    Ok(histories)
}

async fn counts(tables: &Tables<'_>, whole: &str) -> Result<Counts, Error> {
    let sql = format!(
        "SELECT subject, \"source\", sequence, COUNT(*) AS n FROM \"change\" WHERE {whole} GROUP BY subject, \"source\", sequence"
    );
    let mut counts = Counts::new();
    for row in tables.rows(&["change"], &sql).await? {
        counts
            .entry((string(&row, "subject"), string(&row, "source")))
            .or_default()
            .insert(integer(&row, "sequence"), count(&row, "n"));
    }
    Ok(counts)
}

/// The releases of the subjects that have two or more from one office.
async fn releases(
    tables: &Tables<'_>,
    files: &Files,
    whole: &str,
    subjects: &[String],
    counts: &Counts,
) -> Result<Readings, Error> {
    let sql = format!(
        "SELECT subject, \"source\", sequence, release_id, release_date, released, kind, tags, published, published_day, \
         timing, file_id, part_id, record, position FROM \"release\" WHERE {whole} AND subject IN \
         (SELECT subject FROM \"release\" WHERE {whole} GROUP BY subject HAVING COUNT(*) > 1) \
         ORDER BY subject, \"source\", sequence, file_id, part_id, record"
    );
    let wanted: HashSet<&str> = subjects.iter().map(String::as_str).collect();
    let mut readings = Readings::new();
    for row in tables.rows(&["release"], &sql).await? {
        let key = (string(&row, "subject"), string(&row, "source"));
        let sequence = integer(&row, "sequence");
        let made = counts.get(&key).and_then(|of| of.get(&sequence)).copied();
        // What a record holds beside its releases says nothing new, unless changes were found in it.
        let is_release = matches!(string(&row, "kind").as_str(), "release" | "linked");
        if !wanted.contains(key.0.as_str()) || !is_release && made.is_none() {
            continue;
        }
        let reading = readings.entry(key).or_default();
        if reading.track.source.is_empty() {
            reading.track.source = string(&row, "source");
        }
        reading.release(release(files, &row, sequence), made.unwrap_or(0));
    }
    readings.retain(|_, reading| reading.track.of_releases > 1);
    Ok(readings)
}

fn release(files: &Files, row: &Row, sequence: i64) -> Release {
    Release {
        sequence,
        id: mask_rfcs(&string(row, "release_id")),
        date: string(row, "release_date"),
        day: text(row, "released"),
        kind: string(row, "kind"),
        tags: string(row, "tags")
            .split(';')
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .map(str::to_owned)
            .collect(),
        published: string(row, "published"),
        published_day: text(row, "published_day"),
        timing: string(row, "timing"),
        changes: 0,
        origin: origin(files, row),
    }
}

fn origin(files: &Files, row: &Row) -> Origin {
    Origin {
        position: string(row, "position"),
        ..files.origin(row)
    }
}

impl Reading {
    fn release(&mut self, release: Release, changes: u64) {
        // The same release in two files is one release.
        if self.places.contains_key(&release.sequence) {
            return;
        }
        self.track.of_releases += 1;
        self.track.of_changes += changes;
        let brief: &mut HistoryBrief = &mut self.track.brief;
        brief.releases += 1;
        brief.late += u64::from(release.timing == "late");
        brief.backdated += u64::from(release.timing == "backdated");
        if let Some(day) = &release.day {
            if brief.first.as_ref().is_none_or(|first| day < first) {
                brief.first = Some(day.clone());
            }
            if brief.last.as_ref().is_none_or(|last| day >= last) {
                brief.last = Some(day.clone());
                brief.last_tags = release.tags.clone();
            }
        }
        // Beyond what is kept a place is still taken, so that its changes are passed over.
        self.places
            .insert(release.sequence, self.track.releases.len());
        if self.track.releases.len() < RELEASES {
            self.track.releases.push(release);
            self.pieces.push(Vec::new());
        } else {
            self.places.insert(release.sequence, usize::MAX);
        }
    }

    fn change(&mut self, files: &Files, paths: &Paths<'_>, row: &Row) {
        let place = self.places.get(&integer(row, "sequence")).copied();
        let Some((release, piece)) = place.and_then(|place| {
            let release = self.track.releases.get_mut(place)?;
            Some((release, self.pieces.get_mut(place)?))
        }) else {
            return;
        };
        let path = string(row, "path");
        let holds =
            |column| text(row, column).is_some_and(|value| paths.holds_personal(&path, &value));
        if paths.is_personal(&path) || holds("before") || holds("after") {
            self.track.withheld += 1;
            return;
        }
        if self.track.changes >= CHANGES {
            return;
        }
        self.track.changes += 1;
        release.changes += 1;
        let origin = origin(files, row);
        piece.push(Change {
            path: self.masked.path(&path),
            action: string(row, "action"),
            before: value(row, "before"),
            after: value(row, "after"),
            origin: (origin != release.origin).then_some(origin),
        });
    }
}

async fn changes(
    tables: &Tables<'_>,
    files: &Files,
    condition: &str,
    paths: &Paths<'_>,
    readings: &mut Readings,
) -> Result<(), Error> {
    let sql = format!(
        "SELECT subject, \"source\", sequence, path, \"action\", \"before\", \"after\", file_id, part_id, record, position \
         FROM \"change\" WHERE {condition} ORDER BY subject, \"source\", sequence, path LIMIT {BATCH}"
    );
    for row in tables.rows(&["change"], &sql).await? {
        let key = (string(&row, "subject"), string(&row, "source"));
        if let Some(reading) = readings.get_mut(&key) {
            reading.change(files, paths, &row);
        }
    }
    Ok(())
}

/// A value as a page may show it: keys of private persons masked, and no longer than a page can bear.
fn value(row: &Row, column: &str) -> Option<String> {
    let masked = mask_rfcs(&text(row, column)?);
    Some(match masked.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", &masked[..end]),
        None => masked,
    })
}

/// The pages of a track, the newest release first. A release that fits on a page is not cut.
fn pages(pieces: Vec<Vec<Change>>) -> Vec<HistoryPage> {
    let mut pages = Vec::new();
    let mut page = HistoryPage::default();
    let mut filled = 0;
    for (place, mut changes) in pieces.into_iter().enumerate().rev() {
        changes.sort_by(|a, b| (section(&a.path).0, &a.path).cmp(&(section(&b.path).0, &b.path)));
        let is_full = page.releases.len() >= PAGE_RELEASES || filled + changes.len() > PAGE;
        if is_full && !page.releases.is_empty() {
            pages.push(std::mem::take(&mut page));
            filled = 0;
        }
        let mut from = 0;
        loop {
            let rest = changes.split_off(changes.len().min(PAGE - filled));
            filled += changes.len();
            let count = changes.len() as u64;
            page.releases.push(Piece {
                release: place as u64,
                from,
                changes,
            });
            if rest.is_empty() {
                break;
            }
            from += count;
            changes = rest;
            pages.push(std::mem::take(&mut page));
            filled = 0;
        }
    }
    if !page.releases.is_empty() {
        pages.push(page);
    }
    pages
}

/// Paths whose ids are keys of private persons, masked, so that two persons stay two.
#[derive(Default)]
struct Masked(BTreeMap<String, Vec<String>>);

impl Masked {
    fn path(&mut self, path: &str) -> String {
        let mut masked = mask_rfcs(path);
        let Some(at) = masked.find('•').filter(|_| masked != path) else {
            return masked;
        };
        let end = path[at..]
            .find([']', '/'])
            .map_or(path.len(), |end| at + end);
        let persons = self.0.entry(masked[..at].to_owned()).or_default();
        let number = persons.iter().position(|person| *person == path[..end]);
        let number = number.unwrap_or_else(|| {
            persons.push(path[..end].to_owned());
            persons.len() - 1
        });
        if number > 0 {
            let dots = masked[at..].chars().take_while(|sign| *sign == '•');
            let after = at + dots.map(char::len_utf8).sum::<usize>();
            masked.insert_str(after, &format!("({})", number + 1));
        }
        masked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(count: usize) -> Vec<Change> {
        (0..count)
            .map(|n| Change {
                path: format!("tender/items[{n:04}]/id"),
                ..Change::default()
            })
            .collect()
    }

    #[test]
    fn pages_hold_whole_releases_where_they_fit_and_no_change_is_lost() {
        let pages = pages(vec![changes(250), changes(60), changes(0), changes(50)]);
        let say = |page: &HistoryPage| {
            let pieces = page
                .releases
                .iter()
                .map(|piece| format!("{}:{}+{}", piece.release, piece.from, piece.changes.len()));
            pieces.collect::<Vec<_>>().join(" ")
        };
        let said: Vec<String> = pages.iter().map(say).collect();
        assert_eq!(
            said,
            ["3:0+50 2:0+0", "1:0+60", "0:0+100", "0:100+100", "0:200+50"]
        );
    }

    #[test]
    fn two_masked_persons_stay_two() {
        let mut masked = Masked::default();
        let first = masked.path("parties[ROSM850101AB1]/name");
        assert_eq!(first, "parties[ROSM•••••••••]/name");
        let second = masked.path("parties[ROSM850101AB2]/name");
        assert_eq!(second, "parties[ROSM•••••••••(2)]/name");
        assert_eq!(
            masked.path("parties[ROSM850101AB1]/id"),
            "parties[ROSM•••••••••]/id"
        );
        assert_eq!(
            masked.path("parties[ABC850101AB1]/id"),
            "parties[ABC850101AB1]/id"
        );
    }
}
