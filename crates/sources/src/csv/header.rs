//! Finds the header of a CSV among its first rows: the first row as full as the rows below it.
//! Titles and dates above it fill one or two cells. It refuses to know what a column means.

/// Lines looked at above a header. 30: the longest real preamble known has 12.
const PREAMBLE_ROWS: usize = 30;

/// What stands before the first record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    /// Cells of the header, or `column_1` and so on when it is missing.
    pub(crate) cells: Vec<String>,
    /// Rows above it, as text.
    pub(crate) preamble: Vec<String>,
    /// Line of the header, or 0 when it is missing.
    pub(crate) position: u64,
}

/// In: the first rows with the line where each starts. Out: the header, or made-up names for a file without one.
pub(crate) fn find(rows: &[(u64, Vec<String>)]) -> Header {
    let Some(first) = first_full_row(rows) else {
        return Header::default();
    };
    let (position, cells) = &rows[first];
    let preamble = rows[..first]
        .iter()
        .map(|(_, cells)| as_text(cells))
        .collect();
    let below: Vec<&[String]> = rows[first + 1..]
        .iter()
        .map(|(_, c)| c.as_slice())
        .collect();
    if first == 0 && looks_like_data(cells, &below) {
        let width = rows
            .iter()
            .map(|(_, c)| c.len())
            .max()
            .unwrap_or(0)
            .min(cells.len());
        return Header {
            cells: (1..=width).map(|n| format!("column_{n}")).collect(),
            preamble,
            position: 0,
        };
    }
    Header {
        cells: cells.clone(),
        preamble,
        position: *position,
    }
}

fn as_text(cells: &[String]) -> String {
    let filled: Vec<&str> = cells
        .iter()
        .map(|c| c.trim())
        .filter(|c| !c.is_empty())
        .collect();
    filled.join(" ")
}

fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|c| !c.trim().is_empty()).count()
}

fn first_full_row(rows: &[(u64, Vec<String>)]) -> Option<usize> {
    let mut counts: Vec<usize> = rows.iter().map(|(_, c)| filled(c)).collect();
    let candidates = counts.len().min(PREAMBLE_ROWS + 1);
    let in_order = counts[..candidates].to_vec();
    counts.sort_unstable();
    let median = *counts.get(counts.len() / 2)?;
    let needed = median.div_ceil(2).max(median.min(2));
    in_order.iter().position(|n| *n >= needed).or(Some(0))
}

/// Whether the first row is one more record. It takes a cell that reads like the numbers, dates or codes below
/// it, and no cell that reads unlike its column.
fn looks_like_data(first: &[String], below: &[&[String]]) -> bool {
    if below.is_empty() {
        return false;
    }
    if is_row_of_years(first) {
        return false;
    }
    let mut like = false;
    for (i, cell) in first.iter().enumerate() {
        let column: Vec<&str> = below
            .iter()
            .filter_map(|r| r.get(i))
            .map(|c| c.trim())
            .filter(|c| !c.is_empty())
            .collect();
        let with_digits = column.iter().filter(|c| has_digit(c)).count();
        if column.is_empty() || cell.trim().is_empty() {
            continue;
        }
        let mostly = with_digits * 10 >= column.len() * 8;
        match (mostly, has_digit(cell)) {
            (true, false) => return false,
            (true, true) if is_name(cell) => return false,
            (true, true) => like = true,
            (false, _) => {}
        }
    }
    like
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

/// `Monto 2015`, `col_1`, `trim1`: words first, then a number.
fn is_name(cell: &str) -> bool {
    let cell = cell.trim();
    let letters = cell
        .chars()
        .take_while(|c| c.is_alphabetic() || matches!(c, ' ' | '_' | '.'))
        .count();
    letters >= 3 && cell.chars().skip(letters).all(|c| c.is_ascii_digit())
}

/// `Estado, 2015, 2016, 2017` names columns.
fn is_row_of_years(cells: &[String]) -> bool {
    let years: Vec<u32> = cells.iter().filter_map(|c| c.trim().parse().ok()).collect();
    years.len() >= 2
        && years.iter().all(|y| (1900..=2100).contains(y))
        && years.windows(2).all(|w| w[0] != w[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (Vec<String>, u64, usize) {
        let rows: Vec<(u64, Vec<String>)> = text
            .lines()
            .enumerate()
            .map(|(i, l)| (i as u64 + 1, l.split(',').map(str::to_owned).collect()))
            .collect();
        let header = find(&rows);
        (header.cells, header.position, header.preamble.len())
    }

    #[test]
    fn headers() {
        assert_eq!(check("a,b\n1,2"), (vec!["a".into(), "b".into()], 1, 0));
        assert_eq!(
            check("Al 3 de marzo,,,\nListado,,,\nno,rfc,nombre,\n1,X1,Y,\n2,X2,Z,").1,
            3
        );
        assert_eq!(
            check("ANA,0012\nBEA,0013\nCARLA,0014"),
            (vec!["column_1".into(), "column_2".into()], 0, 0)
        );
        assert_eq!(check("Estado,2015,2016\nX,1,2\nY,3,4").1, 1);
        assert_eq!(check(",codigo,nombre\nAPF,12,A\nAPF,13,B").1, 1);
    }
}
