//! From mentions to members, entities and pairs of one kind.

use crate::components::{Components, Joined};
use crate::error::Error;
use crate::query;
use crate::words::Words;
use lake::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use lake::arrow::datatypes::SchemaRef;
use lake::functions::stable_id;
use lake::{Engine, LinkDecision, system};
use packs::Link;
use std::collections::HashMap;
use std::sync::Arc;

/// Where rows go, and how the next query sees them.
pub(crate) trait Store {
    /// Keeps rows of a table; rows of one table come together.
    fn keep(&mut self, table: &'static str, batch: RecordBatch) -> Result<(), Error>;
    /// Ends a table and makes its rows visible as `asked.<table>`.
    fn end(&mut self, engine: &Engine, table: &'static str, schema: SchemaRef)
    -> Result<(), Error>;
}

/// A row of `links.pair` that an edge or a person made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    a: String,
    b: String,
    rule: String,
    strength: &'static str,
    decision: Option<String>,
    evidence: String,
}

/// A key that is not its entity's: the key, the entity's, the rule that joined it first.
pub(crate) type JoinedKey = (String, String, Option<String>);

/// Reads the words of each name into the batch.
pub(crate) fn with_words(
    batch: &RecordBatch,
    words: &Words,
    step: &str,
) -> Result<RecordBatch, Error> {
    let batch = as_schema(batch, &system::link_mention(), step)?;
    let schema = batch.schema();
    let at = |name: &str| schema.index_of(name).expect("a column of links.mention");
    let names = batch.column(at("name")).as_string::<i32>();
    let keys = batch.column(at("name_key"));
    let read: Vec<_> = (0..batch.num_rows())
        .map(|row| {
            (names.is_valid(row) && keys.is_valid(row)).then(|| words.read(names.value(row)))
        })
        .collect();
    let mut columns = batch.columns().to_vec();
    columns[at("words")] = Arc::new(
        read.iter()
            .map(|read| read.as_ref().and_then(|read| read.words.as_deref()))
            .collect::<StringArray>(),
    ) as ArrayRef;
    columns[at("is_person_name")] = Arc::new(
        read.iter()
            .map(|read| read.as_ref().map(|read| read.is_person))
            .collect::<BooleanArray>(),
    );
    RecordBatch::try_new(schema, columns).map_err(wrong(step))
}

/// Links the mentions of one kind that stand in `links.mention`.
pub(crate) async fn link(
    engine: &Engine,
    link: &Link,
    decisions: &[LinkDecision],
    store: &mut dyn Store,
) -> Result<(), Error> {
    let step = format!("links/{}", link.kind);
    engine
        .add_view(&query::asked("keyed"), &query::keyed(link))
        .await?;
    let mut components = Components::default();
    let mut decided = Vec::new();
    values(engine, &step, decisions, &mut components).await?;
    for one in decisions.iter().filter(|one| one.decision == "reject") {
        components.reject(&one.a, &one.b);
    }
    if let Some(sql) = query::edges(link) {
        let mut join = |batch: RecordBatch| -> Result<(), Error> {
            for row in 0..batch.num_rows() {
                let text = |name: &str| text(&batch, name, row);
                let (Some(a), Some(b), Some(rule)) = (text("a"), text("b"), text("rule")) else {
                    continue;
                };
                if let Some(value) = text("distinct_value") {
                    components.value(&a, &value);
                }
                let joined = components.join(&a, &b, &rule);
                decided.extend(edge(link, &a, &b, &rule, joined));
            }
            Ok(())
        };
        engine.each_batch(&step, &sql, &mut join).await?;
    }
    for one in decisions.iter().filter(|one| one.decision == "confirm") {
        let joined = components.join(&one.a, &one.b, "person");
        decided.push(person(link, one, joined));
    }
    let joined = components.joined(|key| link.rank(key.split(':').next().unwrap_or("")));
    let entity: HashMap<&str, &str> = joined
        .iter()
        .map(|(key, entity, _)| (key.as_str(), entity.as_str()))
        .collect();
    let entity_id = |key: &str| stable_id(entity.get(key).copied().unwrap_or(key));
    let rejected: Vec<[String; 4]> = decisions
        .iter()
        .filter(|one| one.decision == "reject")
        .map(|one| {
            let (a, b) = ordered(entity_id(&one.a), entity_id(&one.b));
            [a, b, one.why.clone(), one.decided_at.clone()]
        })
        .collect();
    add_inputs(engine, &joined, &decided, &rejected)?;
    engine
        .add_view(&query::asked("placed"), query::placed())
        .await?;
    let tables: [(&'static str, String, SchemaRef); 3] = [
        ("member", query::members(link), system::link_member()),
        ("entity", query::entities(link), system::link_entity()),
        ("pair", query::pairs(link), system::link_pair()),
    ];
    for (table, sql, schema) in tables {
        let mut keep = |batch: RecordBatch| -> Result<(), Error> {
            match batch.num_rows() {
                0 => Ok(()),
                _ => store.keep(table, as_schema(&batch, &schema, &step)?),
            }
        };
        engine.each_batch(&step, &sql, &mut keep).await?;
        store.end(engine, table, schema)?;
    }
    Ok(())
}

/// What tells the entities of decided keys from others.
async fn values(
    engine: &Engine,
    step: &str,
    decisions: &[LinkDecision],
    components: &mut Components,
) -> Result<(), Error> {
    if decisions.is_empty() {
        return Ok(());
    }
    let mut keys: Vec<&str> = decisions
        .iter()
        .flat_map(|one| [one.a.as_str(), one.b.as_str()])
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let schema = system::columns(&[("key", lake::arrow::datatypes::DataType::Utf8)]);
    let column: ArrayRef = Arc::new(keys.into_iter().map(Some).collect::<StringArray>());
    let batch = RecordBatch::try_new(schema.clone(), vec![column]).map_err(wrong(step))?;
    engine.add_batches(&query::asked("decided_key"), schema, vec![batch])?;
    let sql = "SELECT DISTINCT keyed.key, keyed.distinct_value FROM asked.keyed AS keyed \
               JOIN asked.decided_key AS decided ON decided.key = keyed.key \
               WHERE keyed.distinct_value IS NOT NULL ORDER BY keyed.key, keyed.distinct_value";
    let mut take = |batch: RecordBatch| -> Result<(), Error> {
        for row in 0..batch.num_rows() {
            if let (Some(key), Some(value)) = (
                text(&batch, "key", row),
                text(&batch, "distinct_value", row),
            ) {
                components.value(&key, &value);
            }
        }
        Ok(())
    };
    engine.each_batch(step, sql, &mut take).await
}

/// The pair of two keys that a rule would have joined, had nothing forbidden it.
fn edge(link: &Link, a: &str, b: &str, rule: &str, joined: Joined) -> Option<Decided> {
    let (decision, evidence) = match joined {
        // What was joined stands with its members.
        Joined::Before | Joined::Now => return None,
        Joined::TwoValues => (None, forbidden(veto(link))),
        Joined::Rejected => (Some("reject".to_string()), forbidden("person")),
    };
    let (a, b) = ordered(stable_id(a), stable_id(b));
    Some(Decided {
        a,
        b,
        rule: rule.to_string(),
        strength: "different",
        decision,
        evidence,
    })
}

/// The pair of two entities that a person joined, or would have joined.
fn person(link: &Link, decision: &LinkDecision, joined: Joined) -> Decided {
    let forbidden_by = match joined {
        Joined::Now | Joined::Before => None,
        Joined::TwoValues => Some(veto(link)),
        Joined::Rejected => Some("person"),
    };
    let (a, b) = ordered(stable_id(&decision.a), stable_id(&decision.b));
    let mut evidence = vec![
        ("decided_at", decision.decided_at.as_str()),
        ("why", decision.why.as_str()),
    ];
    evidence.extend(forbidden_by.map(|code| ("forbidden_by", code)));
    Decided {
        a,
        b,
        rule: "person".to_string(),
        strength: if forbidden_by.is_none() {
            "certain"
        } else {
            "different"
        },
        decision: Some("confirm".to_string()),
        evidence: json(&evidence),
    }
}

fn veto(link: &Link) -> &str {
    link.veto.as_ref().map_or("", |veto| veto.code.as_str())
}

fn forbidden(code: &str) -> String {
    json(&[("forbidden_by", code)])
}

fn ordered(a: String, b: String) -> (String, String) {
    if a <= b { (a, b) } else { (b, a) }
}

/// A flat JSON object of texts.
fn json(pairs: &[(&str, &str)]) -> String {
    let quoted = |text: &str| {
        let mut out = String::from("\"");
        for sign in text.chars() {
            match sign {
                '"' | '\\' => out.extend(['\\', sign]),
                sign if (sign as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", sign as u32)),
                sign => out.push(sign),
            }
        }
        out.push('"');
        out
    };
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{}:{}", quoted(key), quoted(value)))
        .collect();
    format!("{{{}}}", pairs.join(","))
}

/// The tables in memory that the queries of a kind read.
pub(crate) fn add_inputs(
    engine: &Engine,
    joined: &[JoinedKey],
    decided: &[Decided],
    rejected: &[[String; 4]],
) -> Result<(), Error> {
    let add = |name: &str, columns: Vec<(&str, StringArray)>| -> Result<(), Error> {
        let fields: Vec<_> = columns
            .iter()
            .map(|(name, _)| (*name, lake::arrow::datatypes::DataType::Utf8))
            .collect();
        let schema = system::columns(&fields);
        let arrays = columns
            .into_iter()
            .map(|(_, column)| Arc::new(column) as ArrayRef)
            .collect();
        let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(wrong(name))?;
        engine.add_batches(&query::asked(name), schema, vec![batch])?;
        Ok(())
    };
    let some = |text: &str| Some(text.to_string());
    add(
        "joined",
        vec![
            ("key", joined.iter().map(|row| some(&row.0)).collect()),
            (
                "entity_key",
                joined.iter().map(|row| some(&row.1)).collect(),
            ),
            (
                "joined_by",
                joined.iter().map(|row| row.2.clone()).collect(),
            ),
        ],
    )?;
    add(
        "decided",
        vec![
            ("a", decided.iter().map(|row| some(&row.a)).collect()),
            ("b", decided.iter().map(|row| some(&row.b)).collect()),
            ("rule", decided.iter().map(|row| some(&row.rule)).collect()),
            (
                "strength",
                decided.iter().map(|row| some(row.strength)).collect(),
            ),
            (
                "decision",
                decided.iter().map(|row| row.decision.clone()).collect(),
            ),
            (
                "evidence",
                decided.iter().map(|row| some(&row.evidence)).collect(),
            ),
        ],
    )?;
    add(
        "rejected",
        vec![
            ("a", rejected.iter().map(|row| some(&row[0])).collect()),
            ("b", rejected.iter().map(|row| some(&row[1])).collect()),
            (
                "decision",
                rejected.iter().map(|_| some("reject")).collect(),
            ),
            ("why", rejected.iter().map(|row| some(&row[2])).collect()),
            (
                "decided_at",
                rejected.iter().map(|row| some(&row[3])).collect(),
            ),
        ],
    )
}

/// The batch with exactly the columns of a table.
pub(crate) fn as_schema(
    batch: &RecordBatch,
    schema: &SchemaRef,
    step: &str,
) -> Result<RecordBatch, Error> {
    let columns = schema.fields().iter().map(|field| {
        let column = batch.column_by_name(field.name()).ok_or_else(|| {
            lake::arrow::error::ArrowError::SchemaError(format!(
                "no column `{}` in what the query answers",
                field.name()
            ))
        })?;
        lake::arrow::compute::cast(column, field.data_type())
    });
    let columns: Result<Vec<_>, _> = columns.collect();
    columns
        .and_then(|columns| RecordBatch::try_new(schema.clone(), columns))
        .map_err(wrong(step))
}

fn wrong(step: &str) -> impl Fn(lake::arrow::error::ArrowError) -> Error {
    let step = step.to_string();
    move |source| Error::Arrow {
        step: step.clone(),
        source,
    }
}

/// A cell of a column of text.
pub(crate) fn text(batch: &RecordBatch, name: &str, row: usize) -> Option<String> {
    let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
    column.is_valid(row).then(|| column.value(row).to_string())
}
