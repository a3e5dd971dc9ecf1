//! A question as a query of the index.
//!
//! Every way in which a word can match has a fixed worth, far enough from the others that a word as written
//! always stands before another form of it, and that before a similar one; frequency only orders equals.

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery,
    Occur, PhraseQuery, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::ask::{Asked, Sought};
use super::find::Mode;
use super::schema::Fields;
use super::text::Stems;

/// Worth of the ways to match, in a name and in another text.
const WRITTEN: (f32, f32) = (100.0, 50.0);
const ENYE: (f32, f32) = (80.0, 45.0);
const STEM: (f32, f32) = (70.0, 40.0);
const BEGINS: (f32, f32) = (60.0, 30.0);
const ONE_OFF: (f32, f32) = (20.0, 14.0);
const TWO_OFF: (f32, f32) = (10.0, 6.0);
/// Worth of a number or key: equal as written, and equal without separators.
const NUMBER: (f32, f32) = (6_000.0, 5_000.0);
/// Worth of a number among other words.
const NUMBER_AMONG: f32 = 300.0;
/// Worth of a name that holds the words side by side.
const TOGETHER: f32 = 50.0;
/// How much frequency adds, in a name and in another text.
const FREQUENCY: (f32, f32) = (0.5, 0.25);

/// Letters a word needs before one of them may be wrong, and before two may be.
const FORGIVES: [(usize, u8); 2] = [(4, 1), (8, 2)];
/// Words of one question for which similar ones are looked for.
const FORGIVEN: usize = 6;
/// Letters with which a word may begin another.
const BEGINNING: usize = 2;

/// Letters of a word that may be wrong.
pub(super) fn forgives(sought: &Sought) -> u8 {
    if sought.is_exact || sought.is_small || sought.word.is_number() {
        return 0;
    }
    let letters = sought.word.folded.chars().count();
    let allowed = FORGIVES.iter().filter(|(least, _)| letters >= *least);
    allowed.map(|(_, wrong)| *wrong).max().unwrap_or(0)
}

/// True when the last word may be the beginning of another.
pub(super) fn may_begin(sought: &Sought) -> bool {
    sought.is_last
        && !sought.is_small
        && !sought.is_exact
        && !sought.word.is_number()
        && sought.word.folded.chars().count() >= BEGINNING
}

/// A folded word with n in place of ñ, and with each n in turn as ñ: keyboards without ñ write n.
pub(super) fn enyes(folded: &str) -> Vec<String> {
    let mut others = Vec::new();
    if folded.contains('ñ') {
        others.push(folded.replace('ñ', "n"));
    }
    for (at, _) in folded.match_indices('n') {
        others.push(format!("{}ñ{}", &folded[..at], &folded[at + 1..]));
    }
    others
}

/// The query of a question; everything when it asks for nothing.
pub(super) fn query(asked: &Asked, fields: &Fields, mode: Mode) -> Box<dyn Query> {
    let mut ways: Vec<Box<dyn Query>> = Vec::new();
    for number in &asked.numbers {
        ways.push(worth(term(fields.number, &number.bare), NUMBER.1));
        ways.push(worth(term(fields.number, &number.written), NUMBER.0));
    }
    if !asked.words.is_empty() {
        ways.push(words(asked, fields, mode));
    }
    if ways.is_empty() {
        return Box::new(ConstScoreQuery::new(Box::new(AllQuery), 1.0));
    }
    Box::new(BooleanQuery::union(ways))
}

/// All words but the small ones; most of them when that finds nothing.
fn words(asked: &Asked, fields: &Fields, mode: Mode) -> Box<dyn Query> {
    let mut stems = Stems::new();
    let mut forgiven = FORGIVEN;
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    let mut needed = 0_usize;
    for sought in &asked.words {
        let mut wrong = 0;
        if mode != Mode::Written && forgives(sought) > 0 && forgiven > 0 {
            forgiven -= 1;
            wrong = forgives(sought);
        }
        let occur = match (sought.is_small, mode) {
            // What is quoted was meant.
            (false, _) if sought.is_exact => Occur::Must,
            (false, Mode::Written | Mode::Similar) => Occur::Must,
            (false, Mode::Most) => {
                needed += 1;
                Occur::Should
            }
            // Most of the words: a small one is none of them.
            (true, Mode::Most) => continue,
            (true, _) => Occur::Should,
        };
        clauses.push((occur, word(sought, fields, &mut stems, wrong)));
    }
    for phrase in &asked.phrases {
        let ways = [fields.name, fields.also].map(|field| {
            let terms: Vec<Term> = phrase
                .iter()
                .map(|word| Term::from_field_text(field, &word.folded))
                .collect();
            Box::new(PhraseQuery::new(terms)) as Box<dyn Query>
        });
        let either = DisjunctionMaxQuery::new(ways.into_iter().collect());
        clauses.push((Occur::Must, worth(Box::new(either), TOGETHER)));
    }
    if mode != Mode::Most {
        let side_by_side: Vec<Term> = asked
            .words
            .iter()
            .map(|sought| Term::from_field_text(fields.name, &sought.word.folded))
            .collect();
        if side_by_side.len() > 1 {
            let together = worth(Box::new(PhraseQuery::new(side_by_side)), TOGETHER);
            clauses.push((Occur::Should, together));
        }
        return Box::new(BooleanQuery::with_minimum_required_clauses(clauses, 0));
    }
    let least = needed - (needed / 3).max(1).min(needed.saturating_sub(1));
    Box::new(BooleanQuery::with_minimum_required_clauses(clauses, least))
}

/// Every way in which one word can match; the best one counts.
fn word(sought: &Sought, fields: &Fields, stems: &mut Stems, wrong: u8) -> Box<dyn Query> {
    let folded = sought.word.folded.as_str();
    let pairs = [
        (fields.name, fields.name_stem),
        (fields.also, fields.also_stem),
    ];
    let mut ways: Vec<Box<dyn Query>> = Vec::new();
    let mut counted: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    for (index, (field, stem_field)) in pairs.into_iter().enumerate() {
        let of = |worths: (f32, f32)| if index == 0 { worths.0 } else { worths.1 };
        let mut add = |query: Box<dyn Query>, worths| ways.push(worth(query, of(worths)));
        if sought.is_small && index > 0 {
            continue;
        }
        add(term(field, folded), WRITTEN);
        counted.push((
            Occur::Should,
            Box::new(BoostQuery::new(
                Box::new(TermQuery::new(
                    Term::from_field_text(field, folded),
                    IndexRecordOption::WithFreqs,
                )),
                of(FREQUENCY),
            )),
        ));
        if sought.is_exact || sought.is_small || sought.word.is_number() {
            continue;
        }
        for other in enyes(folded) {
            add(term(field, &other), ENYE);
        }
        add(term(stem_field, &stems.of(&sought.word)), STEM);
        if may_begin(sought) {
            let begins = FuzzyTermQuery::new_prefix(Term::from_field_text(field, folded), 0, true);
            add(Box::new(begins), BEGINS);
        }
        for (distance, worths) in [(1, ONE_OFF), (2, TWO_OFF)] {
            if distance <= wrong {
                let term = Term::from_field_text(field, folded);
                add(Box::new(FuzzyTermQuery::new(term, distance, true)), worths);
            }
        }
    }
    if sought.word.is_number() {
        let number = folded.to_uppercase();
        ways.push(worth(term(fields.number, &number), NUMBER_AMONG));
    }
    counted.push((Occur::Should, Box::new(DisjunctionMaxQuery::new(ways))));
    Box::new(BooleanQuery::new(counted))
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::Basic,
    ))
}

fn worth(query: Box<dyn Query>, worth: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, worth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n_stands_for_enye_on_a_keyboard_without_it() {
        assert_eq!(enyes("peña"), ["pena"]);
        assert_eq!(enyes("pena"), ["peña"]);
        assert_eq!(enyes("manana"), ["mañana", "manaña"]);
        assert!(enyes("luz").is_empty());
    }

    #[test]
    fn short_words_and_numbers_are_never_guessed_at() {
        let wrong = |text: &str| forgives(&Asked::new(text).words[0]);
        assert_eq!(
            [
                wrong("sol"),
                wrong("obra"),
                wrong("carreter"),
                wrong("a1b2c3d4"),
                wrong("\"obra\"")
            ],
            [0, 1, 2, 0, 0]
        );
    }
}
