//! Writes documents out in every way there is, reads the tables back, and says what came of it.
//!
//! `lay_out PACKS STANDARD`, and on standard input one `FILE<tab>FOLDER` in each line: the document (or JSON
//! lines) and where to write. For each, one JSON object goes to standard output.

use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use calamine::{Data, Reader, Xlsx as Book, open_workbook};
use documents::flat::{Back, Csv, Layout, Settings, Sheet, Sink, Writer, Xlsx, read_folder};
use documents::package::{Assembly, ExtensionsUsed, LinesWriter, Meta, PackageWriter, RecordNames};
use documents::{Schema, Value};
use packs::{Folder, Standard};

type Res<T> = Result<T, Box<dyn Error>>;

/// Levels of a document.
const DEPTH: usize = 64;

fn main() -> Res<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, packs, code] = &arguments[..] else {
        return Err("lay_out PACKS STANDARD".into());
    };
    let standard = Standard::read(&Folder::read(Path::new(packs))?, code)?;
    let work = Work {
        schema: Schema::with_all(&standard),
        records: RecordNames::new(&standard, &Schema::with_all(&standard)).ok(),
        standard,
    };
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (file, folder) = line.split_once('\t').ok_or("a line is FILE<tab>FOLDER")?;
        let mut said = match work.file(Path::new(file), Path::new(folder)) {
            Ok(said) => said,
            Err(error) => {
                let mut said = Value::Object(Vec::new());
                said.set("error", Value::text(error.to_string()));
                said
            }
        };
        said.set("file", Value::text(file));
        writeln!(io::stdout(), "{said}")?;
    }
    Ok(())
}

struct Work {
    standard: Standard,
    schema: Schema,
    records: Option<RecordNames>,
}

/// What a file holds.
struct Found {
    /// `releases`, `records`, `projects`, `lines`, `bare`.
    kind: String,
    /// The package without its list.
    around: Option<Value>,
    documents: Vec<Value>,
    object: String,
}

impl Work {
    fn find(&self, text: &str) -> Res<Found> {
        let text = text.trim_start_matches('\u{feff}');
        let known = self.standard.documents.as_ref().ok_or("no documents")?;
        let found = |kind: &str, around, documents, object: &str| Found {
            kind: kind.to_owned(),
            around,
            documents,
            object: object.to_owned(),
        };
        let Ok(mut whole) = Value::parse(text, DEPTH) else {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let lines: Result<Vec<Value>, _> =
                lines.map(|line| Value::parse(line, DEPTH)).collect();
            let lines = lines.map_err(|error| format!("not JSON: {error:?}"))?;
            return Ok(found("lines", None, lines, &known.record));
        };
        // A record may hold a list of releases as a release package does, so what is called after the subject goes first.
        let is_document = whole.get(&known.subject).is_some();
        let list = known.packages.keys().find(|list| whole.get(list).is_some());
        if let (Some(list), false) = (list, is_document)
            && let Some(Value::List(documents)) = whole.remove(list)
        {
            let object = match &self.records {
                Some(names) if names.list == *list => "Record",
                _ => known.record.as_str(),
            };
            return Ok(found(list, Some(whole), documents, object));
        }
        Ok(match whole {
            Value::List(documents) => found("bare", None, documents, &known.record),
            document => found("bare", None, vec![document], &known.record),
        })
    }

    fn file(&self, file: &Path, folder: &Path) -> Res<Value> {
        fs::create_dir_all(folder)?;
        let bytes = fs::read(file)?;
        let latin = || bytes.iter().map(|byte| char::from(*byte)).collect();
        let text = std::str::from_utf8(&bytes).map_or_else(|_| latin(), str::to_owned);
        let found = self.find(&text)?;
        let known = self.standard.documents.as_ref().ok_or("no documents")?;
        let mut said = Value::Object(Vec::new());
        said.set("kind", Value::text(found.kind.as_str()));
        let count = |count: usize| Value::Number(count.to_string().into());
        said.set("documents", count(found.documents.len()));

        let package_list = match known.packages.contains_key(&found.kind) {
            true => found.kind.clone(),
            false => known
                .packages
                .iter()
                .find(|(list, _)| {
                    self.records
                        .as_ref()
                        .is_none_or(|names| names.list != **list)
                })
                .map(|(list, _)| list.clone())
                .ok_or("no package")?,
        };
        let path = folder.join("package.json");
        let meta = found.around.as_ref().map(Meta::read).unwrap_or_default();
        let mut writer = PackageWriter::new(
            BufWriter::new(File::create(&path)?),
            &self.standard,
            &self.schema,
            &package_list,
            &meta,
        )?;
        let mut lines = LinesWriter::new(BufWriter::new(File::create(folder.join("lines.jsonl"))?));
        let mut used = ExtensionsUsed::new(&self.standard);
        for document in &found.documents {
            writer.add(document)?;
            lines.add(document)?;
            used.see(&found.object, document);
        }
        let texts = |texts: &[String]| {
            Value::List(
                texts
                    .iter()
                    .map(|text| Value::text(text.as_str()))
                    .collect(),
            )
        };
        said.set("missing", texts(writer.missing()));
        said.set("foreign", texts(writer.foreign()));
        let addresses: Vec<&str> = meta.extensions.iter().map(String::as_str).collect();
        let undeclared = used.undeclared(&addresses);
        let names: Vec<String> = undeclared.iter().map(|one| one.any_of.join("|")).collect();
        said.set("undeclared", texts(&names));
        writer.finish()?;
        lines.finish()?;

        let written = fs::read_to_string(&path)?;
        let written = self.find(&written)?;
        let around = found.around.clone().unwrap_or(Value::Object(Vec::new()));
        let same = written.documents == found.documents && written.around == Some(around);
        said.set("package_equal", Value::Bool(same));
        if found.around.is_some() {
            said.set(
                "assembly_equal",
                Value::Bool(self.assembled(&text, &found)?),
            );
        }
        self.tables(&found, folder, "", &mut said)?;
        self.compiled(&found, folder, &mut said)?;
        Ok(said)
    }

    /// The published document from its pieces, two levels of them where records hold other documents.
    fn assembled(&self, text: &str, found: &Found) -> Res<bool> {
        let original = Value::parse(text.trim_start_matches('\u{feff}'), DEPTH)
            .map_err(|error| format!("not JSON: {error:?}"))?;
        let mut assembly = Assembly::new();
        if found.documents.is_empty() {
            assembly.add(&format!("/{}", found.kind), Value::List(Vec::new()))?;
        }
        for (index, document) in found.documents.iter().enumerate().rev() {
            let pointer = format!("/{}/{index}", found.kind);
            let mut document = document.clone();
            let inner = self.records.as_ref().map(|names| names.compiled.as_str());
            if let Some(name) = inner.filter(|_| found.object == "Record")
                && let Some(inner) = document.remove(name)
            {
                assembly.add(&format!("{pointer}/{name}"), inner)?;
            }
            assembly.add(&pointer, document)?;
        }
        assembly.add("", found.around.clone().unwrap_or(Value::Null))?;
        Ok(assembly.finish()? == original)
    }

    fn tables(&self, found: &Found, folder: &Path, prefix: &str, said: &mut Value) -> Res<()> {
        let known = self.standard.documents.as_ref().ok_or("no documents")?;
        let settings = Settings::about(&known.subject);
        let seconds =
            |start: Instant| Value::Number(start.elapsed().as_secs_f64().to_string().into());
        let start = Instant::now();
        let mut layout = Layout::new(settings.clone());
        for document in &found.documents {
            layout.see(document);
        }
        let csv = folder.join(format!("{prefix}csv"));
        let _ = fs::remove_dir_all(&csv);
        rows(&layout, Csv::folder(&csv, true)?, found)?;
        said.set(&format!("{prefix}csv_seconds"), seconds(start));
        let raw = folder.join(format!("{prefix}csv_raw"));
        let _ = fs::remove_dir_all(&raw);
        rows(&layout, Csv::folder(&raw, false)?, found)?;
        let xlsx = folder.join(format!("{prefix}tables.xlsx"));
        let start = Instant::now();
        rows(
            &layout,
            Xlsx::new(BufWriter::new(File::create(&xlsx)?)),
            found,
        )?;
        said.set(&format!("{prefix}xlsx_seconds"), seconds(start));

        let back = Back::new(settings, &self.schema, &found.object);
        for (name, sheets) in [
            ("csv_equal", read_folder(&csv)?),
            ("csv_raw_equal", read_folder(&raw)?),
            ("xlsx_equal", sheets(&xlsx)?),
        ] {
            let laid = back.documents(&sheets)?;
            let same = laid.documents == found.documents
                && laid.meta == found.around
                && laid.notes.is_empty();
            said.set(&format!("{prefix}{name}"), Value::Bool(same));
            if name == "csv_equal" {
                let rest = sheets.iter().find(|sheet| sheet.name == "_rest");
                let lines = rest.map_or(0, |sheet| sheet.rows.len() - 2);
                said.set(
                    &format!("{prefix}rest"),
                    Value::Number(lines.to_string().into()),
                );
            }
        }
        Ok(())
    }

    /// Of records, their compiled releases once more as releases.
    fn compiled(&self, found: &Found, folder: &Path, said: &mut Value) -> Res<()> {
        let Some(names) = self.records.as_ref().filter(|_| found.object == "Record") else {
            return Ok(());
        };
        let known = self.standard.documents.as_ref().ok_or("no documents")?;
        let compiled = found
            .documents
            .iter()
            .filter_map(|record| record.get(&names.compiled));
        let compiled = Found {
            kind: "compiled".to_owned(),
            around: None,
            documents: compiled.cloned().collect(),
            object: known.record.clone(),
        };
        if !compiled.documents.is_empty() {
            self.tables(&compiled, folder, "compiled_", said)?;
            let mut lines = LinesWriter::new(File::create(folder.join("compiled.jsonl"))?);
            for document in &compiled.documents {
                lines.add(document)?;
            }
            lines.finish()?;
        }
        Ok(())
    }
}

fn rows(layout: &Layout, sink: impl Sink, found: &Found) -> Res<()> {
    let mut writer = Writer::new(layout, sink)?;
    if let Some(around) = &found.around {
        writer.meta(around)?;
    }
    for document in &found.documents {
        writer.write(document)?;
    }
    writer.finish()?;
    Ok(())
}

fn sheets(path: &Path) -> Res<Vec<Sheet>> {
    let mut book: Book<_> = open_workbook(path)?;
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name)?;
        let text = |cell: &Data| match cell {
            Data::Empty => String::new(),
            cell => cell.to_string(),
        };
        let rows = range.rows().map(|row| row.iter().map(text).collect());
        sheets.push(Sheet {
            name,
            rows: rows.collect(),
        });
    }
    Ok(sheets)
}
