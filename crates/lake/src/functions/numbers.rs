//! Numbers as people write them. Out: Decimal(24,6) as an integer of millionths.

/// One whole unit.
const ONE: i128 = 1_000_000;
/// The largest whole part of a Decimal(24,6).
const MOST: i128 = 1_000_000_000_000_000_000;

/// Reads `1,234.56`, `$1'234.56`, `(12.5)`, `1.80123E+11`; the decimal mark is a dot.
///
/// Out: millionths and a problem. More than six decimals are rounded half up and reported.
///
/// `$79.071,06` can only be read the other way round: it is, and says so. Words after the number in brackets,
/// as in `364,000.00 (Trescientos…)`, are left out.
pub fn parse_decimal(text: &str) -> (Option<i128>, Option<&'static str>) {
    let number = without_words(text);
    match parse(number, '.', ',') {
        (None, Some("number_unreadable")) if is_other_way_round(number) => {
            match parse_decimal_eu(number) {
                (Some(value), None) => (Some(value), Some("number_marks_swapped")),
                _ => (None, Some("number_unreadable")),
            }
        }
        found => found,
    }
}

/// `364,000.00 (Trescientos sesenta…)` without what is in brackets; `(12.5)` stays as it is.
fn without_words(text: &str) -> &str {
    match text.split_once('(') {
        Some((number, words))
            if number.contains(|c: char| c.is_ascii_digit())
                && !words.contains(|c: char| c.is_ascii_digit() && !words.contains("/100")) =>
        {
            number.trim_end()
        }
        _ => text,
    }
}

/// Groups after dots and one or two digits after the only comma: no other reading is left.
fn is_other_way_round(text: &str) -> bool {
    let Some((whole, cents)) = text.trim().rsplit_once(',') else {
        return false;
    };
    whole.contains('.')
        && !whole.contains(',')
        && (1..=2).contains(&cents.len())
        && cents.bytes().all(|b| b.is_ascii_digit())
}

/// The least and the most of a cell such as `Monto mínimo $175,000.00 Monto máximo $250,000.00`; none if it names neither.
pub fn amount_range(text: &str) -> (Option<i128>, Option<i128>) {
    let folded: Vec<char> = text.to_lowercase().chars().collect();
    let after = |word: &str| {
        let word: Vec<char> = word.chars().collect();
        let at = folded.windows(word.len()).position(|w| {
            w.iter()
                .zip(&word)
                .all(|(a, b)| a == b || matches!((a, b), ('í', 'i') | ('á', 'a')))
        })?;
        let rest: String = folded[at + word.len()..].iter().collect();
        let start = rest.find(|c: char| c.is_ascii_digit())?;
        let number: String = rest[start..]
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '´' | '’' | '`'))
            .collect();
        parse_decimal(number.trim_end_matches(['.', ','])).0
    };
    (after("min"), after("max"))
}

/// Reads `1.234,56`; the decimal mark is a comma.
pub fn parse_decimal_eu(text: &str) -> (Option<i128>, Option<&'static str>) {
    parse(text, ',', '.')
}

fn parse(text: &str, mark: char, group: char) -> (Option<i128>, Option<&'static str>) {
    let mut rest = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
    if rest.is_empty() {
        return (None, None);
    }
    let bad = (None, Some("number_unreadable"));
    let mut negative = false;
    if let Some(inner) = rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        (rest, negative) = (inner, true);
    }
    for sign in ["MXN", "M.N.", "mxn", "%"] {
        rest = rest.strip_suffix(sign).unwrap_or(rest).trim_end();
    }
    rest = rest.strip_prefix("MXN").unwrap_or(rest).trim_start();
    for _ in 0..2 {
        if let Some(after) = rest.strip_prefix(['-', '\u{2212}']) {
            (rest, negative) = (after.trim_start(), true);
        }
        rest = rest.strip_prefix(['$', '+']).unwrap_or(rest).trim_start();
    }
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => match rest[at + 1..].parse::<i32>() {
            Ok(exponent) if exponent.abs() <= 40 => (&rest[..at], exponent),
            _ => return bad,
        },
        None => (rest, 0),
    };
    let (whole, decimals) = match mantissa.rfind(mark) {
        Some(at) => (&mantissa[..at], &mantissa[at + mark.len_utf8()..]),
        None => (mantissa, ""),
    };
    if whole.contains(mark)
        || !decimals.bytes().all(|b| b.is_ascii_digit())
        || (whole.is_empty() && decimals.is_empty())
    {
        return bad;
    }
    let Some(digits) = ungrouped(whole, group) else {
        return bad;
    };
    let (value, rounded) = match scaled(&digits, decimals, exponent) {
        Some(found) => found,
        None => return (None, Some("number_too_large")),
    };
    let problem = match (exponent != 0, rounded) {
        (true, _) => Some("number_rounded"), // A spreadsheet wrote it: only its first digits are known.
        (_, true) => Some("number_rounded"),
        _ => None,
    };
    (Some(if negative { -value } else { value }), problem)
}

/// The digits of the whole part, if its groups are groups: three digits after the first mark, marks of one kind or `'` for millions.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let is_mark = |c: char| c == group || matches!(c, '\'' | '’' | '´' | '`' | ' ' | '\u{a0}');
    if whole.bytes().all(|b| b.is_ascii_digit()) {
        return Some(whole.to_string());
    }
    // `364, 000`: a mark and a blank are one mark.
    let whole = whole
        .replace(", ", ",")
        .replace("´ ", "´")
        .replace("' ", "'");
    let groups: Vec<&str> = whole.split(is_mark).collect();
    let (first, others) = groups.split_first()?;
    let fits = !first.is_empty() && first.len() <= 3 && others.iter().all(|group| group.len() == 3);
    (fits
        && groups
            .iter()
            .all(|group| group.bytes().all(|b| b.is_ascii_digit())))
    .then(|| groups.concat())
}

/// `digits.decimals × 10^exponent` in millionths, and whether anything was cut off.
fn scaled(digits: &str, decimals: &str, exponent: i32) -> Option<(i128, bool)> {
    let all: String = format!("{digits}{decimals}");
    let mut value: i128 = 0;
    for digit in all.trim_start_matches('0').bytes() {
        value = value.checked_mul(10)?.checked_add((digit - b'0') as i128)?;
    }
    let mut shift = 6 - decimals.len() as i32 + exponent;
    let mut rounded = false;
    while shift > 0 && value != 0 {
        value = value.checked_mul(10)?;
        shift -= 1;
    }
    if shift < 0 {
        let power = 10i128.checked_pow((-shift) as u32)?;
        rounded = value % power != 0;
        value = (value + power / 2) / power;
    }
    (value < MOST * ONE).then_some((value, rounded))
}

/// Reads a whole number, with or without group marks.
pub fn parse_integer(text: &str) -> (Option<i64>, Option<&'static str>) {
    match parse_decimal(text) {
        (Some(value), problem) if value % ONE == 0 => match i64::try_from(value / ONE) {
            Ok(value) => (Some(value), problem),
            Err(_) => (None, Some("number_too_large")),
        },
        (Some(_), _) => (None, Some("number_not_whole")),
        (None, problem) => (None, problem),
    }
}

/// Reads yes or no.
pub fn parse_boolean(text: &str) -> (Option<bool>, Option<&'static str>) {
    match super::fold_text(text).as_str() {
        "" => (None, None),
        "SI" | "S" | "1" | "TRUE" | "VERDADERO" | "YES" | "Y" | "T" | "V" => (Some(true), None),
        "NO" | "N" | "0" | "FALSE" | "FALSO" | "F" => (Some(false), None),
        _ => (None, Some("boolean_unreadable")),
    }
}

/// Millionths as text, without needless zeros.
pub fn to_text(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let whole = value.unsigned_abs() / ONE as u128;
    let decimals = format!("{:06}", value.unsigned_abs() % ONE as u128);
    match decimals.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        kept => format!("{sign}{whole}.{kept}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match parse_decimal(text) {
            (Some(value), None) => to_text(value),
            (Some(value), Some(problem)) => format!("{} {problem}", to_text(value)),
            (None, problem) => problem.unwrap_or("null").to_string(),
        }
    }

    #[test]
    fn money_as_people_write_it() {
        let cases = [
            ("1,857,204,421.183", "1857204421.183"),
            ("$1´583,893.00", "1583893"),
            ("1'083,000.00", "1083000"),
            ("$4’647,380.78", "4647380.78"),
            (" 20,557,322.80 ", "20557322.8"),
            ("(12.5)", "-12.5"),
            ("-$5", "-5"),
            ("0.0000005", "0.000001 number_rounded"),
            ("1.80123E+11", "180123000000 number_rounded"),
            ("", "null"),
            ("1'4000,000.00", "number_unreadable"),
            ("310,88.00", "number_unreadable"),
            ("14,932.680.00", "number_unreadable"),
            ("$350,000,00", "number_unreadable"),
            ("#¡DIV/0!", "number_unreadable"),
            ("PRECIO UNITARIO $18.30", "number_unreadable"),
            ("999999999999999999999", "number_too_large"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(
            parse_decimal_eu("79.071,06").0.map(to_text).as_deref(),
            Some("79071.06")
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(value in -1_000_000_000_000_000_000i128..1_000_000_000_000_000_000i128) {
            proptest::prop_assert_eq!(parse_decimal(&to_text(value)), (Some(value), None));
        }

        #[test]
        fn nothing_panics(text in ".{0,40}") {
            let _ = (parse_decimal(&text), parse_decimal_eu(&text), parse_integer(&text), parse_boolean(&text));
        }
    }

    #[test]
    fn the_least_and_the_most_of_an_open_contract() {
        let text =
            |(least, most): (Option<i128>, Option<i128>)| (least.map(to_text), most.map(to_text));
        assert_eq!(
            text(amount_range(
                "MONTO MÍNIMO $175,000.00 MONTO MÁXIMO $250,000.50"
            )),
            (Some("175000".into()), Some("250000.5".into()))
        );
        assert_eq!(text(amount_range("1,500.00")), (None, None));
        assert_eq!(text(amount_range("máximo por definir")), (None, None));
    }
}
