//! CSV that opens well in a spreadsheet and cannot run anything there.

/// A CSV under construction: UTF-8 with a byte order mark, comma, CRLF.
#[derive(Debug)]
pub(crate) struct Csv(String);

impl Csv {
    /// A CSV with its header.
    pub(crate) fn new(header: &[&str]) -> Self {
        let mut csv = Self("\u{feff}".to_owned());
        csv.row(header);
        csv
    }

    /// Adds a row.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.cell(cell.as_ref());
        }
        self.0.push_str("\r\n");
    }

    /// The finished text.
    pub(crate) fn finish(self) -> String {
        self.0
    }

    fn cell(&mut self, text: &str) {
        let defused = is_formula(text);
        if !defused && !text.contains([',', '"', '\n', '\r']) {
            return self.0.push_str(text);
        }
        self.0.push('"');
        if defused {
            self.0.push('\'');
        }
        self.0.push_str(&text.replace('"', "\"\""));
        self.0.push('"');
    }
}

/// True when a spreadsheet could take the text for a formula. A plain negative number is no formula.
fn is_formula(text: &str) -> bool {
    let number = text.strip_prefix('-').is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) && !number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_numbers_kept() {
        let mut csv = Csv::new(&["a", "b"]);
        csv.row(&["=1+1", "-50270602.10"]);
        csv.row(&["@x", "say \"hi\", you"]);
        csv.row(&["-cmd", "\tx"]);
        assert_eq!(
            csv.finish(),
            "\u{feff}a,b\r\n\"'=1+1\",-50270602.10\r\n\"'@x\",\"say \"\"hi\"\", you\"\r\n\"'-cmd\",\"'\tx\"\r\n"
        );
    }
}
