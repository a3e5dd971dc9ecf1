//! What was asked: words, phrases, numbers and filters, each within bounds.
//!
//! Nothing that can be written into an address is an error here: what is too much is left out.

use super::text::{Word, as_written, bare, words};

/// Signs of a question that count.
const SIGNS: usize = 200;
/// Words of a question that count.
const WORDS: usize = 12;
/// Signs of a filter that count.
const FILTER: usize = 300;
/// Results on a page.
pub(crate) const PAGE: usize = 20;
/// Pages of one question: whoever needs more adds a filter.
pub(crate) const MOST_PAGES: usize = 50;

/// Small words and legal forms: they help to order the results, but none must be there.
const SMALL: [&str; 31] = [
    "a", "al", "c", "con", "cv", "de", "del", "e", "el", "en", "i", "la", "las", "los", "o",
    "para", "por", "r", "rl", "s", "sa", "sab", "sapi", "sc", "su", "u", "un", "una", "v", "y",
    "the",
];

/// A filter: its parameter in an address, and its column in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facet {
    /// `tipo`
    pub(crate) parameter: &'static str,
    /// `kind`
    pub(crate) column: &'static str,
}

/// The filters. The last, a buyer, is chosen on other pages and has too many values to count.
pub(crate) const FACETS: [Facet; 7] = [
    Facet {
        parameter: "tipo",
        column: "kind",
    },
    Facet {
        parameter: "lugar",
        column: "place",
    },
    Facet {
        parameter: "fuente",
        column: "source",
    },
    Facet {
        parameter: "anio",
        column: "year",
    },
    Facet {
        parameter: "procedimiento",
        column: "method",
    },
    Facet {
        parameter: "con_banderas",
        column: "flagged",
    },
    Facet {
        parameter: "comprador",
        column: "buyer",
    },
];

/// In what order results are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// The best match first.
    #[default]
    Relevance,
    /// The largest amount first, currency by currency.
    Amount,
}

/// A word of the question.
#[derive(Debug, Clone)]
pub(super) struct Sought {
    pub(super) word: Word,
    /// It stands in quotes: neither other forms nor similar words will do.
    pub(super) is_exact: bool,
    /// A small word.
    pub(super) is_small: bool,
    /// The last word, which may be unfinished.
    pub(super) is_last: bool,
}

/// A number or key of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) written: String,
    pub(super) bare: String,
}

/// A question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// As it was read: one line, cut where it was too long.
    pub(crate) text: String,
    /// True when something was left out.
    pub(crate) is_cut: bool,
    /// True when similar words are asked for, too.
    pub(crate) similar: bool,
    /// The order.
    pub(crate) order: Order,
    /// The page, from 1.
    pub(crate) page: usize,
    /// Codes chosen, in the order of `FACETS`.
    pub(crate) chosen: [Option<String>; FACETS.len()],
    pub(super) words: Vec<Sought>,
    pub(super) phrases: Vec<Vec<Word>>,
    pub(super) numbers: Vec<Number>,
}

impl Asked {
    /// Reads a question.
    pub(crate) fn new(text: &str) -> Self {
        let (text, mut is_cut) = clean(text);
        let mut sought: Vec<Sought> = Vec::new();
        let mut phrases = Vec::new();
        let mut quoted = false;
        for piece in text.split(['"', '“', '”', '«', '»']) {
            let found = words(piece);
            // A quote nobody closed is no quote.
            let is_exact = quoted && !ends_with_piece(&text, piece);
            quoted = !quoted;
            if is_exact && found.len() > 1 {
                phrases.push(found.iter().take(WORDS).cloned().collect());
            }
            sought.extend(found.into_iter().map(|word| Sought {
                is_small: SMALL.contains(&word.folded.as_str()),
                is_exact,
                is_last: false,
                word,
            }));
        }
        is_cut |= sought.len() > WORDS;
        sought.truncate(WORDS);
        if sought.iter().all(|one| one.is_small) {
            for one in &mut sought {
                one.is_small = false;
            }
        }
        if let Some(last) = sought.last_mut() {
            last.is_last = true;
        }
        Self {
            numbers: numbers(&text),
            text,
            is_cut,
            words: sought,
            phrases,
            page: 1,
            ..Self::default()
        }
    }

    /// True when there is nothing to look for in texts and numbers.
    pub(crate) fn is_blank(&self) -> bool {
        self.words.is_empty() && self.numbers.is_empty()
    }

    /// True when a filter is chosen.
    pub(crate) fn is_filtered(&self) -> bool {
        self.chosen.iter().any(Option::is_some)
    }

    /// Chooses a value of a filter.
    pub(crate) fn choose(&mut self, parameter: &str, code: &str) {
        let at = FACETS.iter().position(|facet| facet.parameter == parameter);
        if let Some(at) = at {
            self.chosen[at] = Some(code.chars().take(FILTER).collect());
        }
    }
}

/// True for the piece after the last quote.
fn ends_with_piece(text: &str, piece: &str) -> bool {
    piece.as_ptr() as usize + piece.len() == text.as_ptr() as usize + text.len()
}

/// A text on one line, without what cannot be seen, cut to its bound; and whether it was cut.
pub(crate) fn clean(text: &str) -> (String, bool) {
    let mut line = String::new();
    let mut signs = 0;
    for sign in text.chars() {
        let sign = if sign.is_control() || sign.is_whitespace() {
            ' '
        } else {
            sign
        };
        if sign == ' ' && (line.is_empty() || line.ends_with(' ')) {
            continue;
        }
        if signs == SIGNS {
            line.truncate(line.trim_end().len());
            return (line, true);
        }
        signs += 1;
        line.push(sign);
    }
    line.truncate(line.trim_end().len());
    (line, false)
}

/// What may be a whole number or key: the question itself, and longer words of it with a digit.
fn numbers(text: &str) -> Vec<Number> {
    let unquoted = text.replace(['"', '“', '”', '«', '»'], " ");
    let whole = as_written(&unquoted);
    let parts = whole
        .split(' ')
        .filter(|part| part.chars().count() >= 5 && part.chars().any(|sign| sign.is_ascii_digit()));
    let mut found: Vec<Number> = Vec::new();
    for written in std::iter::once(whole.as_str()).chain(parts) {
        // A comma or a full stop after a number is not of it.
        let written = written.trim_matches(|sign: char| matches!(sign, ',' | ';' | '.' | ':'));
        let number = Number {
            bare: bare(written),
            written: written.to_owned(),
        };
        if !number.bare.is_empty() && !found.contains(&number) && found.len() <= WORDS {
            found.push(number);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, usize, Vec<String>) {
        let asked = Asked::new(text);
        (
            asked
                .words
                .iter()
                .filter(|one| !one.is_small)
                .map(|one| one.word.folded.clone())
                .collect(),
            asked.phrases.len(),
            asked
                .numbers
                .iter()
                .map(|number| number.bare.clone())
                .collect(),
        )
    }

    #[test]
    fn a_question_is_words_phrases_and_numbers() {
        let (words, phrases, numbers) = read("Camino  rural, \"San José\" de LO-009-2015");
        assert_eq!(
            words,
            ["camino", "rural", "san", "jose", "lo", "009", "2015"]
        );
        assert_eq!(phrases, 1);
        assert!(numbers.contains(&"LO0092015".to_owned()));
        assert_eq!(read("\"San José").1, 0, "a quote nobody closed is no quote");
        assert_eq!(
            read("de la").0,
            ["de", "la"],
            "small words alone are all there is"
        );
    }

    #[test]
    fn a_long_question_is_cut() {
        let asked = Asked::new(&"palabra ".repeat(1_000));
        assert!(asked.is_cut && asked.words.len() == WORDS && asked.text.len() <= SIGNS);
        assert_eq!(clean("\u{0}a\n\tb\u{1b}").0, "a b");
    }
}
