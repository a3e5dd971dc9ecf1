//! What the first rows of a CSV hold, whatever their header: how many values, and what those of a column look like.
//! It refuses to know what they mean.

use std::collections::BTreeMap;

/// Rows looked at. 100: what holds for them holds for the list.
const ROWS: usize = 100;
/// Signs of a shape. A longer one is prose, which has none.
const LONGEST: usize = 40;

/// In: the first rows with the line where each starts, and the line of the header, or 0.
/// Out: the number of values most rows have, or 0; for each column the shape most of its values have, or empty.
pub(crate) fn look(rows: &[(u64, Vec<String>)], header: u64) -> (usize, Vec<String>) {
    let below: Vec<&[String]> = rows
        .iter()
        .filter(|(line, _)| *line > header)
        .take(ROWS)
        .map(|(_, cells)| cells.as_slice())
        .collect();
    let width = most(below.iter().map(|cells| cells.len())).unwrap_or(0);
    let shapes = (0..width).map(|index| {
        let filled = below
            .iter()
            .filter_map(|cells| cells.get(index))
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty());
        most(filled.map(shape)).unwrap_or_default()
    });
    (width, shapes.collect())
}

/// What nine in ten are.
fn most<T: Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    let mut all = 0;
    for value in values {
        *counts.entry(value).or_default() += 1;
        all += 1;
    }
    counts
        .into_iter()
        .find(|(_, count)| *count * 10 >= all * 9)
        .map(|(value, _)| value)
}

/// Digits in a row are one `9`, letters one `A`, blanks one blank; other signs are themselves.
fn shape(cell: &str) -> String {
    let mut shape = String::new();
    let mut last = None;
    for sign in cell.chars() {
        let kind = match sign {
            sign if sign.is_ascii_digit() => '9',
            sign if sign.is_alphabetic() => 'A',
            sign if sign.is_whitespace() => ' ',
            sign => sign,
        };
        if matches!(kind, '9' | 'A' | ' ') && last == Some(kind) {
            continue;
        }
        if shape.len() >= LONGEST {
            return String::new();
        }
        shape.push(kind);
        last = Some(kind);
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, header: u64) -> (usize, String) {
        let rows: Vec<(u64, Vec<String>)> = text
            .lines()
            .enumerate()
            .map(|(i, line)| (i as u64 + 1, line.split('|').map(str::to_owned).collect()))
            .collect();
        let (width, shapes) = look(&rows, header);
        (width, shapes.join("|"))
    }

    #[test]
    fn widths_and_shapes() {
        let cases = "ANA, S.A.|0012/2013\nBEA|0013/2014\nCARLA Y CIA|0014/2015";
        assert_eq!(check(cases, 0), (2, "|9/9".to_owned()));
        assert_eq!(check("a|b\n1|x|y\n2|z|w", 1), (3, "9|A|A".to_owned()));
        assert_eq!(check("a|b\n1\n2|z|w", 1), (0, String::new()));
        assert_eq!(check("a|b", 1), (0, String::new()));
    }
}
