//! The search: every word with which a name begins, and every id, as a prefix that a look-up finds.

use std::collections::BTreeSet;

use crate::Error;
use crate::document::Found;
use crate::store::Writer;

/// Words of a name from which it can be found: the first four say enough, and bound the index.
const STARTS: usize = 4;

/// Upper case, no accents, single blanks. Ñ stays a letter of its own.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars().flat_map(char::to_uppercase) {
        let sign = match sign {
            'Á' | 'À' | 'Â' | 'Ä' | 'Ã' => 'A',
            'É' | 'È' | 'Ê' | 'Ë' => 'E',
            'Í' | 'Ì' | 'Î' | 'Ï' => 'I',
            'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' => 'O',
            'Ú' | 'Ù' | 'Û' | 'Ü' => 'U',
            sign if sign.is_alphanumeric() || matches!(sign, '-' | '/' | '&' | '.') => sign,
            _ => ' ',
        };
        if sign != ' ' || !(out.is_empty() || out.ends_with(' ')) {
            out.push(sign);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Adds the entries of one page: its id, and its name from each of its first words.
pub(super) async fn add(writer: &mut Writer, found: Found, id: &str) -> Result<(), Error> {
    let name = fold(&found.name);
    let mut starts = BTreeSet::new();
    let mut from = 0;
    for word in name.split(' ').take(STARTS) {
        // A short word, "DE" or "LA", is no beginning anybody searches by, unless it is the first.
        if from == 0 || word.chars().count() > 2 {
            starts.insert(name[from..].chars().take(60).collect::<String>());
        }
        from += word.len() + 1;
    }
    starts.insert(fold(id));
    starts.remove("");
    for start in starts {
        // The sign of a unit's end (U+001F) sorts before every letter, so equal names stay together.
        writer
            .put(
                &format!("{start}\u{1f}{}\u{1f}{}", found.kind, found.id),
                &found,
            )
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_folded() {
        assert_eq!(super::fold("  Núñez,  S.A. de C.V. "), "NUÑEZ S.A. DE C.V.");
    }
}
