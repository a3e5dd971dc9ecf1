//! The history of a process or a project: its releases in order, and what each one changed.
//!
//! A head names the releases; pages hold their changes, the newest first, so that no document grows with a long history.

mod known;
mod path;

use serde::{Deserialize, Serialize};

use crate::document::{Document, Origin};

pub(crate) use known::{By, Known, Value, known};
pub(crate) use path::{Declared, Paths, section};

/// Changes of one page.
pub(crate) const PAGE: usize = 100;
/// Releases of one page.
pub(crate) const PAGE_RELEASES: usize = 20;

/// The releases of a process or project. Id: `ocds/` and the ocid, `oc4ids/` and the project.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct History {
    /// `ocds`, `oc4ids`.
    pub standard: String,
    /// The ocid, or the project.
    pub subject: String,
    /// What it is called.
    pub title: String,
    /// One for each office that publishes it; the first is that of the page of the process.
    pub tracks: Vec<Track>,
}

/// What one office released.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Track {
    /// The office.
    pub source: String,
    /// In short.
    pub brief: HistoryBrief,
    /// Its releases, the oldest first.
    pub releases: Vec<Release>,
    /// Releases there are, also those that are not kept here.
    pub of_releases: u64,
    /// Changes kept.
    pub changes: u64,
    /// Changes there are.
    pub of_changes: u64,
    /// Changes of personal data, which are left out.
    pub withheld: u64,
    /// Pages of changes.
    pub pages: u64,
}

/// A history in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryBrief {
    /// Releases.
    pub releases: u64,
    /// First day, ISO.
    pub first: Option<String>,
    /// Last day, ISO.
    pub last: Option<String>,
    /// Tags of the last one.
    pub last_tags: Vec<String>,
    /// Releases published long after their own date.
    pub late: u64,
    /// Releases dated before one that was published earlier.
    pub backdated: u64,
}

/// A release.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Release {
    /// Its place in the order.
    pub sequence: i64,
    /// Its id, as published.
    pub id: String,
    /// Its date, as published.
    pub date: String,
    /// Its day, ISO; none when the date is missing or unreadable.
    pub day: Option<String>,
    /// `release`, `linked`, `compiled`, `versioned`.
    pub kind: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// When its package says it was published, as found.
    pub published: String,
    /// The same as a day, ISO.
    pub published_day: Option<String>,
    /// Blank, `late` or `backdated`.
    pub timing: String,
    /// Changes it made, personal ones left out.
    pub changes: u64,
    /// Where it was read.
    pub origin: Origin,
}

/// A page of changes, the newest release first. Id: that of the history, the office, and the page from 0.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct HistoryPage {
    /// The releases, or the pieces of them, on this page.
    pub releases: Vec<Piece>,
}

/// The changes of a release, or some of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Piece {
    /// The release's place among the kept releases.
    pub release: u64,
    /// Changes of the release on earlier pages.
    pub from: u64,
    /// The changes.
    pub changes: Vec<Change>,
}

/// One value that a release added, changed or removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Where in the record: `awards[1]/value/amount`.
    pub path: String,
    /// `added`, `changed`, `removed`.
    pub action: String,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
    /// Where it was read, when it is not where its release was.
    #[serde(default)]
    pub origin: Option<Origin>,
}

impl Document for History {
    const KIND: &'static str = "history";
}

impl Document for HistoryPage {
    const KIND: &'static str = "history_page";
}

impl History {
    /// The id of the history of a process or project.
    pub(crate) fn id(standard: &str, subject: &str) -> String {
        format!("{standard}/{subject}")
    }

    /// Names it, and puts the office first whose page it belongs to.
    pub(crate) fn begin(&mut self, title: &str, source: &str) {
        self.title = title.to_owned();
        self.tracks.sort_by_key(|track| track.source != source);
    }

    /// In short, as the page of the process says it.
    pub(crate) fn brief(&self) -> Option<HistoryBrief> {
        self.tracks.first().map(|track| track.brief.clone())
    }

    /// What the pages of a track begin with. A subject may hold any sign but a line feed.
    pub(crate) fn pages_of(&self, source: &str) -> String {
        format!("{}/{}\n{source}", self.standard, self.subject)
    }
}
