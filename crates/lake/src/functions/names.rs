//! Names of companies and people, and the taxpayer key (RFC).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Upper case without accents or tilde (Ñ becomes N), trimmed, single blanks.
pub fn fold_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_uppercase)
    {
        if !c.is_whitespace() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Company forms, each as the words it may end a name with; longer ones first.
/// The list is what was seen in published files, with and without `DE CV`.
const FORMS: &[&[&str]] = &[
    &["S", "DE", "R", "L", "MI"],
    &["S", "DE", "RL", "MI"],
    &["SPR", "DE", "RL"],
    &["SPR", "DE", "RI"],
    &["S", "DE", "R", "L"],
    &["S", "DE", "RL"],
    &["S", "A", "P", "I"],
    &["S", "P", "R"],
    &["S", "A", "B"],
    &["S", "A", "S"],
    &["SAPI"],
    &["SPR"],
    &["SAB"],
    &["SAS"],
    &["S", "A"],
    &["S", "C"],
    &["A", "C"],
    &["SRL"],
    &["SA"],
    &["SC"],
    &["AC"],
];
const CAPITAL: &[&[&str]] = &[&["DE", "C", "V"], &["DE", "CV"], &["C", "V"], &["CV"]];

/// The key of a legal name: upper case, no accents or tilde, dots deleted, every other sign a blank, `&` read `Y`,
/// then one or more trailing company forms removed.
///
/// Equal keys are a *possible* match, never more: different companies can share their words.
pub fn name_key(text: &str) -> String {
    let clean = clean_name(text);
    let mut words: Vec<&str> = clean.split(' ').filter(|word| !word.is_empty()).collect();
    loop {
        let kept = without_form(&words);
        // A name that is nothing but a form (`SA DE CV`) keeps its words.
        if kept == words.len() || kept == 0 {
            break;
        }
        words.truncate(kept);
    }
    words.join(" ")
}

/// Whether a name ends with a company form.
pub fn has_company_form(text: &str) -> bool {
    let clean = clean_name(text);
    let words: Vec<&str> = clean.split(' ').filter(|word| !word.is_empty()).collect();
    without_form(&words) < words.len()
}

/// Upper case, no accents or tilde, dots deleted, every other sign a blank, `&` read `Y`.
fn clean_name(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for c in fold_text(text).chars() {
        match c {
            '.' => {}
            '&' => clean.push_str(" Y "),
            c if c.is_alphanumeric() => clean.push(c),
            _ => clean.push(' '),
        }
    }
    clean
}

/// How many words stay when one trailing form (with or without `DE CV`) is taken off.
fn without_form(words: &[&str]) -> usize {
    let capital = CAPITAL
        .iter()
        .find(|tail| words.ends_with(tail))
        .map_or(0, |tail| tail.len());
    let head = &words[..words.len() - capital];
    let form = FORMS
        .iter()
        .find(|tail| head.ends_with(tail))
        .map_or(0, |tail| tail.len());
    match (capital, form) {
        (0, 0) => words.len(),
        (_, form) => head.len() - form,
    }
}

/// A name from the cells of a form: given name or company, and two surnames.
///
/// Offices repeat a company's name in every cell, write there that surnames do not apply, or put another
/// company: only what adds to the name is joined.
pub fn join_name(first: &str, paternal: &str, maternal: &str) -> String {
    let tidy = |text: &str| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        text.trim_end_matches([',', ';', ' ']).to_owned()
    };
    let first = tidy(first);
    let mut seen = vec![name_key(&first)];
    let is_company = has_company_form(&first);
    let mut name = first;
    for part in [paternal, maternal] {
        let part = tidy(part);
        let key = name_key(&part);
        let adds = !key.is_empty() && !seen.contains(&key) && !says_nothing(&key);
        let other_company = is_company || has_company_form(&part);
        if adds && (name.is_empty() || !other_company) {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(&part);
        }
        seen.push(key);
    }
    if says_nothing(&name_key(&name)) {
        String::new()
    } else {
        name
    }
}

/// The names of a cell that holds several: one to a line, between semicolons or wide gaps, or after commas that
/// follow a company form, as in `ARCOE, S.A. DE C.V., CLEAN, S.C.`
pub fn parse_names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let spaced = text.replace('\t', "    ");
    for line in spaced.split(['\n', '\r', ';']) {
        for piece in line.split("    ") {
            let mut name = String::new();
            for part in piece.split(',') {
                if has_company_form(&name) && !is_only_form(part) {
                    push_name(&mut names, &name);
                    name.clear();
                }
                if !name.is_empty() {
                    name.push(',');
                }
                name.push_str(part);
            }
            push_name(&mut names, &name);
        }
    }
    names
}

fn push_name(names: &mut Vec<String>, name: &str) {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches([',', '.', ' ']).trim();
    if name.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        return;
    }
    // The form was cut off by a gap: `SIMPLIFICADO PUNTO     S.A. DE C.V.`
    match names.last_mut() {
        Some(last) if is_only_form(name) => {
            last.push_str(", ");
            last.push_str(name);
        }
        _ => names.push(name.to_owned()),
    }
}

/// `S.A. de C.V.` and nothing else.
fn is_only_form(text: &str) -> bool {
    let probe = format!("X {text}");
    name_key(&probe) == "X"
}

/// What people write into a cell that does not apply to them.
fn says_nothing(key: &str) -> bool {
    const NOTHING: &[&str] = &[
        "NO APLICA",
        "NO HAY",
        "NO SE",
        "PERSONA MORAL",
        "PERSONA FISICA",
        "NINGUNO",
        "NINGUNA",
        "SE DECLARA",
        "DESIERT",
        "SIN ",
    ];
    key.is_empty()
        || matches!(key, "N A" | "NA" | "ND" | "S N" | "X" | "0")
        || NOTHING.iter().any(|start| key.starts_with(start))
}

/// Upper case, without blanks, dots and dashes, and without a leading `RFC` or `MX-RFC`.
pub fn parse_rfc(text: &str) -> (Option<String>, Option<&'static str>) {
    let clean: String = text
        .nfc()
        .flat_map(char::to_uppercase)
        .filter(|c| c.is_alphanumeric() || *c == '&')
        .collect();
    if clean.is_empty() {
        return (None, None);
    }
    let clean = clean
        .strip_prefix("MXRFC")
        .or_else(|| clean.strip_prefix("RFC"))
        .unwrap_or(&clean)
        .to_string();
    match is_rfc(&clean) {
        true => (Some(clean), None),
        false => (None, Some("rfc_malformed")),
    }
}

/// Whether the text has the form of an RFC: three or four letters, a date, three signs.
pub fn is_rfc(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    let letters = match signs.len() {
        12 => 3, // A company.
        13 => 4, // A person.
        _ => return false,
    };
    let digits = &signs[letters..letters + 6];
    let number = |from: usize| {
        digits[from]
            .to_digit(10)
            .zip(digits[from + 1].to_digit(10))
            .map(|(tens, ones)| tens * 10 + ones)
    };
    signs[..letters]
        .iter()
        .all(|c| c.is_ascii_uppercase() || *c == 'Ñ' || *c == '&')
        && digits.iter().all(char::is_ascii_digit)
        && number(2).is_some_and(|month| (1..=12).contains(&month))
        && number(4).is_some_and(|day| (1..=31).contains(&day))
        && signs[letters + 6..]
            .iter()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// Whether the last sign of an RFC is the check digit of the others.
///
/// Source: the published algorithm of the tax authority (weights 13 to 2, modulo 11). Some true RFC fail it.
pub fn rfc_has_check_digit(rfc: &str) -> bool {
    const SIGNS: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";
    let padded: String = if rfc.chars().count() == 12 {
        format!(" {rfc}")
    } else {
        rfc.to_string()
    };
    let signs: Vec<char> = padded.chars().collect();
    let Some((last, head)) = signs.split_last() else {
        return false;
    };
    let mut sum = 0;
    for (index, sign) in head.iter().enumerate() {
        let Some(value) = SIGNS.chars().position(|known| known == *sign) else {
            return false;
        };
        sum += value * (13 - index);
    }
    let wanted = match 11 - sum % 11 {
        11 => '0',
        10 => 'A',
        digit => char::from_digit(digit as u32, 10).expect("below ten"),
    };
    *last == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_taken_off_the_end() {
        for name in [
            "LURMA INTEGRAL",
            "Lurma Integral, S.A. de C.V.",
            "LURMA  INTEGRAL SA DE CV",
            "LURMA INTEGRAL S A DE C V",
        ] {
            assert_eq!(name_key(name), "LURMA INTEGRAL", "{name}");
        }
        assert_eq!(
            name_key("GLY GRUPO CONSTRUCTOR S DE RL DE CV"),
            "GLY GRUPO CONSTRUCTOR"
        );
        assert_eq!(name_key("PEÑA & HIJOS, S. de R.L. MI"), "PENA Y HIJOS");
        assert_eq!(name_key("SA DE CV"), "SA DE CV");
    }

    #[test]
    fn a_company_form_is_seen() {
        assert!(has_company_form("Lurma Integral, S.A. de C.V."));
        assert!(!has_company_form("MEDINA MORALES MARTIN"));
        assert!(!has_company_form(""));
    }

    #[test]
    fn rfc_has_a_form() {
        assert!(is_rfc("LIN140805IN5"));
        assert!(is_rfc("AABR711124971"));
        assert!(!is_rfc("XXXXXXXXXXXX"));
        assert_eq!(
            parse_rfc("RFC-COT930531J32").0.as_deref(),
            Some("COT930531J32")
        );
        assert_eq!(parse_rfc("NGA030930K"), (None, Some("rfc_malformed")));
        assert!(!rfc_has_check_digit("ACC071123LL9"));
    }

    #[test]
    fn names_of_one_person_are_joined_once() {
        assert_eq!(join_name("Juan", "Pérez", "Díaz"), "Juan Pérez Díaz");
        assert_eq!(
            join_name("COMSA, S.A.", "COMSA, S.A.", "COMSA, S.A."),
            "COMSA, S.A."
        );
        assert_eq!(
            join_name(
                "G.P. Construcciones, S.A.",
                "Grupo Femaya, S.A. de C.V.",
                ""
            ),
            "G.P. Construcciones, S.A."
        );
        assert_eq!(
            join_name("Rack Star, S.A. de C.V.", "No Aplica Persona moral", "N/A"),
            "Rack Star, S.A. de C.V."
        );
        assert_eq!(join_name("SE DECLARA DESIERTA", "", ""), "");
    }

    #[test]
    fn a_cell_of_several_names_is_taken_apart() {
        assert_eq!(
            parse_names("PRO AMBIENTE, S.A. DE C.V., CAGSA, S.A. DE C.V., ARCOE, S.C."),
            [
                "PRO AMBIENTE, S.A. DE C.V",
                "CAGSA, S.A. DE C.V",
                "ARCOE, S.C"
            ]
        );
        assert_eq!(
            parse_names("Huatan S.A. de C.V.      Verde, S.A. de C.V."),
            ["Huatan S.A. de C.V", "Verde, S.A. de C.V"]
        );
        assert_eq!(
            parse_names("Olea, Martínez y Asociados"),
            ["Olea, Martínez y Asociados"]
        );
        assert!(parse_names("  ").is_empty());
    }
}
