//! Days between two dates, when both are published to the day.

/// Days from one ISO date to another; none when one of them is less precise than a day, or the second is earlier.
pub(super) fn between(from: Option<&str>, to: Option<&str>) -> Option<i64> {
    let days = number(to?)? - number(from?)?;
    (days >= 0).then_some(days)
}

/// The number of a day since the first of March of the year 0, in the calendar of today.
fn number(date: &str) -> Option<i64> {
    let mut parts = date.get(..10)?.split('-').map(str::parse::<i64>);
    let (year, month, day) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // A year that begins in March has its leap day at its end.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    Some(
        365 * year + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + day
            - 1,
    )
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn days_are_counted_over_months_and_leap_days() {
        assert_eq!(between(Some("2015-03-02"), Some("2015-03-11")), Some(9));
        assert_eq!(between(Some("2016-02-28"), Some("2016-03-01")), Some(2));
        assert_eq!(between(Some("1900-02-28"), Some("1900-03-01")), Some(1));
        assert_eq!(between(Some("2014-12-31"), Some("2015-01-01")), Some(1));
        assert_eq!(between(Some("2015-03-11"), Some("2015-03-02")), None);
        assert_eq!(between(Some("2015-03"), Some("2015-03-11")), None);
        assert_eq!(between(None, Some("2015-03-11")), None);
    }
}
