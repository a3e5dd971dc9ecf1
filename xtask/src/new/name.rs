//! Names of packs: what may be a folder, a column and part of a table's name all at once.

use std::str::FromStr;

/// A source and its place: `co/bogota/contratos`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceName {
    /// Two letters.
    pub country: String,
    /// The authority.
    pub place: String,
    /// One public file or API of it.
    pub source: String,
}

/// A standard: `bods`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StandardName(pub String);

/// A rule: code and name, `L001` and `late_payment`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndicatorName {
    /// In capitals.
    pub code: String,
    /// What is seen.
    pub name: String,
}

impl FromStr for SourceName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let [country, place, source] = parts.as_slice() else {
            return Err("it is country/place/source, like `co/bogota/contratos`".into());
        };
        if country.len() != 2 || !country.bytes().all(|sign| sign.is_ascii_lowercase()) {
            return Err(format!(
                "`{country}` is no country: two small letters, as in ISO 3166-1, like `co`"
            ));
        }
        word(place)?;
        word(source)?;
        Ok(Self {
            country: (*country).to_owned(),
            place: (*place).to_owned(),
            source: (*source).to_owned(),
        })
    }
}

impl FromStr for StandardName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        word(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for IndicatorName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = || "it is a code and a name, like `L001_late_payment`".to_owned();
        let (code, name) = text.split_once('_').ok_or_else(shape)?;
        let is_code = code.starts_with(|sign: char| sign.is_ascii_alphabetic())
            && code.bytes().all(|sign| sign.is_ascii_alphanumeric())
            && code.bytes().any(|sign| sign.is_ascii_digit());
        if !is_code {
            return Err(format!(
                "`{code}` is no code: letters, then digits, like `L001`; {}",
                shape()
            ));
        }
        word(name)?;
        Ok(Self {
            code: code.to_ascii_uppercase(),
            name: name.to_owned(),
        })
    }
}

/// Names end up in `raw.<country>_<place>__<source>`, so a double `_` would part them elsewhere.
fn word(text: &str) -> Result<(), String> {
    let plain = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'_';
    let is_word = text.starts_with(|sign: char| sign.is_ascii_lowercase())
        && text.bytes().all(plain)
        && !text.contains("__")
        && !text.ends_with('_');
    if is_word {
        Ok(())
    } else {
        Err(format!(
            "`{text}` is no name: small letters without accents, digits and single `_`, beginning with a letter"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_three_names() {
        let name: SourceName = "co/bogota/contratos_2".parse().unwrap();
        assert_eq!(
            [name.country, name.place, name.source],
            ["co", "bogota", "contratos_2"]
        );
        for wrong in [
            "bogota",
            "co/bogota",
            "co/bogota/x/y",
            "col/bogota/x",
            "CO/bogota/x",
            "co/Bogotá/x",
            "co/bogota/",
            "co/bogota/2024",
            "co/bogota/a__b",
            "co/bogota/a_",
            "co/../x",
        ] {
            assert!(wrong.parse::<SourceName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_indicator_begins_with_its_code() {
        let name: IndicatorName = "l001_late_payment".parse().unwrap();
        assert_eq!([name.code, name.name], ["L001", "late_payment"]);
        for wrong in [
            "late_payment",
            "L001",
            "001_late",
            "L-1_late",
            "L001_",
            "L001_Late",
        ] {
            assert!(wrong.parse::<IndicatorName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = "co/bogotá/x".parse::<SourceName>().unwrap_err();
        assert!(wrong.starts_with("`bogotá` is no name"), "{wrong}");
        let wrong = "co/bogota".parse::<SourceName>().unwrap_err();
        assert!(wrong.contains("co/bogota/contratos"), "{wrong}");
    }
}
