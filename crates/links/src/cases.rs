//! Runs the cases of a kind: rows in, entities and pairs out, through the very queries that run on real data.

use crate::error::Error;
use crate::linking::{self, Store, text, with_words};
use crate::words::Words;
use crate::{mentions, query};
use lake::arrow::array::{AsArray, RecordBatch};
use lake::arrow::datatypes::{Int64Type, SchemaRef};
use lake::functions::stable_id;
use lake::{Engine, LinkDecision, TableName, system};
use packs::{Link, LinkCase};
use std::collections::{BTreeMap, BTreeSet};

/// Runs one case in a session that holds its rows. Out: what differs from what it expects, one line each.
pub async fn run_case(
    engine: &Engine,
    link: &Link,
    name: &str,
    case: &LinkCase,
) -> Result<Vec<String>, Error> {
    let words = Words::of(&link.words);
    let tables = link.mentions.keys().cloned().collect();
    let sql = mentions::mentions(engine, link, &tables).await?;
    let mentions = engine.rows(name, &sql).await?;
    let mentions: Result<Vec<_>, Error> = mentions
        .iter()
        .map(|batch| with_words(batch, &words, name))
        .collect();
    let schema = system::link_mention();
    engine.add_batches(&TableName::new("links", "mention"), schema, mentions?)?;
    let mut decisions = Vec::new();
    for decision in &case.decisions {
        if !["confirm", "reject"].contains(&decision.decision.as_str()) {
            return Err(Error::Case {
                case: format!("packs/{}cases/{name}.toml", link.folder),
                message: format!("no decision `{}`", decision.decision),
            });
        }
        let decision = LinkDecision {
            kind: link.kind.clone(),
            a: decision.a.clone(),
            b: decision.b.clone(),
            a_name: String::new(),
            b_name: String::new(),
            decision: decision.decision.clone(),
            who: "the case".to_string(),
            why: String::new(),
            decided_at: String::new(),
        };
        decisions.push(decision.ordered());
    }
    let mut kept = Kept::default();
    linking::link(engine, link, &decisions, &mut kept).await?;
    Ok(compare(case, &kept.0))
}

#[derive(Default)]
struct Kept(BTreeMap<&'static str, Vec<RecordBatch>>);

impl Store for Kept {
    fn keep(&mut self, table: &'static str, batch: RecordBatch) -> Result<(), Error> {
        self.0.entry(table).or_default().push(batch);
        Ok(())
    }

    fn end(
        &mut self,
        engine: &Engine,
        table: &'static str,
        schema: SchemaRef,
    ) -> Result<(), Error> {
        let batches = self.0.get(table).cloned().unwrap_or_default();
        Ok(engine.add_batches(&query::asked(table), schema, batches)?)
    }
}

fn compare(case: &LinkCase, tables: &BTreeMap<&'static str, Vec<RecordBatch>>) -> Vec<String> {
    let rows = |table: &str| {
        let batches = tables.get(table).into_iter().flatten();
        batches.flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)))
    };
    let mut differences = Vec::new();
    let mut keys = BTreeMap::new();
    let mut entities = BTreeMap::new();
    for (batch, row) in rows("entity") {
        let key = text(batch, "key", row).unwrap_or_default();
        keys.insert(stable_id(&key), key.clone());
        let mentions = batch
            .column_by_name("mentions")
            .expect("a column of entities")
            .as_primitive::<Int64Type>()
            .value(row);
        entities.insert(key.clone(), mentions);
        if let Some(wanted) = case.expect.warnings.get(&key) {
            let found = text(batch, "warnings", row).unwrap_or_default();
            if wanted.join(";") != found {
                differences.push(format!("{key}: warned of `{found}`, expected {wanted:?}"));
            }
        }
    }
    if entities != case.expect.entities {
        differences.push(format!(
            "entities are {entities:?}, expected {:?}",
            case.expect.entities
        ));
    }
    let unknown = case.expect.warnings.keys();
    for key in unknown.filter(|key| !entities.contains_key(*key)) {
        differences.push(format!("{key}: no such entity"));
    }
    // A key that was joined to another has no entity of its own: its pair is told by its hash.
    for decision in &case.decisions {
        for key in [&decision.a, &decision.b] {
            keys.entry(stable_id(key)).or_insert_with(|| key.clone());
        }
    }
    let pair = |strength: String, rule: String, a: String, b: String| {
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        [strength, rule, a, b]
    };
    let found: BTreeSet<[String; 4]> = rows("pair")
        .map(|(batch, row)| {
            let cell = |name: &str| text(batch, name, row).unwrap_or_default();
            let key = |name: &str| {
                let id = cell(name);
                keys.get(&id).cloned().unwrap_or(id)
            };
            let strength = match cell("decision").as_str() {
                "" => cell("strength"),
                decision => format!("{}/{decision}", cell("strength")),
            };
            pair(strength, cell("rule"), key("a"), key("b"))
        })
        .collect();
    let expected: BTreeSet<[String; 4]> = case
        .expect
        .pairs
        .iter()
        .cloned()
        .map(|[strength, rule, a, b]| pair(strength, rule, a, b))
        .collect();
    for missing in expected.difference(&found) {
        differences.push(format!("no pair {missing:?}"));
    }
    for more in found.difference(&expected) {
        differences.push(format!("a pair that is not expected: {more:?}"));
    }
    differences
}
