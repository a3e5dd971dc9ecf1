//! Numbers, money and dates as they are written in Mexico, without ever passing through a float.

use crate::text::Lang;

const MONTHS_ES: [&str; 12] = [
    "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic",
];
const MONTHS_EN: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A no-break space, so that `$1.00 MXN` and `23 nov 2026` stay on one line.
const NB: char = '\u{a0}';

/// A narrow no-break space, before a percent sign.
const THIN: char = '\u{202f}';

/// Six decimals, as in the tables.
const MICRO: i128 = 1_000_000;

/// A decimal text in millionths; none when it is not a plain number or has over 30 digits.
pub(crate) fn micro(text: &str) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() || whole.len() > 30 {
        return None;
    }
    if !whole
        .bytes()
        .chain(fraction.bytes())
        .all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let mut value: i128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut decimals = fraction.bytes();
    for _ in 0..6 {
        value = value * 10 + decimals.next().map_or(0, |digit| i128::from(digit - b'0'));
    }
    Some(if negative { -value } else { value })
}

/// Millionths as a plain decimal text, for documents and CSV.
pub(crate) fn plain(micro: i128) -> String {
    let sign = if micro < 0 { "-" } else { "" };
    let absolute = micro.unsigned_abs();
    let text = format!(
        "{sign}{}.{:06}",
        absolute / MICRO as u128,
        absolute % MICRO as u128
    );
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A float of a decimal text, for lengths of bars only.
pub(crate) fn length(text: Option<&str>) -> Option<f64> {
    text.and_then(|text| text.parse().ok())
}

/// Whole digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `3,140`.
pub(crate) fn count(number: u64) -> String {
    grouped(&number.to_string())
}

/// A decimal rounded half up to at most `most` decimals, and at least `least`; the text itself when it is no number.
pub(crate) fn decimal(text: &str, least: usize, most: usize) -> String {
    let Some(value) = micro(text) else {
        return text.to_owned();
    };
    let unit = 10_i128.pow(6 - most.min(6) as u32);
    let rounded = (value.abs() + unit / 2) / unit * unit;
    let whole = grouped(&(rounded / MICRO).to_string());
    let mut fraction = format!("{:06}", rounded % MICRO);
    fraction.truncate(most);
    while fraction.len() > least && fraction.ends_with('0') {
        fraction.pop();
    }
    let sign = if value < 0 && rounded > 0 { "−" } else { "" };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// `$1,234.56 MXN`; other currencies carry their code and no sign.
pub(crate) fn money(amount: &str, currency: Option<&str>) -> String {
    let number = decimal(amount, 2, 2);
    match currency {
        Some(currency @ ("MXN" | "USD" | "COP" | "ARS" | "CLP" | "CAD")) => {
            match number.strip_prefix('−') {
                Some(rest) => format!("−${rest}{NB}{currency}"),
                None => format!("${number}{NB}{currency}"),
            }
        }
        Some(currency) => format!("{number}{NB}{currency}"),
        None => number,
    }
}

/// `$1,234.6 M`: money for a narrow column, in millions from a million on, without its currency.
pub(crate) fn short_money(amount: &str) -> String {
    let Some(value) = micro(amount) else {
        return amount.to_owned();
    };
    let millions = value / MICRO;
    let (number, unit) = if value.abs() >= MICRO * MICRO {
        (decimal(&plain(millions), 1, 1), format!("{NB}M"))
    } else {
        (decimal(amount, 0, 0), String::new())
    };
    match number.strip_prefix('−') {
        Some(rest) => format!("−${rest}{unit}"),
        None => format!("${number}{unit}"),
    }
}

/// A number for a tile: `950`, `1.2k`, `35M`, `4.6MM` for thousands of millions.
pub(crate) fn tiny(number: u64) -> String {
    let (unit, sign) = match number {
        0..1_000 => return number.to_string(),
        1_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "MM"),
    };
    let tenths = number / (unit / 10);
    if tenths < 100 && !tenths.is_multiple_of(10) {
        format!("{}.{}{sign}", tenths / 10, tenths % 10)
    } else {
        format!("{}{sign}", tenths / 10)
    }
}

/// `23 nov 2026`, `nov 2026` or `2026`, as precise as the text is; the text itself when it is no ISO date.
pub(crate) fn date(text: &str, lang: Lang) -> String {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = day.split('-').collect();
    let months = match lang {
        Lang::Es => MONTHS_ES,
        Lang::En => MONTHS_EN,
    };
    let month = |text: &str| {
        text.parse::<usize>()
            .ok()
            .and_then(|number| months.get(number.wrapping_sub(1)).copied())
    };
    match parts.as_slice() {
        [year, m, d] if year.len() == 4 => match (month(m), d.parse::<u8>()) {
            (Some(name), Ok(number)) => format!("{number}{NB}{name}{NB}{year}"),
            _ => text.to_owned(),
        },
        [year, m] if year.len() == 4 => match month(m) {
            Some(name) => format!("{name}{NB}{year}"),
            None => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

/// A share as `78 %`; never 100 when something is missing, never 0 when something is there.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let rounded = (part as u128 * 1000 / whole as u128 + 5) / 10;
    let shown = match rounded {
        0 if part > 0 => "<1".to_owned(),
        100.. if part < whole => ">99".to_owned(),
        number => number.to_string(),
    };
    format!("{shown}{THIN}%")
}

/// A size in `kB` or `MB`, thousands.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes}{NB}B"),
        1_000..1_000_000 => format!("{}{NB}kB", bytes.div_ceil(1_000)),
        _ => format!(
            "{}{NB}MB",
            decimal(
                &format!("{}.{:03}", bytes / 1_000_000, bytes / 1_000 % 1_000),
                0,
                1
            )
        ),
    }
}

/// Masks tax and population keys of private persons wherever they stand in a text.
///
/// A Mexican tax key (RFC) of a person has 13 signs and holds the birth date; a company's has 12 and is left alone.
/// A population key (CURP) has 18. The first four letters stay, since they come from the name.
pub fn mask_rfcs(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let starts = at == 0 || !is_key_sign(chars[at - 1]);
        match starts.then(|| person_key(&chars[at..])).flatten() {
            Some(length) => {
                out.extend(&chars[at..at + 4]);
                out.push_str("•••••••••");
                at += length;
            }
            None => {
                out.push(chars[at]);
                at += 1;
            }
        }
    }
    out
}

/// True when the text is, or holds, a key of a private person.
pub(crate) fn has_person_key(text: &str) -> bool {
    mask_rfcs(text) != text
}

fn is_key_sign(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '&'
}

/// Length in signs of the person's key that begins here. Parts may be separated by one blank or hyphen.
fn person_key(chars: &[char]) -> Option<usize> {
    let letter = |sign: &char| sign.is_ascii_alphabetic() || matches!(sign, 'Ñ' | 'ñ' | '&');
    let separator = |sign: Option<&char>| usize::from(matches!(sign, Some('-' | ' ')));
    if chars.len() < 13 || !chars[..4].iter().all(letter) {
        return None;
    }
    let digits = 4 + separator(chars.get(4));
    let end = digits + 6;
    if chars.len() < end || !chars[digits..end].iter().all(char::is_ascii_digit) {
        return None;
    }
    let tail = end + separator(chars.get(end));
    let run = chars[tail..]
        .iter()
        .take_while(|sign| is_key_sign(**sign))
        .count();
    let run_is_key =
        run == 3 || (run == 8 && matches!(chars[tail].to_ascii_uppercase(), 'H' | 'M' | 'X'));
    run_is_key.then_some(tail + run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_in_mexico() {
        assert_eq!(count(3140), "3,140");
        assert_eq!(decimal("1234.560000", 0, 2), "1,234.56");
        assert_eq!(decimal("9.000000", 0, 2), "9");
        assert_eq!(decimal("-0.004", 0, 2), "0");
        assert_eq!(decimal("TEST", 0, 2), "TEST");
        assert_eq!(money("1234.565", Some("MXN")), "$1,234.57\u{a0}MXN");
        assert_eq!(money("-5", Some("EUR")), "−5.00\u{a0}EUR");
        assert_eq!(plain(micro("10.50").unwrap() + micro("0.5").unwrap()), "11");
        assert_eq!(short_money("1234567890.5"), "$1,234.6\u{a0}M");
        assert_eq!(short_money("-999999.4"), "−$999,999");
        assert_eq!(short_money("0"), "$0");
        assert_eq!(tiny(999), "999");
        assert_eq!(tiny(1_250), "1.2k");
        assert_eq!(tiny(35_000_000), "35M");
        assert_eq!(percent(3139, 3140), ">99\u{202f}%");
        assert_eq!(percent(1, 3140), "<1\u{202f}%");
        assert_eq!(percent(3140, 3140), "100\u{202f}%");
    }

    #[test]
    fn dates_are_as_precise_as_they_were_published() {
        assert_eq!(date("2026-11-23", Lang::Es), "23\u{a0}nov\u{a0}2026");
        assert_eq!(date("2014-01", Lang::En), "Jan\u{a0}2014");
        assert_eq!(date("2014", Lang::Es), "2014");
        assert_eq!(date("0202-13-01", Lang::Es), "0202-13-01");
    }

    #[test]
    fn keys_of_private_persons_are_masked_and_of_companies_kept() {
        assert_eq!(mask_rfcs("ROSM850101AB1"), "ROSM•••••••••");
        assert_eq!(
            mask_rfcs("RFC: rosm-850101-ab1, SA"),
            "RFC: rosm•••••••••, SA"
        );
        assert_eq!(mask_rfcs("MX-RFC-ROSM850101AB1"), "MX-RFC-ROSM•••••••••");
        assert_eq!(mask_rfcs("ROSM850101HDFLNR09"), "ROSM•••••••••");
        assert_eq!(mask_rfcs("ABC850101AB1"), "ABC850101AB1");
        assert_eq!(mask_rfcs("LO-009000999-N1-2015"), "LO-009000999-N1-2015");
    }
}
