//! Code page 850, the letters of DOS in Western Europe and Mexico, which `encoding_rs` does not know,
//! and a score of how Spanish a reading of some bytes looks. It refuses to decide; `encoding` does.

/// What the bytes 0x80 to 0xFF stand for.
#[rustfmt::skip]
pub(crate) const HIGH: [char; 128] = [
    'Ç','ü','é','â','ä','à','å','ç','ê','ë','è','ï','î','ì','Ä','Å',
    'É','æ','Æ','ô','ö','ò','û','ù','ÿ','Ö','Ü','ø','£','Ø','×','ƒ',
    'á','í','ó','ú','ñ','Ñ','ª','º','¿','®','¬','½','¼','¡','«','»',
    '░','▒','▓','│','┤','Á','Â','À','©','╣','║','╗','╝','¢','¥','┐',
    '└','┴','┬','├','─','┼','ã','Ã','╚','╔','╩','╦','╠','═','╬','¤',
    'ð','Ð','Ê','Ë','È','ı','Í','Î','Ï','┘','┌','█','▄','¦','Ì','▀',
    'Ó','ß','Ô','Ò','õ','Õ','µ','þ','Þ','Ú','Û','Ù','ý','Ý','¯','´',
    '\u{ad}','±','‗','¾','¶','§','÷','¸','°','¨','·','¹','³','²','■','\u{a0}',
];

/// The character a byte stands for.
pub(crate) fn decode(byte: u8) -> char {
    if byte < 0x80 {
        byte as char
    } else {
        HIGH[(byte - 0x80) as usize]
    }
}

/// How Spanish the bytes look when read with `decode`: points for accented letters inside words of the same
/// case, points off for signs inside words. Zero when there is nothing to judge.
pub(crate) fn spanish_score(bytes: &[u8], decode: impl Fn(u8) -> char) -> i64 {
    let mut score = 0;
    for (i, &byte) in bytes.iter().enumerate() {
        if byte < 0x80 {
            continue;
        }
        let before = if i > 0 { decode(bytes[i - 1]) } else { ' ' };
        let after = bytes.get(i + 1).map_or(' ', |b| decode(*b));
        score += points(before, decode(byte), after);
    }
    score
}

fn points(before: char, c: char, after: char) -> i64 {
    let in_word = before.is_alphabetic() || after.is_alphabetic();
    match c {
        'á' | 'é' | 'í' | 'ó' | 'ú' | 'ñ' | 'ü' => {
            if before.is_uppercase() && after.is_uppercase() {
                -1 // An accented small letter between capitals is a sign of the wrong table.
            } else if in_word {
                3
            } else {
                0
            }
        }
        'Á' | 'É' | 'Í' | 'Ó' | 'Ú' | 'Ñ' | 'Ü' => {
            if before.is_lowercase() {
                -2
            } else if in_word {
                3
            } else {
                0
            }
        }
        '¿' | '¡' => i64::from(after.is_uppercase()),
        'º' | 'ª' | '°' => i64::from(before.is_ascii_digit() || before == '.'),
        '“' | '”' | '‘' | '’' | '–' | '—' | '´' | '…' | '•' | '\u{a0}' | '«' | '»' | '½' => {
            0
        }
        c if c.is_alphabetic() => -1,
        _ if before.is_alphabetic() && after.is_alphabetic() => -4,
        _ => -2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds_each_character_once() {
        let mut seen: Vec<char> = HIGH.to_vec();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 128);
        assert_eq!((decode(0xA4), decode(0xE9), decode(b'a')), ('ñ', 'Ú', 'a'));
    }
}
