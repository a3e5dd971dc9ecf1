//! Why a page was found: which of its texts and numbers match the question, and how.
//!
//! Asked only of the pages that are shown, by comparing their own texts with the question.

use super::ask::{Asked, Sought};
use super::entry::Entry;
use super::find::Mode;
use super::query::{enyes, forgives, may_begin};
use super::text::{Stems, Word, as_written, bare, distance, is_hidden, words};

/// Signs shown on either side of a match.
const AROUND: usize = 70;

/// How something matches, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// A number, equal as written.
    SameNumber,
    /// A number, equal without its separators.
    BareNumber,
    /// The word as written.
    Written,
    /// The word, but for its accents.
    Accents,
    /// The word with n in place of ñ, or the other way.
    Enye,
    /// Another form of the word.
    Form,
    /// A word that begins like this.
    Begins,
    /// A similar word.
    Similar,
    /// The word is nowhere in it.
    Absent,
}

/// A piece of a text, and whether it matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The piece.
    pub(crate) text: String,
    /// True for what matches.
    pub(crate) is_match: bool,
}

/// One of the reasons for which a page was found.
#[derive(Debug, Clone)]
pub(crate) struct Why {
    /// What matches: `name`, what another text is, what a number is; blank for a word that is nowhere.
    pub(crate) place: String,
    /// How its words match, and which they are: the word asked for, and the word found.
    pub(crate) words: Vec<(How, String, String)>,
    /// The text around the match, with the match marked.
    pub(crate) parts: Vec<Part>,
}

/// The match of one word in one text.
struct Match {
    how: How,
    sought: String,
    word: Word,
}

/// The reasons, numbers first, then the name, then the other texts; last the words that are nowhere.
pub(super) fn why(asked: &Asked, entry: &Entry, mode: Mode) -> Vec<Why> {
    let mut reasons: Vec<Why> = numbers(asked, entry);
    let mut stems = Stems::new();
    let mut cut = |text: &str| -> Vec<(Word, String)> {
        words(text)
            .into_iter()
            .map(|word| (word.clone(), stems.of(&word)))
            .collect()
    };
    let mut texts = vec![("name", entry.name.as_str(), cut(&entry.name))];
    for (what, text) in &entry.also {
        texts.push((what, text, cut(text)));
    }
    let mut matches: Vec<Vec<Match>> = texts.iter().map(|_| Vec::new()).collect();
    let mut absent = Vec::new();
    // A small word is no reason.
    for sought in asked.words.iter().filter(|one| !one.is_small) {
        let forms = Forms::of(sought, mode, &mut stems);
        let best = texts
            .iter()
            .enumerate()
            .filter_map(|(index, (_, _, found))| {
                let ways = found
                    .iter()
                    .filter_map(|(word, stem)| forms.how(word, stem));
                Some((ways.min()?, index))
            })
            .min();
        let Some((how, index)) = best else {
            let is_number = || {
                entry
                    .ids
                    .iter()
                    .any(|(_, id)| !is_hidden(id) && bare(id) == bare(&sought.word.folded))
            };
            if !(sought.word.is_number() && is_number()) {
                absent.push((How::Absent, original(asked, sought), String::new()));
            }
            continue;
        };
        for (word, stem) in &texts[index].2 {
            if forms.how(word, stem) == Some(how) {
                matches[index].push(Match {
                    how,
                    sought: original(asked, sought),
                    word: word.clone(),
                });
            }
        }
    }
    for ((what, text, _), mut found) in texts.into_iter().zip(matches) {
        if found.is_empty() {
            continue;
        }
        found.sort_by_key(|one| (one.word.from, one.how));
        found.dedup_by_key(|one| one.word.from);
        let mut told: Vec<(How, String, String)> = Vec::new();
        for one in &found {
            let word = (
                one.how,
                one.sought.clone(),
                text[one.word.from..one.word.to].to_owned(),
            );
            if !told.contains(&word) {
                told.push(word);
            }
        }
        told.sort_by_key(|(how, _, _)| *how);
        reasons.push(Why {
            place: what.to_owned(),
            words: told,
            parts: marked(text, &found, what != "name"),
        });
    }
    // Beside an equal number, words that are nowhere are no news.
    if !absent.is_empty()
        && reasons
            .iter()
            .all(|one| one.words.iter().all(|(how, _, _)| *how > How::BareNumber))
    {
        reasons.push(Why {
            place: String::new(),
            words: absent,
            parts: Vec::new(),
        });
    }
    reasons
}

/// The word as the reader wrote it.
fn original(asked: &Asked, sought: &Sought) -> String {
    words(&asked.text)
        .into_iter()
        .find(|word| word.accented == sought.word.accented)
        .map_or_else(
            || sought.word.accented.clone(),
            |word| asked.text[word.from..word.to].to_owned(),
        )
}

fn numbers(asked: &Asked, entry: &Entry) -> Vec<Why> {
    let mut reasons: Vec<Why> = Vec::new();
    for (what, id) in entry.ids.iter().filter(|(_, id)| !is_hidden(id)) {
        let (written, without) = (as_written(id), bare(id));
        let how = asked
            .numbers
            .iter()
            .filter_map(|number| {
                if number.written == written {
                    Some(How::SameNumber)
                } else if number.bare == without {
                    Some(How::BareNumber)
                } else {
                    None
                }
            })
            .min();
        let among = || {
            asked
                .words
                .iter()
                .any(|one| one.word.is_number() && one.word.folded.to_uppercase() == without)
        };
        let how = how.or_else(|| among().then_some(How::SameNumber));
        if let Some(how) = how
            && reasons.iter().all(|other| other.parts[0].text != *id)
        {
            reasons.push(Why {
                place: what.clone(),
                words: vec![(how, String::new(), id.clone())],
                parts: vec![Part {
                    text: id.clone(),
                    is_match: true,
                }],
            });
        }
    }
    reasons.sort_by_key(|reason| reason.words[0].0);
    reasons.truncate(3);
    reasons
}

/// The ways in which a word of the question may match.
struct Forms<'a> {
    sought: &'a Sought,
    enyes: Vec<String>,
    stem: Option<String>,
    wrong: usize,
}

impl<'a> Forms<'a> {
    fn of(sought: &'a Sought, mode: Mode, stems: &mut Stems) -> Self {
        let bends = !sought.is_exact && !sought.word.is_number();
        Self {
            sought,
            enyes: if bends {
                enyes(&sought.word.folded)
            } else {
                Vec::new()
            },
            stem: bends.then(|| stems.of(&sought.word)),
            wrong: match mode {
                Mode::Written => 0,
                Mode::Similar | Mode::Most => usize::from(forgives(sought)),
            },
        }
    }

    fn how(&self, word: &Word, stem: &str) -> Option<How> {
        let sought = &self.sought.word;
        if word.accented == sought.accented {
            return Some(How::Written);
        }
        if word.folded == sought.folded {
            return Some(How::Accents);
        }
        if self.enyes.contains(&word.folded) {
            return Some(How::Enye);
        }
        if self.stem.as_deref() == Some(stem) {
            return Some(How::Form);
        }
        if may_begin(self.sought) && word.folded.starts_with(&sought.folded) {
            return Some(How::Begins);
        }
        (self.wrong > 0 && distance(&sought.folded, &word.folded, self.wrong).is_some())
            .then_some(How::Similar)
    }
}

/// A text cut around its first match, with its matches marked.
fn marked(text: &str, found: &[Match], is_cut: bool) -> Vec<Part> {
    let (mut from, mut to) = (0, text.len());
    if is_cut {
        let first = found.first().map_or(0, |one| one.word.from);
        let before = text[..first].char_indices().rev().nth(AROUND - 1);
        from = before.map_or(0, |(at, _)| at);
        let after = text[first..].char_indices().nth(AROUND * 2);
        to = after.map_or(text.len(), |(at, _)| first + at);
        // Words are left whole.
        if from > 0 {
            let blank = text[from..first].find(' ');
            from = blank.map_or(first, |at| from + at + 1);
        }
        if to < text.len() {
            let last = found
                .iter()
                .map(|one| one.word.to)
                .filter(|end| *end <= to)
                .max();
            let blank = text[..to]
                .rfind(' ')
                .filter(|at| last.is_none_or(|end| *at >= end));
            to = blank.unwrap_or(to);
        }
    }
    let mut parts = Vec::new();
    let mut add = |text: &str, is_match| {
        if !text.is_empty() {
            parts.push(Part {
                text: text.to_owned(),
                is_match,
            });
        }
    };
    if from > 0 {
        add("… ", false);
    }
    let mut at = from;
    for one in found
        .iter()
        .filter(|one| one.word.from >= from && one.word.to <= to)
    {
        add(&text[at..one.word.from], false);
        add(&text[one.word.from..one.word.to], true);
        at = one.word.to;
    }
    add(&text[at..to], false);
    if to < text.len() {
        add(" …", false);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(question: &str, name: &str, also: &str, mode: Mode) -> Vec<String> {
        let entry = Entry {
            name: name.into(),
            also: vec![("buyer".into(), also.into())],
            ids: vec![("RFC".into(), "CEN-010203-XY1".into())],
            ..Entry::default()
        };
        why(&Asked::new(question), &entry, mode)
            .iter()
            .map(|why| {
                let parts: String = why
                    .parts
                    .iter()
                    .map(|part| {
                        if part.is_match {
                            format!("[{}]", part.text)
                        } else {
                            part.text.clone()
                        }
                    })
                    .collect();
                format!(
                    "{} {:?} {parts}",
                    why.place,
                    why.words.iter().map(|word| word.0).collect::<Vec<_>>()
                )
            })
            .collect()
    }

    #[test]
    fn every_way_of_matching_is_told() {
        let name = "Constructora Núñez de Lurma";
        for (question, reason) in [
            (
                "constructora",
                "name [Written] [Constructora] Núñez de Lurma",
            ),
            ("nuñez", "name [Accents] Constructora [Núñez] de Lurma"),
            ("nunez", "name [Enye] Constructora [Núñez] de Lurma"),
            ("constructoras", "name [Form] [Constructora] Núñez de Lurma"),
            ("lur", "name [Begins] Constructora Núñez de [Lurma]"),
            ("lumra", "name [Similar] Constructora Núñez de [Lurma]"),
            ("cen010203xy1", "RFC [BareNumber] [CEN-010203-XY1]"),
            ("CEN-010203-xy1", "RFC [SameNumber] [CEN-010203-XY1]"),
            ("de nada", " [Absent] "),
        ] {
            assert_eq!(
                found(question, name, "Caminos", Mode::Similar)[0],
                reason,
                "{question}"
            );
        }
        assert_eq!(
            found(
                "caminos",
                name,
                &format!("{} Caminos {}", "ñandú ".repeat(40), "b ".repeat(90)),
                Mode::Written
            )
            .len(),
            1
        );
        assert!(found("lumra", name, "", Mode::Written)[0].contains("Absent"));
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        let long = format!("{}Caminos {}", "ñandú ".repeat(40), "b ".repeat(200));
        let told = &found("caminos", "x", &long, Mode::Written)[0];
        assert!(
            told.contains("… ñandú") && told.contains("[Caminos]") && told.ends_with(" …"),
            "{told}"
        );
        assert!(told.chars().count() < 260);
    }
}
