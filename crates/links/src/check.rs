//! What can be checked of a kind in seconds, without data.

use crate::error::Error;
use crate::mentions::{mention_path, mentions};
use crate::query::{asked, edges, entities, keyed, members, pairs, placed};
use lake::{Engine, TableName, system};
use packs::Link;
use std::collections::BTreeSet;

/// What is wrong with a kind: plans its queries over a session in which every table exists. Out: one line each.
pub async fn check(
    engine: &Engine,
    link: &Link,
    on_the_left: &dyn Fn(&TableName) -> bool,
) -> Result<Vec<String>, Error> {
    let mut broken = Vec::new();
    for (table, sql) in &link.mentions {
        let path = mention_path(link, table);
        match engine.tables_of(&path, sql).await {
            Err(error) => broken.push(error.to_string()),
            Ok(tables) => broken.extend(
                tables
                    .iter()
                    .filter(|table| !on_the_left(table))
                    .map(|table| format!("{path}: reads {table}, which is not on its left")),
            ),
        }
    }
    let title = [&link.title, &link.description]
        .into_iter()
        .chain(link.rules.iter().map(|rule| &rule.title))
        .chain(link.warnings.iter().map(|warning| &warning.text))
        .chain(link.borrows.iter().map(|borrow| &borrow.title))
        .chain(link.veto.iter().map(|veto| &veto.title));
    for text in title {
        if text.es.trim().is_empty() || text.en.trim().is_empty() {
            broken.push(format!(
                "packs/{}link.toml: a text is missing in Spanish or English",
                link.folder
            ));
        }
    }
    if broken.is_empty() {
        let tables = link.mentions.keys().cloned().collect();
        let planned = plan(engine, link, &tables).await;
        broken.extend(planned.err().map(|error| error.to_string()));
    }
    Ok(broken)
}

async fn plan(engine: &Engine, link: &Link, tables: &BTreeSet<String>) -> Result<(), Error> {
    let origin = format!("packs/{}link.toml", link.folder);
    let sql = mentions(engine, link, tables).await?;
    engine.frame(&origin, &sql).await?;
    engine.add_batches(
        &TableName::new("links", "mention"),
        system::link_mention(),
        vec![],
    )?;
    crate::linking::add_inputs(engine, &[], &[], &[])?;
    engine.add_batches(&asked("entity"), system::link_entity(), vec![])?;
    engine.add_view(&asked("keyed"), &keyed(link)).await?;
    engine.add_view(&asked("placed"), placed()).await?;
    let queries = [members(link), entities(link), pairs(link)];
    for sql in queries.iter().chain(&edges(link)) {
        engine.frame(&origin, sql).await?;
    }
    Ok(())
}
