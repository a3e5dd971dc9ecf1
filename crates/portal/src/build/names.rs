//! A name as a key, where the lake gives none.

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

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_folded() {
        assert_eq!(super::fold("  Núñez,  S.A. de C.V. "), "NUÑEZ S.A. DE C.V.");
    }
}
