//! The order in which releases are merged: by date as text, as the standard's own tool does.

use jiff::Timestamp;

use super::warning::{Kind, Warning};
use crate::value::Value;

/// The places of releases in order of date, and what is wrong with the dates.
///
/// Equal dates keep the order given. A release without date comes before all others, so that it overrules none.
/// One release alone needs no date.
pub fn sorted(releases: &[Value]) -> (Vec<usize>, Vec<Warning>) {
    let mut warnings = Vec::new();
    if releases.len() < 2 {
        return ((0..releases.len()).collect(), warnings);
    }
    let mut order: Vec<(Option<&str>, usize)> = Vec::with_capacity(releases.len());
    for (index, release) in releases.iter().enumerate() {
        let date = release.get("date");
        let kind = match (release, date) {
            (Value::Object(_), Some(Value::Text(_))) => None,
            (Value::Object(_), None) => Some(Kind::DateMissing),
            (Value::Object(_), Some(Value::Null)) => Some(Kind::DateNull),
            (Value::Object(_), Some(_)) => Some(Kind::DateNotText),
            // It is said when it is added.
            _ => None,
        };
        if let Some(kind) = kind {
            warnings.push(Warning {
                kind,
                path: "date".to_owned(),
                value: date.map(Value::to_string).unwrap_or_default(),
                release: Some(index),
            });
        }
        order.push((date.and_then(Value::as_text), index));
    }
    order.sort_by_key(|(date, _)| *date);
    for pair in order.windows(2) {
        let ((Some(before), _), (Some(after), release)) = (pair[0], pair[1]) else {
            continue;
        };
        if swapped(before, after) {
            warnings.push(Warning {
                kind: Kind::DateZone,
                path: "date".to_owned(),
                value: after.to_owned(),
                release: Some(release),
            });
        }
    }
    (
        order.into_iter().map(|(_, index)| index).collect(),
        warnings,
    )
}

/// Whether two dates in order as texts are in another as instants: they are in different zones.
fn swapped(before: &str, after: &str) -> bool {
    // As written by nearly all: the seconds end at 19, and after them stands the zone.
    if before.get(19..) == after.get(19..) {
        return false;
    }
    match (before.parse::<Timestamp>(), after.parse::<Timestamp>()) {
        (Ok(before), Ok(after)) => before > after,
        _ => false,
    }
}

/// Whether the date of a release is at `limit` or before: what was known then.
///
/// A limit that is a day (`2016-03-01`) takes in the whole day as the release writes it, a limit with time and zone
/// is compared as an instant. A release without date was always known.
pub fn date_is_by(release: &Value, limit: &str) -> bool {
    let Some(date) = release.get("date").and_then(Value::as_text) else {
        return true;
    };
    if limit.len() <= 10 {
        return date.get(..limit.len()).unwrap_or(date) <= limit;
    }
    match (date.parse::<Timestamp>(), limit.parse::<Timestamp>()) {
        (Ok(date), Ok(limit)) => date <= limit,
        _ => date <= limit,
    }
}
