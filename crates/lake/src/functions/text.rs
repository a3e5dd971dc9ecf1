//! Small functions on text.

use sha2::{Digest, Sha256};

/// Sixteen hex digits that depend on the text alone.
pub fn stable_id(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The codes of a cell that lists several: between `;`, `,`, `/` or `|`, trimmed, empty ones left out.
pub fn parse_codes(text: &str) -> Vec<String> {
    text.split([';', ',', '/', '|'])
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .map(str::to_string)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_split_on_any_separator() {
        assert_eq!(parse_codes("15; 22"), ["15", "22"]);
        assert_eq!(parse_codes(" ; "), Vec::<String>::new());
    }

    #[test]
    fn ids_are_stable() {
        assert_eq!(stable_id("R003/x"), stable_id("R003/x"));
        assert_eq!(stable_id("").len(), 16);
    }
}
