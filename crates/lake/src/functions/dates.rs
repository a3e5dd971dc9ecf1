//! Dates as people write them: the day as written, its precision, its zone if it says one.
//!
//! A day is never moved to another zone: `2012-07-24 00:00:00 GMT` and `2016-05-02T05:00:00.000Z` are those days.

use super::names::fold_text;

/// Years outside these are mistakes or placeholders (`0001-01-01`, `0202-03-04`).
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// What a cell says of a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DateFound {
    /// Days since 1970-01-01.
    pub value: Option<i32>,
    /// `year`, `month`, `day`, `minute`, `second`.
    pub precision: Option<&'static str>,
    /// The zone as written (`GMT`, `Z`, `-06:00`).
    pub zone: Option<String>,
    /// What is wrong.
    pub problem: Option<&'static str>,
}

impl DateFound {
    fn problem(code: &'static str) -> DateFound {
        DateFound {
            problem: Some(code),
            ..DateFound::default()
        }
    }
}

/// Reads one date: ISO with or without time and zone, `31/12/2015`, `5/07/19`, `Enero/2014`, `04-MARZO-2014`,
/// `15 de Enero de 2014`, a year, a serial number of a spreadsheet.
///
/// A month alone is its first day with precision `month`. Two days that could be one another's (`5/07/19`) are
/// read day first, as Mexican offices write.
pub fn parse_date(text: &str) -> DateFound {
    let folded = fold_text(text);
    if folded.is_empty() || folded.chars().all(|c| matches!(c, '-' | '/' | '.')) {
        return DateFound::default();
    }
    let (day_part, time, zone) = split_time(&folded);
    let Some((year, month, day, precision)) = read_day(day_part.trim()) else {
        return DateFound::problem("date_unreadable");
    };
    if !YEARS.contains(&year) {
        return DateFound::problem("date_out_of_range");
    }
    let date = i16::try_from(year)
        .ok()
        .and_then(|year| jiff::civil::Date::new(year, month, day).ok());
    let Some(date) = date else {
        return DateFound::problem("date_impossible");
    };
    let precision = match (precision, time) {
        ("day", Some(time)) => time,
        (precision, _) => precision,
    };
    DateFound {
        value: Some(days(date)),
        precision: Some(precision),
        zone,
        problem: None,
    }
}

/// Every date in a cell that may hold several (`25/10/2021 - 28/01/2019`, `01/02/2018 // 03/04/2019`), in the order written.
pub fn parse_dates(text: &str) -> Vec<DateFound> {
    let whole = parse_date(text);
    if whole.problem.is_none() {
        return if whole.value.is_some() {
            vec![whole]
        } else {
            Vec::new()
        };
    }
    let pieces: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c == ';' || c == ',')
        .flat_map(|piece| piece.split("//"))
        .collect();
    let found: Vec<DateFound> = pieces
        .iter()
        .map(|piece| piece.trim_matches(|c| c == '-' || c == '–'))
        .map(parse_date)
        .collect();
    let clean: Vec<DateFound> = found
        .into_iter()
        .filter(|date| date.value.is_some() || date.problem.is_some())
        .collect();
    // Words between the dates mean that the cell is not a list of dates: one problem for the whole of it.
    if clean.is_empty() || clean.iter().any(|date| date.problem.is_some()) {
        vec![whole]
    } else {
        clean
    }
}

/// Months of a term in words or digits: `2 AÑOS 6 MESES` is 30, `TRES MESES` 3. `None` if it is not a term.
pub fn term_months(text: &str) -> Option<i64> {
    let folded = fold_text(text);
    let mut months = 0;
    let mut number: Option<i64> = None;
    let mut seen = false;
    for word in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let unit = match word {
            "ANO" | "ANOS" => Some(12),
            "MES" | "MESES" => Some(1),
            _ => None,
        };
        match (unit, number_word(word)) {
            (Some(unit), _) => {
                months += unit * number.take()?;
                seen = true;
            }
            (None, Some(value)) => number = Some(value),
            (None, None) if matches!(word, "Y" | "CON" | "DE" | "E") => {}
            (None, None) => return None,
        }
    }
    (seen && number.is_none()).then_some(months)
}

/// The same day of the month some months later, or the month's last day.
pub fn add_months(date: i32, months: i64) -> Option<i32> {
    let start = jiff::civil::date(1970, 1, 1)
        .checked_add(jiff::Span::new().try_days(date).ok()?)
        .ok()?;
    start
        .checked_add(jiff::Span::new().try_months(months).ok()?)
        .ok()
        .map(days)
}

/// The day this many days after 1970-01-01, as `2016-05-02`.
pub fn day_text(days: i32) -> String {
    jiff::civil::date(1970, 1, 1)
        .saturating_add(jiff::Span::new().days(days))
        .to_string()
}

fn days(date: jiff::civil::Date) -> i32 {
    let since = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)));
    since.map_or(0, |span| span.get_days())
}

/// Parts a text into day, precision of the time if there is one, and zone.
fn split_time(text: &str) -> (&str, Option<&'static str>, Option<String>) {
    let Some(colon) = text.find(':') else {
        return (text, None, None);
    };
    // The time begins at the `T` or blank before the hour.
    let Some(start) = text[..colon].rfind(['T', ' ']) else {
        return (text, None, None);
    };
    let time = &text[start + 1..];
    let end = time
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(time.len());
    let precision = if time[..end].matches(':').count() >= 2 {
        "second"
    } else {
        "minute"
    };
    let zone = time[end..].trim().trim_matches('.');
    let zone = match zone {
        "" | "AM" | "PM" | "A.M" | "P.M" | "HRS" | "HORAS" | "H" => None,
        zone => Some(zone.to_string()),
    };
    (&text[..start], Some(precision), zone)
}

fn read_day(text: &str) -> Option<(i32, i8, i8, &'static str)> {
    let words: Vec<&str> = text
        .split(|c: char| matches!(c, '/' | '-' | '.' | ',') || c.is_whitespace())
        .filter(|word| !word.is_empty() && *word != "DE" && *word != "DEL")
        .collect();
    let number = |word: &str| {
        (word.len() <= 4)
            .then(|| word.parse::<i32>().ok())
            .flatten()
    };
    match words.as_slice() {
        [one] if one.len() == 8 && one.bytes().all(|b| b.is_ascii_digit()) => {
            let (year, month, day) = (
                one[..4].parse().ok()?,
                one[4..6].parse().ok()?,
                one[6..].parse().ok()?,
            );
            Some((year, month, day, "day"))
        }
        [one] if one.len() == 4 => Some((number(one)?, 1, 1, "year")),
        // Serial days of a spreadsheet, 1995 to 2064: a date that lost its format.
        [one] if one.len() == 5 => {
            let serial: i32 = one
                .parse()
                .ok()
                .filter(|serial| (34_700..60_000).contains(serial))?;
            let date = jiff::civil::date(1899, 12, 30)
                .checked_add(jiff::Span::new().days(serial))
                .ok()?;
            Some((date.year().into(), date.month(), date.day(), "day"))
        }
        [month, year] if month_word(month).is_some() => Some((
            number(year).filter(|_| year.len() == 4)?,
            month_word(month)?,
            1,
            "month",
        )),
        [year, month] if year.len() == 4 && month.len() <= 2 => {
            Some((number(year)?, month.parse().ok()?, 1, "month"))
        }
        [month, year] if year.len() == 4 && month.len() <= 2 => {
            Some((number(year)?, month.parse().ok()?, 1, "month"))
        }
        [year, month, day] if year.len() == 4 && day.len() <= 2 => {
            let month = month_word(month).or_else(|| month.parse().ok())?;
            Some((number(year)?, month, day.parse().ok()?, "day"))
        }
        [day, month, year] if day.len() <= 2 => {
            let month = month_word(month).or_else(|| month.parse().ok())?;
            let year = match (year.len(), number(year)?) {
                (4, year) => year,
                (2, short) if short < 70 => 2000 + short,
                (2, short) => 1900 + short,
                _ => return None,
            };
            Some((year, month, day.parse().ok()?, "day"))
        }
        _ => None,
    }
}

fn month_word(word: &str) -> Option<i8> {
    const MONTHS: [[&str; 3]; 12] = [
        ["ENERO", "ENE", "JAN"],
        ["FEBRERO", "FEB", "FEBRUARY"],
        ["MARZO", "MAR", "MARCH"],
        ["ABRIL", "ABR", "APR"],
        ["MAYO", "MAY", "MAYO"],
        ["JUNIO", "JUN", "JUNE"],
        ["JULIO", "JUL", "JULY"],
        ["AGOSTO", "AGO", "AUG"],
        ["SEPTIEMBRE", "SEP", "SEPT"],
        ["OCTUBRE", "OCT", "OCTOBER"],
        ["NOVIEMBRE", "NOV", "NOVEMBER"],
        ["DICIEMBRE", "DIC", "DEC"],
    ];
    MONTHS
        .iter()
        .position(|names| names.contains(&word))
        .map(|index| index as i8 + 1)
}

fn number_word(word: &str) -> Option<i64> {
    const WORDS: [&[&str]; 13] = [
        &["CERO"],
        &["UN", "UNO", "UNA"],
        &["DOS"],
        &["TRES"],
        &["CUATRO"],
        &["CINCO"],
        &["SEIS"],
        &["SIETE"],
        &["OCHO"],
        &["NUEVE"],
        &["DIEZ"],
        &["ONCE"],
        &["DOCE"],
    ];
    word.parse()
        .ok()
        .filter(|number: &i64| *number < 1_000)
        .or_else(|| {
            WORDS
                .iter()
                .position(|names| names.contains(&word))
                .map(|index| index as i64)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        show(&parse_date(text))
    }

    fn show(found: &DateFound) -> String {
        match (found.value, found.problem) {
            (Some(value), _) => {
                let date =
                    jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(value));
                format!(
                    "{date} {} {}",
                    found.precision.unwrap_or("?"),
                    found.zone.as_deref().unwrap_or("-")
                )
            }
            (None, problem) => problem.unwrap_or("null").to_string(),
        }
    }

    #[test]
    fn dates_as_people_write_them() {
        let cases = [
            ("2015-03-11 19:01", "2015-03-11 minute -"),
            ("2012-07-24 00:00:00 GMT", "2012-07-24 second GMT"),
            ("2016-05-02T05:00:00.000Z", "2016-05-02 second Z"),
            ("2019-05-22T00:00:00-05:00", "2019-05-22 second -05:00"),
            ("2015-04-09", "2015-04-09 day -"),
            ("Enero/2014", "2014-01-01 month -"),
            ("31/12/2033", "2033-12-31 day -"),
            ("5/07/19", "2019-07-05 day -"),
            ("9/9/99", "1999-09-09 day -"),
            ("04-MARZO-2014", "2014-03-04 day -"),
            ("15 de Enero de 2014", "2014-01-15 day -"),
            ("44014", "2020-07-02 day -"),
            ("2014", "2014-01-01 year -"),
            ("0001-01-01T00:00:00-06:00", "date_out_of_range"),
            ("0202-03-04", "date_out_of_range"),
            ("31/02/2015", "date_impossible"),
            ("2006-Ju-30", "date_unreadable"),
            ("24 DE MARZO", "date_unreadable"),
            ("9 DE MARZO/15", "2015-03-09 day -"),
            ("", "null"),
            ("-", "null"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_cell_may_hold_several() {
        let read = |text: &str| {
            parse_dates(text)
                .iter()
                .map(show)
                .collect::<Vec<_>>()
                .join("; ")
        };
        assert_eq!(
            read("25/10/2021 - 28/01/2019"),
            "2021-10-25 day -; 2019-01-28 day -"
        );
        assert_eq!(
            read("01/02/2018//03/04/2019"),
            "2018-02-01 day -; 2019-04-03 day -"
        );
        assert_eq!(read("01/02/2018"), "2018-02-01 day -");
        assert_eq!(read(""), "");
        assert_eq!(read("por definir"), "date_unreadable");
    }

    #[test]
    fn terms_in_words() {
        assert_eq!(term_months("2 AÑOS 6 MESES"), Some(30));
        assert_eq!(term_months("TRES MESES"), Some(3));
        assert_eq!(term_months("1 MES"), Some(1));
        assert_eq!(term_months("2014-05-06"), None);
        assert_eq!(term_months(""), None);
    }

    #[test]
    fn months_later() {
        assert_eq!(add_months(0, 1), Some(31));
        assert_eq!(add_months(30, 1), Some(58)); // 31 January, 28 February.
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(text in ".{0,40}") {
            let _ = (parse_date(&text), parse_dates(&text), term_months(&text));
        }

        #[test]
        fn every_day_reads_back(day in -25_000i32..47_000) {
            let date = jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(day));
            proptest::prop_assert_eq!(parse_date(&date.to_string()).value, Some(day));
        }
    }
}
