//! What was known on a day: the latest value of each path among the releases of which a reader could know.

use std::collections::BTreeMap;

use super::{Change, HistoryPage, Track};

/// What a day is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The date of each release.
    Release,
    /// The day on which it was published.
    Publication,
}

/// The values known on a day.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Releases of which a reader could know.
    pub(crate) releases: u64,
    /// Releases without a day, of which nothing can be said.
    pub(crate) undated: u64,
    /// The values, by section and path.
    pub(crate) values: Vec<Value>,
}

/// A value, and the release that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// Where in the record.
    pub(crate) path: String,
    /// The value; none when it is not certain that there was one.
    pub(crate) value: Option<String>,
    /// Place of the release among the kept ones.
    pub(crate) release: usize,
    /// The release was published after the day.
    pub(crate) is_later: bool,
    /// A value that may have been known already.
    pub(crate) perhaps: Option<String>,
}

/// One path while the releases pass by.
#[derive(Default)]
struct Path<'a> {
    /// The last change by a known release; the value is none once it is removed.
    known: Option<(usize, Option<&'a str>)>,
    /// The last change by a release that was not known yet, when it came after.
    skipped: Option<(usize, Option<&'a str>)>,
}

/// What was known on a day.
///
/// In: the pages of the track, all of them, in any order.
///
/// A change says what a release changed in those before it. Where one of them was not known yet, a later one may have said
/// its value again without any change being noted: such a value is given as `perhaps`.
pub(crate) fn known(track: &Track, pages: &[HistoryPage], day: &str, by: By) -> Known {
    let mut of: Vec<Vec<&Change>> = vec![Vec::new(); track.releases.len()];
    for piece in pages.iter().flat_map(|page| &page.releases) {
        if let Some(list) = of.get_mut(piece.release as usize) {
            list.extend(&piece.changes);
        }
    }
    let mut out = Known::default();
    let mut paths: BTreeMap<&str, Path<'_>> = BTreeMap::new();
    let mut last = 0;
    for (place, (release, changes)) in track.releases.iter().zip(&of).enumerate() {
        let own = match by {
            By::Release => &release.day,
            By::Publication => &release.published_day,
        };
        let is_known = match own {
            Some(own) => own.as_str() <= day,
            None => {
                out.undated += 1;
                false
            }
        };
        if is_known {
            out.releases += 1;
            last = place;
        }
        for change in changes {
            let value = (change.action != "removed").then(|| change.after.as_deref().unwrap_or(""));
            let path = paths.entry(&change.path).or_default();
            if is_known {
                *path = Path {
                    known: Some((place, value)),
                    skipped: None,
                };
            } else {
                path.skipped = Some((place, value));
            }
        }
    }
    for (name, path) in paths {
        let known = path
            .known
            .and_then(|(place, value)| value.map(|value| (place, value)));
        // A release that nobody knew of says nothing about a day after which no other was known.
        let skipped = path.skipped.filter(|(place, _)| *place < last);
        let perhaps = skipped
            .and_then(|(_, value)| value)
            .filter(|value| Some(*value) != known.map(|(_, known)| known))
            .map(str::to_owned);
        let Some(place) = known.map(|(place, _)| place).or(skipped
            .filter(|_| perhaps.is_some())
            .map(|(place, _)| place))
        else {
            continue;
        };
        out.values.push(Value {
            path: name.to_owned(),
            value: known.map(|(_, value)| value.to_owned()),
            release: place,
            is_later: known.is_some()
                && track.releases[place]
                    .published_day
                    .as_deref()
                    .is_some_and(|published| published > day),
            perhaps,
        });
    }
    out.values.sort_by(|a, b| {
        (super::section(&a.path).0, &a.path).cmp(&(super::section(&b.path).0, &b.path))
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Piece, Release};

    /// Releases as (day, published, changes as path and value; no value removes).
    type Made<'a> = (&'a str, &'a str, &'a [(&'a str, Option<&'a str>)]);

    fn track(made: &[Made<'_>]) -> (Track, Vec<HistoryPage>) {
        let day = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let releases = made
            .iter()
            .map(|(own, published, _)| Release {
                day: day(own),
                published_day: day(published),
                ..Release::default()
            })
            .collect();
        let pieces = made
            .iter()
            .enumerate()
            .map(|(place, (_, _, changes))| Piece {
                release: place as u64,
                from: 0,
                changes: changes
                    .iter()
                    .map(|(path, value)| Change {
                        path: (*path).to_owned(),
                        action: if value.is_some() {
                            "changed"
                        } else {
                            "removed"
                        }
                        .to_owned(),
                        after: value.map(str::to_owned),
                        ..Change::default()
                    })
                    .collect(),
            });
        let track = Track {
            releases,
            ..Track::default()
        };
        let pages = pieces
            .rev()
            .map(|piece| HistoryPage {
                releases: vec![piece],
            })
            .collect();
        (track, pages)
    }

    fn say(known: &Known) -> String {
        let values = known.values.iter().map(|value| {
            format!(
                "{}={}{}{}",
                value.path,
                value.value.as_deref().unwrap_or("?"),
                if value.is_later { " later" } else { "" },
                value
                    .perhaps
                    .as_ref()
                    .map(|perhaps| format!(" perhaps {perhaps}"))
                    .unwrap_or_default()
            )
        });
        values.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_latest_value_of_each_path_is_known() {
        let (track, pages) = track(&[
            (
                "2016-01-01",
                "",
                &[
                    ("tender/title", Some("A")),
                    ("tender/status", Some("planned")),
                ],
            ),
            (
                "2016-02-01",
                "",
                &[
                    ("tender/status", Some("active")),
                    ("awards[1]/id", Some("1")),
                ],
            ),
            ("2016-03-01", "", &[("awards[1]/id", None)]),
            ("", "", &[("tender/title", Some("B"))]),
        ]);
        let on = |day| say(&known(&track, &pages, day, By::Release));
        assert_eq!(on("2015-12-31"), "");
        assert_eq!(on("2016-01-31"), "tender/status=planned, tender/title=A");
        assert_eq!(
            on("2016-02-01"),
            "tender/status=active, tender/title=A, awards[1]/id=1"
        );
        assert_eq!(on("2020-01-01"), "tender/status=active, tender/title=A");
        assert_eq!(known(&track, &pages, "2020-01-01", By::Release).undated, 1);
        assert_eq!(
            known(&track, &pages, "2020-01-01", By::Publication).undated,
            4
        );
    }

    #[test]
    fn a_backdated_release_is_known_only_once_it_is_published() {
        let (track, pages) = track(&[
            (
                "2016-01-01",
                "2016-01-02",
                &[("a", Some("1")), ("b", Some("1"))],
            ),
            (
                "2016-02-01",
                "2016-06-01",
                &[("a", Some("2")), ("c", Some("2")), ("b", None)],
            ),
            ("2016-03-01", "2016-03-02", &[("b", Some("3"))]),
        ]);
        let by = |day, by| say(&known(&track, &pages, day, by));
        assert_eq!(by("2016-02-15", By::Release), "a=2 later, c=2 later");
        assert_eq!(by("2016-02-15", By::Publication), "a=1, b=1");
        // The third may have said again what the second, not yet published, had changed.
        assert_eq!(
            by("2016-03-15", By::Publication),
            "a=1 perhaps 2, b=3, c=? perhaps 2"
        );
        assert_eq!(by("2016-06-01", By::Publication), "a=2, b=3, c=2");
    }
}
