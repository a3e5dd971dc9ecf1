//! The words of a name: abbreviations read out, and the words of a person's name in an order of their own.

use lake::functions::{fold_text, has_company_form, name_key};
use packs::WordRow;
use std::collections::{BTreeMap, BTreeSet};

/// Two surnames and a given name, up to two of each and particles.
const PERSON_WORDS: std::ops::RangeInclusive<usize> = 3..=7;

/// What a pack says of the words of names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    abbreviations: BTreeMap<String, String>,
    titles: BTreeSet<String>,
    particles: BTreeSet<String>,
    company: BTreeSet<String>,
}

/// What is read of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Read {
    /// The words that are compared, or nothing when no word is left.
    pub(crate) words: Option<String>,
    /// Whether it looks like the name of a person.
    pub(crate) is_person: bool,
}

impl Words {
    pub(crate) fn of(rows: &[WordRow]) -> Words {
        let mut words = Words::default();
        for row in rows {
            let word = fold_text(&row.word);
            match row.kind.as_str() {
                "abbreviation" => {
                    words.abbreviations.insert(word, fold_text(&row.meant));
                }
                "title" => {
                    words.titles.insert(word);
                }
                "particle" => {
                    words.particles.insert(word);
                }
                _ => {
                    words.company.insert(word);
                }
            }
        }
        words
    }

    /// Reads a name.
    ///
    /// The words of a company keep their order: `CORPORATIVO ICSI` and `ICSI CORPORATIVO` are two companies.
    /// Those of a person do not: one office writes the surnames first, another last.
    pub(crate) fn read(&self, name: &str) -> Read {
        let key = name_key(name);
        let mut words: Vec<&str> = key
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| self.abbreviations.get(word).map_or(word, String::as_str))
            .collect();
        let titles = words
            .iter()
            .take_while(|word| self.titles.contains(**word))
            .count();
        // A name that is nothing but titles keeps them.
        if titles < words.len() {
            words.drain(..titles);
        }
        let letters = |word: &&str| word.chars().all(char::is_alphabetic);
        let is_person = !has_company_form(name)
            && PERSON_WORDS.contains(&words.len())
            && words.iter().all(letters)
            && words.iter().all(|word| !self.company.contains(*word));
        if is_person {
            words.retain(|word| !self.particles.contains(*word));
            words.sort_unstable();
        }
        Read {
            words: (!words.is_empty()).then(|| words.join(" ")),
            is_person,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let row = |word: &str, kind: &str, meant: &str| WordRow {
            word: word.to_string(),
            kind: kind.to_string(),
            meant: meant.to_string(),
            note: String::new(),
        };
        Words::of(&[
            row("MA", "abbreviation", "MARIA"),
            row("CONST", "abbreviation", "CONSTRUCCIONES"),
            row("ING", "title", ""),
            row("DE", "particle", ""),
            row("LA", "particle", ""),
            row("CONSTRUCCIONES", "company", ""),
        ])
    }

    fn read(name: &str) -> String {
        words().read(name).words.unwrap_or_default()
    }

    #[test]
    fn a_person_is_the_same_in_any_order() {
        assert_eq!(
            read("MARTÍN MEDINA MORALES"),
            read("MEDINA MORALES  MARTIN")
        );
        assert_eq!(
            read("Ing. Ma. de la Luz Peña Ruiz"),
            read("PEÑA RUIZ MARIA DE LA LUZ")
        );
        assert!(words().read("Medina Morales Martín").is_person);
    }

    #[test]
    fn a_company_keeps_the_order_of_its_words() {
        assert_ne!(read("CORPORATIVO ICSI"), read("ICSI CORPORATIVO"));
        assert_ne!(
            read("MEDINA MORALES MARTIN SA DE CV"),
            read("MARTIN MEDINA MORALES SA DE CV")
        );
        assert_eq!(
            read("Const. del Río Verde, S.A."),
            read("CONSTRUCCIONES DEL RIO VERDE SA DE CV")
        );
        for company in [
            "CONST DEL RIO VERDE",
            "ALFA BETA 3000",
            "UNO DOS",
            "ALFA BETA GAMA SA",
        ] {
            assert!(!words().read(company).is_person, "{company}");
        }
    }

    #[test]
    fn a_name_of_nothing_has_no_words() {
        assert_eq!(words().read(" . ").words, None);
        assert_eq!(read("ING"), "ING");
    }
}
