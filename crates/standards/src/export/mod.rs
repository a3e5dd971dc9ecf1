//! The processes and projects of a source as documents: as they were published, merged, or built from tables.

mod built;

use crate::error::Error;
use crate::merging::{
    Around, Kind, Piece, Process, Processes, Reading, has_column, merged, upgrade,
};
use documents::upgrade::Upgrade;
use documents::{Schema, Value, merge};
use lake::{Engine, functions};
use packs::{Packs, Releases, Source, Standard, path_slug};

/// What is wanted of each process.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The versioned release too.
    pub versioned: bool,
    /// Only what was known on this day (`2016-05-01`).
    pub as_of: Option<String>,
    /// The day counts by when things were published, not by the date they bear.
    pub by_publication: bool,
    /// When documents that are built from tables without a date are made (`2016-05-01T00:00:00Z`).
    pub made_on: Option<String>,
    /// What stands before an identifier that does not begin with it, when documents are built from tables.
    pub prefix: Option<String>,
}

/// A process or project, as documents.
#[derive(Debug, Clone)]
pub struct Exported {
    /// Its ocid, or a project's id.
    pub subject: String,
    /// Its releases by date, as published.
    pub releases: Vec<Value>,
    /// Links to releases that were published without them.
    pub linked: Vec<Value>,
    /// What holds now, or held on the day asked for.
    pub compiled: Option<Value>,
    /// Every version of each field.
    pub versioned: Option<Value>,
}

/// What was exported of a source, beside its documents.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Documents handed over.
    pub documents: u64,
    /// Whether they were built from tables, for want of published ones.
    pub built: bool,
    /// Addresses of the extensions that the publisher declared.
    pub extensions: Vec<String>,
    /// Who publishes the packages, if all say the same.
    pub publisher: Option<Value>,
    /// Their licence, if all say the same.
    pub license: Option<String>,
    /// Dates without a day, which a document cannot say.
    pub dates_left_out: u64,
    /// The day of the latest edition.
    pub edition: Option<String>,
}

/// Hands over the processes of `source` in order of their identifier.
///
/// In: tables as published last. A source that published documents of the standard gives those; of any other they
/// are built from the tables of the standard.
/// Errors: a query that fails, or the sink.
pub async fn each_document(
    engine: &Engine,
    packs: &Packs,
    standard: &Standard,
    source: &Source,
    wanted: &Wanted,
    sink: &mut dyn FnMut(Exported) -> Result<(), Error>,
) -> Result<Summary, Error> {
    let Some(documents) = &standard.documents else {
        return Err(Error::NoDocuments {
            standard: standard.code.clone(),
        });
    };
    let step = format!("export of {}", source.code);
    let has_own = packs
        .mappings
        .get(&source.code)
        .is_some_and(|mapping| mapping.standard == standard.code && mapping.paths)
        && has_column(engine, source, &path_slug(&documents.subject)).await;
    let mut summary = Summary::default();
    if !has_own {
        summary.built = true;
        let mut latest = None;
        let mut left_out = 0;
        built::each(engine, standard, documents, &source.code, &mut |built| {
            latest = latest.max(built.edition);
            left_out += built.dates_left_out;
            summary.documents += 1;
            sink(made(standard, wanted, built))
        })
        .await?;
        summary.dates_left_out = left_out;
        summary.edition = latest.map(functions::day_text);
        return Ok(summary);
    }
    let names = documents.releases.as_ref();
    let reading = Reading {
        engine,
        step: &step,
        source,
        documents,
        names,
    };
    let around = Around::read(reading).await?;
    let schema = Schema::with_all(standard);
    let rules = merge::Rules::new(&schema, &documents.record);
    let mut latest = None;
    let mut count = 0;
    let mut each = |subject: &str, mut pieces: Vec<Piece>| {
        upgrade(standard, &mut pieces);
        latest = latest.max(pieces.iter().filter_map(|piece| piece.edition).max());
        let exported = match names {
            Some(names) => process(subject, pieces, names, &rules, wanted),
            None => project(subject, pieces, wanted),
        };
        match exported {
            Some(exported) => {
                count += 1;
                sink(exported)
            }
            None => Ok(()),
        }
    };
    around
        .each_process(reading, Processes::All, &mut each)
        .await?;
    summary.documents = count;
    summary.edition = latest.map(functions::day_text);
    summary.extensions = around.extensions;
    let only = |told: &[Value]| match told {
        [only] => Some(only.clone()),
        _ => None,
    };
    summary.publisher = only(&around.publishers);
    let license = only(&around.licenses);
    summary.license = license.and_then(|license| license.as_text().map(str::to_owned));
    Ok(summary)
}

/// Whether something was known, or published, on the day asked for.
fn is_known(piece: &Piece, names: &Releases, wanted: &Wanted) -> bool {
    let Some(day) = &wanted.as_of else {
        return true;
    };
    let text = match wanted.by_publication {
        true if piece.published.is_empty() => piece.edition.map(functions::day_text),
        true => Some(piece.published.clone()),
        false => Some(piece.text(&names.date)),
    };
    // What bears no date cannot be said to have been known.
    text.filter(|text| !text.is_empty())
        .is_some_and(|text| text.get(..10).unwrap_or(&text) <= day.as_str())
}

fn process(
    subject: &str,
    mut pieces: Vec<Piece>,
    names: &Releases,
    rules: &merge::Rules,
    wanted: &Wanted,
) -> Option<Exported> {
    pieces.retain(|piece| is_known(piece, names, wanted));
    let process = Process::new(names, pieces);
    let layers = process.layers(names);
    let value = |at: &usize| process.pieces[*at].value.clone();
    let merger = merge::Merger::new(rules);
    let compiled = match layers.as_slice() {
        [] => None,
        [only] if process.pieces[*only].kind == Kind::Compiled => Some(value(only)),
        several => Some(merged(&process, several, names, rules).value),
    };
    let of = |kind: Kind| {
        let pieces = process
            .pieces
            .iter()
            .filter(move |piece| piece.kind == kind);
        pieces.map(|piece| piece.value.clone())
    };
    let releases: Vec<Value> = of(Kind::Release).collect();
    let versioned = match (wanted.versioned, releases.is_empty()) {
        (false, _) => None,
        (true, true) => of(Kind::Versioned).next_back(),
        (true, false) => Some(merger.versioned(&releases).value),
    };
    let linked: Vec<Value> = of(Kind::Linked).collect();
    let something = compiled.is_some() || !linked.is_empty() || versioned.is_some();
    something.then(|| Exported {
        subject: subject.to_string(),
        releases,
        linked,
        compiled,
        versioned,
    })
}

/// Of a project the latest edition counts.
fn project(subject: &str, pieces: Vec<Piece>, wanted: &Wanted) -> Option<Exported> {
    let known = pieces.into_iter().filter(|piece| match &wanted.as_of {
        None => true,
        Some(day) => piece
            .edition
            .is_some_and(|edition| functions::day_text(edition) <= *day),
    });
    let latest = known
        .enumerate()
        .max_by_key(|(at, piece)| (piece.edition, *at));
    latest.map(|(_, piece)| Exported {
        subject: subject.to_string(),
        releases: Vec::new(),
        linked: Vec::new(),
        compiled: Some(piece.value),
        versioned: None,
    })
}

/// A document built from tables, with what the standard asks of who publishes it.
fn made(standard: &Standard, wanted: &Wanted, built: built::Built) -> Exported {
    let mut value = built.value;
    let mut subject = built.subject;
    let documents = standard.documents.as_ref();
    if let Some(prefix) = wanted
        .prefix
        .as_deref()
        .filter(|p| !subject.starts_with(*p))
    {
        subject = format!("{prefix}-{subject}");
    }
    if let Some(documents) = documents {
        value.set(&documents.subject, Value::text(subject.as_str()));
    }
    if let Some(names) = documents.and_then(|documents| documents.releases.as_ref()) {
        let date = built.edition.map(built::moment);
        let date = date.or_else(|| wanted.made_on.clone());
        let mut head: Vec<(Box<str>, Value)> = vec![(
            documents.map_or("ocid", |d| d.subject.as_str()).into(),
            Value::text(subject.as_str()),
        )];
        let id = match &date {
            Some(date) => format!("{subject}-{}", date.get(..10).unwrap_or(date)),
            None => subject.clone(),
        };
        head.push((names.id.as_str().into(), Value::text(id)));
        if let Some(date) = date {
            head.push((names.date.as_str().into(), Value::text(date)));
        }
        let tag = Value::List(vec![Value::text(names.compiled_tag.as_str())]);
        head.push((names.tag.as_str().into(), tag));
        for (field, text) in &names.constant {
            head.push((field.as_str().into(), Value::text(text.as_str())));
        }
        if let Value::Object(members) = value {
            let new = |name: &str| head.iter().all(|(known, _)| **known != *name);
            let members: Vec<_> = members.into_iter().filter(|(name, _)| new(name)).collect();
            head.extend(members);
        }
        value = Value::Object(head);
        for path in &names.subject_again {
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
            let mut parent = parent.split('/').filter(|step| !step.is_empty());
            let object = parent.try_fold(&mut value, |at, step| at.get_mut(step));
            if let Some(object) = object.filter(|object| object.get(name).is_none()) {
                object.set(name, Value::text(subject.as_str()));
            }
        }
        // Organizations stand once, among the parties, as the standard has them since it has parties.
        let steps = &standard.objects.upgrade;
        let into = steps
            .iter()
            .map(|step| step.into.as_str())
            .find(|into| !into.is_empty());
        let is_bare = into.is_some_and(|into| value.get(into).is_none());
        if let Some(oldest) = steps.first().filter(|_| is_bare) {
            Upgrade::new(steps).record(&mut value, &oldest.from);
        }
    }
    Exported {
        subject,
        releases: Vec::new(),
        linked: Vec::new(),
        compiled: Some(value),
        versioned: None,
    }
}
