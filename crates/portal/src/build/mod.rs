//! Tables into documents: what each page will say, prepared once after a run.
//!
//! Reads the published tables through `TableReader`, a bounded slice at a time, and groups sorted rows in Rust.
//! It refuses to know how a table is kept and how a figure was computed.
//! The same tables give the same documents, byte for byte.

mod compare;
mod figures;
mod flags;
mod history;
mod home;
mod links;
mod listings;
mod names;
mod origins;
mod processes;
mod records;
mod sources;
mod suppliers;
mod works;

pub(crate) use figures::BUYERS_PAGE;
pub(crate) use names::fold;

use std::collections::BTreeSet;
use std::path::Path;

use crate::Error;
use crate::document::Site;
use crate::read::{Originals, Row, TableReader};
use crate::store::Writer;
use crate::text::Texts;

/// What the app knows about the run whose documents are built.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// True when the data are invented.
    pub invented: bool,
    /// Id of the run.
    pub run: String,
    /// Version of the program.
    pub code_version: String,
    /// Where the code is published; blank when it is not.
    pub code_url: String,
    /// Where a reader writes about an error; blank when there is no such address.
    pub contact: String,
    /// Licence of what this site adds to the data.
    pub license: String,
    /// Memory for the writer of the search, in MiB; 0 leaves it to this crate.
    pub index_mib: u64,
}

/// What was built.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// Documents.
    pub documents: u64,
    /// Contracting processes.
    pub processes: u64,
    /// Works.
    pub works: u64,
    /// Suppliers.
    pub suppliers: u64,
    /// Flags, and noted answers, with a page.
    pub flags: u64,
}

/// The tables of the run, and what is needed at every step.
struct Tables<'a> {
    reader: &'a dyn TableReader,
    present: BTreeSet<String>,
    texts: &'a Texts,
}

impl Tables<'_> {
    fn has(&self, table: &str) -> bool {
        self.present.contains(table)
    }

    /// The rows of a query; none when a table it needs is not in this run.
    async fn rows(&self, needs: &[&str], sql: &str) -> Result<Vec<Row>, Error> {
        if needs.iter().all(|table| self.has(table)) {
            self.reader.rows(sql).await
        } else {
            Ok(Vec::new())
        }
    }
}

/// Builds the documents of a run into `out`, which appears whole or not at all.
///
/// In: the tables of one published manifest.
/// Out: a SQLite file with one table, `document(kind, id, json)`, and the index of the search in a folder beside it.
/// Errors: when a table cannot be read or the file cannot be written.
pub async fn build(
    reader: &dyn TableReader,
    originals: &dyn Originals,
    texts: &Texts,
    options: &Options,
    out: &Path,
) -> Result<Built, Error> {
    let tables = Tables {
        reader,
        present: reader.tables().await?,
        texts,
    };
    let mut writer = match options.index_mib {
        0 => Writer::create(out).await?,
        mib => Writer::within(out, mib).await?,
    };
    let mut built = Built::default();

    let places = sources::places(&tables).await?;
    let sources = sources::briefs(&tables, &places).await?;
    writer.know(&sources);
    let files = origins::Files::read(&tables).await?;
    let flags = flags::Flags::read(&tables).await?;
    let visible = flags::visible(&tables, &sources).await?;

    let mut site = Site {
        invented: options.invented,
        data_date: sources::data_date(&tables).await?,
        run: options.run.clone(),
        code_version: options.code_version.clone(),
        code_url: options.code_url.clone(),
        contact: options.contact.clone(),
        license: options.license.clone(),
        texts: texts.clone(),
        sources,
        compared: Vec::new(),
        places,
    };
    let (compared, coverage) = compare::write(&tables, &site, &mut writer).await?;
    site.compared = compared;
    writer.put("site", &site).await?;
    writer.put("visible", &visible).await?;
    built.flags = flags::write(&tables, originals, &files, &flags, &visible, &mut writer).await?;

    for flag in flags.open().filter(|flag| flag.subject.kind == "buyer") {
        writer.flag_buyer(&flag.subject.id);
    }
    let mut lines = suppliers::Lines::read(&tables, &files).await?;
    let mut gather = figures::Gather::create(&tables, out).await?;
    built.processes = processes::write(
        &tables,
        &files,
        &flags,
        &mut lines,
        &mut gather,
        &mut writer,
    )
    .await?;
    built.works = works::write(&tables, &files, &flags, &mut gather, &mut writer).await?;
    let choices = gather.write(&tables, &site, &flags, &mut writer).await?;
    built.suppliers = lines.write(&files, &flags, &mut writer).await?;

    let problems = sources::write(
        &tables,
        &site,
        &visible,
        &flags,
        coverage,
        &choices,
        &mut writer,
    )
    .await?;
    home::write(
        &tables,
        &site,
        &visible,
        &flags,
        &built,
        problems,
        &mut writer,
    )
    .await?;
    built.documents = writer.finish().await?;
    Ok(built)
}
