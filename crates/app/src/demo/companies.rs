//! Invented companies: names nobody bears, and tax keys with the right shape and check digit.

use super::calendar::Day;

/// A company that sells to offices.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// Its name, with its legal form.
    pub name: String,
    /// Its name as people compare names: capitals, no accents, no legal form.
    pub plain_name: String,
    /// Its tax key. All begin with `ZX`, as no real one we know does.
    pub rfc: String,
}

/// Hands out companies, none twice.
#[derive(Default)]
pub struct Register {
    issued: u64,
}

const TRADES: [&str; 12] = [
    "Constructora",
    "Comercializadora",
    "Servicios Integrales",
    "Grupo",
    "Distribuidora",
    "Ingeniería y Proyectos",
    "Suministros",
    "Consultoría",
    "Tecnologías",
    "Desarrollos",
    "Papelería y Cómputo",
    "Mantenimiento Industrial",
];
const FORMS: [&str; 5] = [
    ", S.A. de C.V.",
    ", S. de R.L. de C.V.",
    " S.A.P.I. de C.V.",
    ", S.C.",
    ", S.A. de C.V.",
];
// Every list keeps its syllables different after accents are removed, so that no two names fold to one.
const FIRST: [&str; 24] = [
    "Zur", "Quel", "Or", "Tav", "Pín", "Mirl", "Lob", "Ñev", "Cas", "Dul", "Fer", "Gal", "Hur",
    "Iv", "Jap", "Kel", "Vor", "Rist", "Sam", "Tolv", "Ubr", "Xal", "Yun", "Bel",
];
const MIDDLE: [&str; 20] = [
    "iba", "ulo", "ené", "ora", "amú", "esi", "ico", "oda", "una", "eto", "ifu", "oja", "era",
    "ago", "uñi", "ivo", "azu", "epi", "ole", "uca",
];
const LAST: [&str; 16] = [
    "bel", "ñor", "tán", "ris", "vex", "mur", "lid", "dón", "que", "fal", "sor", "nix", "pet",
    "gal", "zum", "cor",
];
/// Names that three syllables can make.
const NAMES: u64 = 24 * 20 * 16;

impl Register {
    /// The next company.
    pub fn company(&mut self) -> Company {
        let index = self.issued;
        self.issued += 1;
        let (name, form) = name(index);
        Company {
            plain_name: plain(&name),
            name: name + form,
            rfc: rfc(index),
        }
    }
}

/// The name of a company and its legal form.
fn name(index: u64) -> (String, &'static str) {
    // 2,953 has no factor in common with 7,680, so every index below it gets a place of its own.
    let place = (index % NAMES) * 2_953 % NAMES;
    let mut word = format!(
        "{}{}{}",
        FIRST[(place % 24) as usize],
        MIDDLE[(place / 24 % 20) as usize],
        LAST[(place / 480) as usize]
    );
    if index >= NAMES {
        word.push_str(&format!(" {}", index / NAMES + 1));
    }
    let trade = TRADES[(index * 7 % 12) as usize];
    (format!("{trade} {word}"), FORMS[(index * 3 % 5) as usize])
}

/// Capitals without accents, for the few accents that the lists above use.
fn plain(name: &str) -> String {
    let bare = name.chars().map(|sign| match sign {
        'á' => 'a',
        'é' => 'e',
        'í' => 'i',
        'ó' => 'o',
        'ú' => 'u',
        'ñ' | 'Ñ' => 'n',
        other => other,
    });
    bare.flat_map(char::to_uppercase).collect()
}

fn rfc(index: u64) -> String {
    const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
    const MARKS: &[u8] = b"123456789ABCDEFGHIJKLMNPQRSTUVWXYZ";
    // The two marks say `index` modulo 1,156 (34 times 34) and the date says the rest: no key comes twice.
    let low = index % 1_156;
    let founded = Day::of(2001, 1, 2).plus((index / 1_156 + 13 * (low % 300)) as i64);
    let (year, month, day) = founded.civil();
    let body = format!(
        "ZX{}{:02}{month:02}{day:02}{}{}",
        LETTERS[(low % 20) as usize] as char,
        year % 100,
        MARKS[(low / 34) as usize] as char,
        MARKS[(low % 34) as usize] as char
    );
    let digit = check_digit(&body);
    format!("{body}{digit}")
}

/// The check digit of a company's key: weights 12 to 2 over its eleven signs, modulo 11.
///
/// A company's key is one sign shorter than a person's; the blank in front counts 37 with weight 13.
fn check_digit(body: &str) -> char {
    const TABLE: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ";
    let sum: usize = body
        .chars()
        .enumerate()
        .map(|(place, sign)| TABLE.find(sign).unwrap_or(0) * (12 - place))
        .sum::<usize>()
        + 37 * 13;
    match 11 - sum % 11 {
        11 => '0',
        10 => 'A',
        digit => char::from_digit(digit as u32, 10).unwrap_or('0'),
    }
}
