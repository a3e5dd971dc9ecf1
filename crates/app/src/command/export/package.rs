//! The package of one source: its documents wait in a temporary file until its members are known.

use super::Format;
use anyhow::{Context, Result, bail};
use documents::flat::{Csv, Layout, Settings, Writer, Xlsx};
use documents::package::{
    ExtensionsUsed, LinesWriter, Meta, PackageWriter, Publisher, Record, RecordNames, Releases,
    short_version,
};
use documents::{Schema, Value};
use packs::{Source, Standard};
use sha2::{Digest, Sha256};
use standards::export::{Exported, Summary};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::path::Path;

/// What whoever exports says of the package.
pub(super) struct Told {
    pub uri: Option<String>,
    pub published_date: Option<String>,
    pub publisher: Option<String>,
    pub license: Option<String>,
}

/// A package being put together.
pub(super) struct Package<'s> {
    standard: &'s Standard,
    schema: Schema,
    /// The list of the package that holds the documents, and what each is.
    list: String,
    object: String,
    records: Option<RecordNames>,
    compiled: bool,
    used: ExtensionsUsed<'s>,
    layout: Layout,
    waiting: BufWriter<File>,
    hash: Sha256,
}

impl<'s> Package<'s> {
    pub fn new(standard: &'s Standard, records: bool, compiled: bool) -> Result<Package<'s>> {
        let schema = Schema::with_all(standard);
        let Some(documents) = &standard.documents else {
            bail!("{} has no documents", standard.code);
        };
        let records = match records {
            true => Some(RecordNames::new(standard, &schema)?),
            false => None,
        };
        let holds = |object: &str| {
            documents.packages.iter().find(|(list, package)| {
                let field = schema
                    .object(package)
                    .and_then(|package| package.field(list));
                field.is_some_and(|field| field.declared.of.iter().any(|of| of == object))
            })
        };
        let (list, object) = match &records {
            Some(names) => (names.list.clone(), "Record".to_string()),
            None => match holds(&documents.record) {
                Some((list, _)) => (list.clone(), documents.record.clone()),
                None => bail!("no package of {} holds {}", standard.code, documents.record),
            },
        };
        Ok(Package {
            used: ExtensionsUsed::new(standard),
            layout: Layout::new(Settings::about(&documents.subject)),
            waiting: BufWriter::new(tempfile::tempfile().context("making a temporary file")?),
            hash: Sha256::new(),
            standard,
            schema,
            list,
            object,
            records,
            compiled,
        })
    }

    /// Takes the documents of a process or project.
    pub fn take(&mut self, exported: &Exported) -> Result<()> {
        if let Some(names) = &self.records {
            let record = Record {
                subject: &exported.subject,
                releases: Releases::Embedded(&exported.releases),
                compiled: exported.compiled.as_ref(),
                versioned: exported.versioned.as_ref(),
            };
            let mut record = names.record(&self.schema, &record);
            if exported.releases.is_empty() && !exported.linked.is_empty() {
                record.set(&names.releases, Value::List(exported.linked.clone()));
            }
            return self.add(&record);
        }
        let whole = exported.releases.is_empty() || self.compiled;
        match &exported.compiled {
            Some(compiled) if whole => self.add(compiled),
            _ => exported
                .releases
                .iter()
                .try_for_each(|release| self.add(release)),
        }
    }

    fn add(&mut self, document: &Value) -> Result<()> {
        let line = document.to_string();
        self.hash.update(&line);
        self.used.see(&self.object, document);
        self.layout.see(document);
        writeln!(self.waiting, "{line}")?;
        Ok(())
    }

    /// The members of the package around its documents.
    pub fn meta(&self, source: &Source, summary: &Summary, told: Told) -> Meta {
        let mut extensions = summary.extensions.clone();
        let declared: Vec<&str> = summary.extensions.iter().map(String::as_str).collect();
        for undeclared in self.used.undeclared(&declared) {
            // Of several that would do, the first is as good as any.
            let named = undeclared.any_of.first();
            let extension = named.and_then(|name| self.standard.objects.extensions.get(name));
            extensions.extend(extension.and_then(|extension| extension.address.clone()));
        }
        Meta {
            // The same content has the same name, wherever it is published later.
            uri: told.uri.or_else(|| Some(self.name())),
            published_date: told.published_date,
            publisher: Some(publisher(source, summary, told.publisher)),
            license: told
                .license
                .or_else(|| summary.license.clone())
                .or_else(|| Some(source.license.clone()))
                .filter(|license| is_address(license)),
            publication_policy: None,
            version: Some(short_version(&self.standard.version)),
            extensions,
            packages: Vec::new(),
            more: Vec::new(),
        }
    }

    /// `urn:uuid:…` from the content, in the form that is left to whoever makes it (version 8).
    fn name(&self) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.hash.clone().finalize()[..16]);
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "urn:uuid:{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }

    /// Writes everything. Out: what could not be said in this form.
    pub fn write(self, meta: &Meta, format: Format, path: &Path) -> Result<Vec<String>> {
        let mut file = self.waiting.into_inner()?;
        file.rewind()?;
        let lines = BufReader::new(file).lines();
        let documents = lines.map(|line| -> Result<Value> {
            let line = line?;
            Value::parse(&line, 512)
                .ok()
                .context("reading back a document")
        });
        let mut told = Vec::new();
        match format {
            Format::Json => {
                let mut writer = PackageWriter::new(
                    output(path)?,
                    self.standard,
                    &self.schema,
                    &self.list,
                    meta,
                )?;
                if !writer.missing().is_empty() {
                    told.push(format!(
                        "the standard asks a package for {}, which nobody said",
                        writer.missing().join(", ")
                    ));
                }
                for document in documents {
                    writer.add(&document?)?;
                }
                writer.finish()?;
            }
            Format::Jsonl => {
                let mut writer = LinesWriter::new(output(path)?);
                for document in documents {
                    writer.add(&document?)?;
                }
                writer.finish()?;
            }
            Format::Csv => {
                let mut writer = Writer::new(&self.layout, Csv::folder(path, true)?)?;
                for document in documents {
                    writer.write(&document?)?;
                }
                writer.finish()?;
            }
            Format::Xlsx => {
                let file = File::create(path)?;
                let mut writer = Writer::new(&self.layout, Xlsx::new(BufWriter::new(file)))?;
                for document in documents {
                    writer.write(&document?)?;
                }
                writer.finish()?;
            }
            Format::Parquet => bail!("tables are written without a package"),
        }
        Ok(told)
    }
}

/// Who publishes: as told, else as all packages of the source say, else as its pack says.
fn publisher(source: &Source, summary: &Summary, told: Option<String>) -> Publisher {
    let said = summary.publisher.as_ref().filter(|_| told.is_none());
    let text = |field: &str| {
        let value = said?.get(field)?.as_text()?;
        Some(value.to_owned())
    };
    match text("name") {
        Some(name) => Publisher {
            name: Some(name),
            scheme: text("scheme"),
            uid: text("uid"),
            uri: text("uri"),
        },
        None => Publisher {
            name: told.or_else(|| Some(source.publisher.clone())),
            scheme: None,
            uid: None,
            uri: Some(source.url.clone()).filter(|url| is_address(url)),
        },
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// A file, its folder made if need be, or standard output.
pub(super) fn output(path: &Path) -> Result<Box<dyn Write>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufWriter::new(std::io::stdout().lock())));
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    Ok(Box::new(BufWriter::new(File::create(path)?)))
}
