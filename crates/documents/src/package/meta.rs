//! Who publishes a package, when and under which licence.

use crate::schema::Object;
use crate::value::Value;

/// The members of a package around its list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Meta {
    /// Where the package is published.
    pub uri: Option<String>,
    /// When it is published, with its zone.
    pub published_date: Option<String>,
    /// Who publishes it.
    pub publisher: Option<Publisher>,
    /// The licence of the data.
    pub license: Option<String>,
    /// The document that says how the data is published.
    pub publication_policy: Option<String>,
    /// The version of the standard, `1.1`; [`short_version`] makes it of `1.1.5`.
    pub version: Option<String>,
    /// Addresses of the extensions, in the order to declare them; one given twice is declared once.
    pub extensions: Vec<String>,
    /// Addresses of the release packages a record package was made from.
    pub packages: Vec<String>,
    /// Other members, as they are.
    pub more: Vec<(String, Value)>,
}

/// Who publishes a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Publisher {
    /// Its name.
    pub name: Option<String>,
    /// The register of its identifier.
    pub scheme: Option<String>,
    /// Its identifier there.
    pub uid: Option<String>,
    /// Its page.
    pub uri: Option<String>,
}

/// `1.1` of `1.1.5`: packages give a version without its last part.
pub fn short_version(version: &str) -> String {
    let parts: Vec<&str> = version.split('.').take(2).collect();
    parts.join(".")
}

impl Meta {
    /// The members in the order of the standard, and the names of those that this package does not have there.
    /// What was given under [`Meta::more`] is written in any case.
    pub(super) fn members(&self, package: &Object) -> (Vec<(Box<str>, Value)>, Vec<String>) {
        let text = |text: &Option<String>| text.clone().map(Value::text);
        let publisher = self.publisher.as_ref().map(|publisher| {
            let members = [
                ("name", text(&publisher.name)),
                ("scheme", text(&publisher.scheme)),
                ("uid", text(&publisher.uid)),
                ("uri", text(&publisher.uri)),
            ];
            let given = members.into_iter();
            Value::Object(
                given
                    .filter_map(|(name, value)| Some((name.into(), value?)))
                    .collect(),
            )
        });
        let mut members: Vec<(Box<str>, Value)> = [
            ("uri", text(&self.uri)),
            ("version", text(&self.version)),
            ("extensions", once_each(&self.extensions)),
            ("publishedDate", text(&self.published_date)),
            ("publisher", publisher),
            ("license", text(&self.license)),
            ("publicationPolicy", text(&self.publication_policy)),
            ("packages", once_each(&self.packages)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.into(), value?)))
        .collect();
        let is_declared = |name: &str| package.field(name).is_some();
        let foreign = members.iter().filter(|(name, _)| !is_declared(name));
        let foreign: Vec<String> = foreign.map(|(name, _)| name.to_string()).collect();
        members.retain(|(name, _)| is_declared(name));
        for (name, value) in &self.more {
            match members.iter_mut().find(|(known, _)| **known == **name) {
                Some((_, known)) => *known = value.clone(),
                None => members.push((name.as_str().into(), value.clone())),
            }
        }
        let place = |name: &str| {
            let mut fields = package.fields.iter();
            fields.position(|field| field.declared.field == *name)
        };
        members.sort_by_key(|(name, _)| place(name).unwrap_or(usize::MAX));
        (members, foreign)
    }

    /// Reads the members of a published package; what is not of the expected type goes to [`Meta::more`].
    pub fn read(package: &Value) -> Meta {
        let mut meta = Meta::default();
        for (name, value) in package.as_object().unwrap_or_default() {
            let text = value.as_text().map(str::to_owned);
            let texts = value.as_list().and_then(|elements| {
                let texts = elements.iter().map(|one| one.as_text().map(str::to_owned));
                let texts: Option<Vec<String>> = texts.collect();
                // A list that repeats itself is given back as it was.
                texts.filter(|texts| !texts.is_empty() && once_each(texts).as_ref() == Some(value))
            });
            match (&**name, text, texts) {
                ("uri", Some(text), _) => meta.uri = Some(text),
                ("publishedDate", Some(text), _) => meta.published_date = Some(text),
                ("license", Some(text), _) => meta.license = Some(text),
                ("publicationPolicy", Some(text), _) => meta.publication_policy = Some(text),
                ("version", Some(text), _) => meta.version = Some(text),
                ("extensions", _, Some(texts)) => meta.extensions = texts,
                ("packages", _, Some(texts)) => meta.packages = texts,
                ("publisher", ..) if Publisher::read(value).is_some() => {
                    meta.publisher = Publisher::read(value);
                }
                _ => meta.more.push((name.to_string(), value.clone())),
            }
        }
        meta
    }
}

impl Publisher {
    fn read(value: &Value) -> Option<Publisher> {
        let mut publisher = Publisher::default();
        for (name, value) in value.as_object()? {
            let place = match &**name {
                "name" => &mut publisher.name,
                "scheme" => &mut publisher.scheme,
                "uid" => &mut publisher.uid,
                "uri" => &mut publisher.uri,
                _ => return None,
            };
            *place = Some(value.as_text()?.to_owned());
        }
        Some(publisher)
    }
}

fn once_each(texts: &[String]) -> Option<Value> {
    let mut once: Vec<Value> = Vec::new();
    for text in texts {
        let text = Value::text(text.as_str());
        if !once.contains(&text) {
            once.push(text);
        }
    }
    (!once.is_empty()).then_some(Value::List(once))
}
