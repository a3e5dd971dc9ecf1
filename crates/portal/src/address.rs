//! The addresses of the site: read and written in one place, so that they always agree.
//!
//! Spanish stands at `/`, English at `/en/`, with the same words after it.
//! `.json` and `.csv` at the end ask for the data of the same page.

use crate::text::Lang;

/// A page, whatever its language and format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// `/`
    Home,
    /// `/comparar`
    Compare,
    /// `/bandera/{id}`
    Flag(String),
    /// `/regla`
    Rules,
    /// `/regla/{code}`
    Rule(String),
    /// `/contrato/{id}`: a process, or one of its contracts or awards.
    Contract(String),
    /// `/contrato/{ocid}/historia`: what each release of a process changed.
    ContractHistory(String),
    /// `/obra/{id}`
    Work(String),
    /// `/obra/{id}/historia`
    WorkHistory(String),
    /// `/proveedor/{id}`
    Supplier(String),
    /// `/fuente`
    Sources,
    /// `/fuente/{source}`
    Source(String),
    /// `/contratos/{key}`: the contracts of an office, a government or an institution.
    Contracts(String),
    /// `/obras/{key}`: its works, or what was spent on them.
    Works(String),
    /// `/comprador`
    Buyers,
    /// `/comprador/{id}`
    Buyer(String),
    /// `/lugar`
    Places,
    /// `/lugar/{code}`
    Place(String),
    /// `/metodo`
    Method,
    /// `/buscar`
    Search,
}

/// What stands after the id of a process or work when its history is asked for.
const HISTORY: &str = "/historia";

/// In what form a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A page to read.
    Html,
    /// Its data as JSON.
    Json,
    /// Its data as CSV.
    Csv,
}

impl Format {
    fn suffix(self) -> &'static str {
        match self {
            Self::Html => "",
            Self::Json => ".json",
            Self::Csv => ".csv",
        }
    }
}

/// Language, page and format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The language.
    pub lang: Lang,
    /// The page.
    pub page: Page,
    /// The format.
    pub format: Format,
}

impl Address {
    /// Reads the path of a request. The language is always known, so that even a wrong address is answered in it.
    pub fn parse(path: &str) -> (Lang, Option<Self>) {
        let (lang, rest) = match path.strip_prefix("/en") {
            Some("") => (Lang::En, "/"),
            Some(rest) if rest.starts_with('/') => (Lang::En, rest),
            _ => (Lang::Es, path),
        };
        let address = decode(rest).and_then(|rest| {
            let (rest, format) = [Format::Json, Format::Csv]
                .into_iter()
                .find_map(|format| {
                    rest.strip_suffix(format.suffix())
                        .map(|stem| (stem.to_owned(), format))
                })
                .unwrap_or((rest.clone(), Format::Html));
            page(&rest, format).map(|page| Self { lang, page, format })
        });
        (lang, address)
    }

    /// The same page when its id itself ends in `.json` or `.csv`.
    pub fn with_suffix_in_id(&self) -> Option<Self> {
        let suffix = self.format.suffix();
        let page = match &self.page {
            Page::Contract(id) => Page::Contract(format!("{id}{suffix}")),
            Page::Work(id) => Page::Work(format!("{id}{suffix}")),
            Page::ContractHistory(id) => Page::Contract(format!("{id}{HISTORY}{suffix}")),
            Page::WorkHistory(id) => Page::Work(format!("{id}{HISTORY}{suffix}")),
            _ => return None,
        };
        (self.format != Format::Html).then_some(Self {
            lang: self.lang,
            page,
            format: Format::Html,
        })
    }

    /// The path, percent-encoded.
    pub fn path(&self) -> String {
        let lang = match self.lang {
            Lang::Es => "",
            Lang::En => "/en",
        };
        let page = match &self.page {
            Page::Home if self.format == Format::Html => "/".to_owned(),
            Page::Home => "/index".to_owned(),
            Page::Compare => "/comparar".to_owned(),
            Page::Flag(id) => format!("/bandera/{}", encode(id)),
            Page::Rules => "/regla".to_owned(),
            Page::Rule(code) => format!("/regla/{}", encode(code)),
            Page::Contract(id) => format!("/contrato/{}", encode(id)),
            Page::ContractHistory(id) => format!("/contrato/{}{HISTORY}", encode(id)),
            Page::Work(id) => format!("/obra/{}", encode(id)),
            Page::WorkHistory(id) => format!("/obra/{}{HISTORY}", encode(id)),
            Page::Supplier(id) => format!("/proveedor/{}", encode(id)),
            Page::Sources => "/fuente".to_owned(),
            Page::Source(source) => format!("/fuente/{}", encode(source)),
            Page::Contracts(key) => format!("/contratos/{}", encode(key)),
            Page::Works(key) => format!("/obras/{}", encode(key)),
            Page::Buyers => "/comprador".to_owned(),
            Page::Buyer(id) => format!("/comprador/{}", encode(id)),
            Page::Places => "/lugar".to_owned(),
            Page::Place(code) => format!("/lugar/{}", encode(code)),
            Page::Method => "/metodo".to_owned(),
            Page::Search => "/buscar".to_owned(),
        };
        format!("{lang}{page}{}", self.format.suffix())
    }
}

fn page(path: &str, format: Format) -> Option<Page> {
    match path {
        "/" if format == Format::Html => return Some(Page::Home),
        "/index" if format != Format::Html => return Some(Page::Home),
        "/comparar" => return Some(Page::Compare),
        "/regla" => return Some(Page::Rules),
        "/fuente" => return Some(Page::Sources),
        "/comprador" => return Some(Page::Buyers),
        "/lugar" => return Some(Page::Places),
        "/metodo" => return Some(Page::Method),
        "/buscar" => return Some(Page::Search),
        _ => {}
    }
    let (kind, id) = path.strip_prefix('/')?.split_once('/')?;
    if id.is_empty() {
        return None;
    }
    let history = id
        .strip_suffix(HISTORY)
        .filter(|id| !id.is_empty())
        .map(str::to_owned);
    let id = id.to_owned();
    match (kind, history) {
        ("contrato", Some(id)) => Some(Page::ContractHistory(id)),
        ("obra", Some(id)) => Some(Page::WorkHistory(id)),
        (kind, _) => one(kind, id),
    }
}

fn one(kind: &str, id: String) -> Option<Page> {
    Some(match kind {
        "bandera" => Page::Flag(id),
        "regla" => Page::Rule(id),
        "contrato" => Page::Contract(id),
        "obra" => Page::Work(id),
        "proveedor" => Page::Supplier(id),
        "fuente" => Page::Source(id),
        "contratos" => Page::Contracts(id),
        "obras" => Page::Works(id),
        "comprador" => Page::Buyer(id),
        "lugar" => Page::Place(id),
        _ => return None,
    })
}

/// Percent-encodes all but letters, digits, `-_~:/` and dots inside a word.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for segment in text.split_inclusive('/') {
        // A browser would resolve a segment of dots alone, so its dots are encoded; some do even then.
        let dots = segment
            .trim_end_matches('/')
            .bytes()
            .all(|byte| byte == b'.');
        for byte in segment.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' | b':' | b'/' => {
                    out.push(byte as char)
                }
                b'.' if !dots => out.push('.'),
                other => out.push_str(&format!("%{other:02X}")),
            }
        }
    }
    out
}

/// Undoes percent-encoding; none when it is broken or not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = (bytes.next()? as char).to_digit(16)?;
            let low = (bytes.next()? as char).to_digit(16)?;
            out.push((high * 16 + low) as u8);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for id in [
            "ocds-1/AA 1?#%",
            "ñandú/Ø/..",
            "a.b",
            "<script>",
            "con+más",
            "x\u{a0}y",
        ] {
            for lang in [Lang::Es, Lang::En] {
                for format in [Format::Html, Format::Json, Format::Csv] {
                    let address = Address {
                        lang,
                        page: Page::Contract(id.to_owned()),
                        format,
                    };
                    assert_eq!(
                        Address::parse(&address.path()),
                        (lang, Some(address.clone())),
                        "{}",
                        address.path()
                    );
                }
            }
        }
    }

    #[test]
    fn a_history_stands_below_what_it_is_of() {
        for page in [
            Page::ContractHistory("ocds-1/A 1".to_owned()),
            Page::WorkHistory("44001".to_owned()),
        ] {
            for format in [Format::Html, Format::Json, Format::Csv] {
                let address = Address {
                    lang: Lang::En,
                    page: page.clone(),
                    format,
                };
                assert_eq!(Address::parse(&address.path()).1, Some(address));
            }
        }
        let contract = Page::Contract("historia".to_owned());
        assert_eq!(
            Address::parse("/contrato/historia").1.unwrap().page,
            contract
        );
    }

    #[test]
    fn wrong_addresses_are_no_page() {
        for path in [
            "/nada",
            "/bandera/",
            "/bandera",
            "/%ff",
            "/%zz",
            "/en/nada",
            "//",
            "/.json",
        ] {
            assert_eq!(Address::parse(path).1, None, "{path}");
        }
        assert_eq!(Address::parse("/en").1.unwrap().page, Page::Home);
        assert_eq!(Address::parse("/en/").1.unwrap().page, Page::Home);
        assert_eq!(Address::parse("/enlace").0, Lang::Es);
    }
}
