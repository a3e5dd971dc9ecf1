//! Words of a text and signs of a number, as the index keeps them.

use tantivy::tokenizer::{Language, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer};

/// Signs of a word that count: no two words of a language differ only after that.
const WORD: usize = 64;
/// What stands in place of the hidden signs of a private person's key.
const HIDDEN: char = '•';

/// A word, and where it stands in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// First byte.
    pub(crate) from: usize,
    /// Byte after the last.
    pub(crate) to: usize,
    /// Lower case, with its accents.
    pub(crate) accented: String,
    /// Lower case without accents; ñ stays a letter of its own.
    pub(crate) folded: String,
    signs: usize,
}

impl Word {
    fn push(&mut self, sign: char) {
        if self.signs < WORD {
            self.signs += 1;
            for lower in sign.to_lowercase() {
                self.accented.push(lower);
                self.folded.push(folded(lower));
            }
        }
    }

    /// Puts an accent that is written after its letter on the letter.
    fn combine(&mut self, mark: char) {
        let Some(letter) = self.accented.pop() else {
            return;
        };
        let joined = match (letter, mark) {
            ('a', '\u{301}') => 'á',
            ('e', '\u{301}') => 'é',
            ('i', '\u{301}') => 'í',
            ('o', '\u{301}') => 'ó',
            ('u', '\u{301}') => 'ú',
            ('u', '\u{308}') => 'ü',
            ('n', '\u{303}') => 'ñ',
            _ => letter,
        };
        self.accented.push(joined);
        if joined == 'ñ' {
            self.folded.pop();
            self.folded.push('ñ');
        }
    }

    /// True when the word is, or holds, a number: it is never guessed at.
    pub(crate) fn is_number(&self) -> bool {
        self.folded.chars().any(char::is_numeric)
    }
}

/// The words of a text, in order. What is left of a hidden key is no word.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut open: Option<Word> = None;
    for (at, sign) in text.char_indices() {
        let after = at + sign.len_utf8();
        match sign {
            '\u{300}'..='\u{36f}' => {
                if let Some(word) = &mut open {
                    word.combine(sign);
                    word.to = after;
                }
            }
            'º' | 'ª' => words.extend(open.take()),
            sign if sign.is_alphanumeric() => {
                let word = open.get_or_insert_with(|| Word {
                    from: at,
                    to: at,
                    accented: String::new(),
                    folded: String::new(),
                    signs: 0,
                });
                word.push(sign);
                word.to = after;
            }
            HIDDEN => open = None,
            _ => words.extend(open.take()),
        }
    }
    words.extend(open);
    words
}

fn folded(sign: char) -> char {
    match sign {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ē' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ī' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ū' => 'u',
        'ý' | 'ÿ' => 'y',
        'ç' => 'c',
        other => other,
    }
}

/// A number or key as written: upper case, one blank at most between its parts.
pub(crate) fn as_written(text: &str) -> String {
    let parts: Vec<String> = text.split_whitespace().map(str::to_uppercase).collect();
    parts.join(" ")
}

/// A number or key without separators. `Ñ` and `&` stand in tax keys, so they stay.
pub(crate) fn bare(text: &str) -> String {
    text.chars()
        .flat_map(char::to_uppercase)
        .filter(|sign| sign.is_alphanumeric() || *sign == '&')
        .collect()
}

/// True for a text with something hidden in it.
pub(crate) fn is_hidden(text: &str) -> bool {
    text.contains(HIDDEN)
}

/// Cuts words to Spanish stems. Accents tell an ending from a root, so they are needed until here.
pub(crate) struct Stems(TextAnalyzer);

impl Stems {
    pub(crate) fn new() -> Self {
        Self(stem_analyzer())
    }

    /// The stem of one word.
    pub(crate) fn of(&mut self, word: &Word) -> String {
        let mut stream = self.0.token_stream(&word.accented);
        if stream.advance() {
            stream.token().text.clone()
        } else {
            word.folded.clone()
        }
    }
}

/// Folded words, for the index.
pub(super) fn fold_analyzer() -> TextAnalyzer {
    TextAnalyzer::from(Words { folded: true })
}

/// Stems, for the index.
pub(super) fn stem_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Words { folded: false })
        .filter(Stemmer::new(Language::Spanish))
        .build()
}

#[derive(Clone)]
struct Words {
    folded: bool,
}

struct Stream {
    words: std::vec::IntoIter<Word>,
    folded: bool,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        Stream {
            words: words(text).into_iter(),
            folded: self.folded,
            token: Token::default(),
        }
    }
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else {
            return false;
        };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = word.from;
        self.token.offset_to = word.to;
        self.token.text = if self.folded {
            word.folded
        } else {
            word.accented
        };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Letters to change, add, leave out or swap with a neighbour to make one word of the other; none above `most`.
pub(crate) fn distance(one: &str, other: &str, most: usize) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for row in 1..=one.len() {
        let mut line = vec![row; other.len() + 1];
        for column in 1..=other.len() {
            let same = usize::from(one[row - 1] != other[column - 1]);
            let mut least = (last[column - 1] + same)
                .min(last[column] + 1)
                .min(line[column - 1] + 1);
            if row > 1
                && column > 1
                && one[row - 1] == other[column - 2]
                && one[row - 2] == other[column - 1]
            {
                least = least.min(before[column - 2] + 1);
            }
            line[column] = least;
        }
        before = std::mem::replace(&mut last, line);
    }
    Some(last[other.len()]).filter(|found| *found <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(text: &str) -> String {
        let words: Vec<String> = words(text).into_iter().map(|word| word.folded).collect();
        words.join(" ")
    }

    #[test]
    fn accents_go_and_enye_stays() {
        assert_eq!(fold("  Núñez,  S.A. de C.V. "), "nuñez s a de c v");
        assert_eq!(
            fold("Nu\u{301}n\u{303}ez GÜEMES"),
            "nuñez guemes",
            "accents may be written apart"
        );
        assert_eq!(fold("1º de mayo"), "1 de mayo");
        assert_eq!(
            fold("ROSM••••••••• Soto"),
            "soto",
            "a hidden key is no word"
        );
    }

    #[test]
    fn words_know_where_they_stand() {
        let text = "«Peña», S.A.";
        let found = words(text);
        assert_eq!(&text[found[0].from..found[0].to], "Peña");
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_stem_is_the_same_for_one_and_many() {
        let mut stems = Stems::new();
        let mut stem = |text: &str| stems.of(&words(text)[0]);
        assert_eq!(stem("construcción"), stem("construcciones"));
        assert_eq!(stem("carretera"), stem("carreteras"));
    }

    #[test]
    fn swapped_neighbours_are_one_mistake() {
        assert_eq!(distance("lumra", "lurma", 1), Some(1));
        assert_eq!(distance("lumra", "lurma", 0), None);
        assert_eq!(distance("peña", "pena", 1), Some(1));
        assert_eq!(distance("construcora", "constructora", 2), Some(1));
        assert_eq!(distance("abcd", "wxyz", 2), None);
    }

    #[test]
    fn numbers_lose_their_separators() {
        assert_eq!(bare(" lo-009000999-n1-2015 "), "LO009000999N12015");
        assert_eq!(as_written(" lo-1  a "), "LO-1 A");
    }
}
