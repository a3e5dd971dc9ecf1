//! The queries of a kind, put together from its folder: mentions, keys, entities, pairs.

use crate::error::Error;
use lake::{Engine, TableName, system};
use packs::{Link, Strength};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that mentions' queries answer under the very name of the table.
const AS_FOUND: [&str; 5] = ["role", "source", "place", "subject_id", "element"];
/// Columns that are read from what the queries answer, by the pack's `[columns]` or as they are.
const READ: [&str; 8] = [
    "rfc",
    "curp",
    "scheme",
    "identifier",
    "ocid",
    "number",
    "buyer_key",
    "supplier_key",
];
/// Columns that are no text.
const TYPED: [(&str, &str); 4] = [
    ("date", "DATE"),
    ("file_id", "BIGINT"),
    ("part_id", "INT"),
    ("record", "BIGINT"),
];
/// What every mention's query must answer.
const NEEDED: [&str; 8] = [
    "mention_key",
    "role",
    "source",
    "place",
    "file_id",
    "part_id",
    "record",
    "element",
];

/// The file of a kind's mentions in one table.
pub(crate) fn mention_path(link: &Link, table: &str) -> String {
    format!("packs/{}mentions/{table}.sql", link.folder)
}

/// The mentions of `tables` as rows of `links.mention`, in order.
///
/// Errors: a query does not plan, lacks a column, or `[columns]` names one the table does not have.
pub(crate) async fn mentions(
    engine: &Engine,
    link: &Link,
    tables: &BTreeSet<String>,
) -> Result<String, Error> {
    let mut answered: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut every: BTreeSet<String> = BTreeSet::new();
    for (table, sql) in link
        .mentions
        .iter()
        .filter(|(table, _)| tables.contains(*table))
    {
        let path = mention_path(link, table);
        let frame = engine.frame(&path, sql).await?;
        let names: BTreeSet<String> = frame
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        if let Some(missing) = NEEDED.iter().find(|name| !names.contains(**name)) {
            let message = format!("the query answers no column `{missing}`");
            return Err(Error::Pack { path, message });
        }
        every.extend(names.iter().cloned());
        answered.insert(table, names);
    }
    let unknown = link
        .columns
        .keys()
        .find(|name| !READ.contains(&name.as_str()));
    if let Some(name) = unknown {
        return Err(Error::Pack {
            path: format!("packs/{}link.toml", link.folder),
            message: format!(
                "[columns]: no column `{name}`; there are {}",
                READ.join(", ")
            ),
        });
    }
    let found: Vec<String> = answered
        .iter()
        .map(|(table, names)| {
            let columns: Vec<String> = every
                .iter()
                .map(|name| {
                    let kind = typed(name).unwrap_or("VARCHAR");
                    match names.contains(name) {
                        true => format!("CAST({name} AS {kind}) AS {name}"),
                        false => format!("CAST(NULL AS {kind}) AS {name}"),
                    }
                })
                .collect();
            format!(
                "    SELECT {} AS table_name, {}\n    FROM (\n{}\n    ) AS mention",
                literal(table),
                columns.join(", "),
                link.mentions[*table].trim().trim_end_matches(';')
            )
        })
        .collect();
    let asked = |name: &str| match every.contains(name) {
        true => name.to_string(),
        false => format!(
            "CAST(NULL AS {}) AS {name}",
            typed(name).unwrap_or("VARCHAR")
        ),
    };
    let cleaned: Vec<String> = every
        .iter()
        .map(|name| match name.as_str() {
            "name" | "identifier" | "other_id" | "number" | "ocid" => {
                format!("{} AS {name}", somebody(link, name))
            }
            _ => name.clone(),
        })
        .collect();
    let mut read: Vec<String> = vec!["table_name".into(), "mention_key".into()];
    read.extend(AS_FOUND.iter().map(|name| asked(name)));
    read.push(asked("name"));
    read.push(match every.contains("name") {
        true => "name_key(name) AS name_key".to_string(),
        false => "CAST(NULL AS VARCHAR) AS name_key".to_string(),
    });
    read.extend(READ.iter().map(|name| match link.columns.get(*name) {
        Some(sql) => format!("{} AS {name}", sql.trim()),
        None => asked(name),
    }));
    read.extend(TYPED.iter().map(|(name, _)| asked(name)));
    let columns: Vec<&str> = ["table_name", "mention_key"]
        .into_iter()
        .chain(AS_FOUND)
        .chain(["name", "name_key"])
        .chain(READ)
        .chain(TYPED.map(|(name, _)| name))
        .collect();
    let whole: Vec<String> = columns
        .iter()
        .map(|name| match READ.contains(name) {
            true => format!("{} AS {name}", somebody(link, name)),
            false => name.to_string(),
        })
        .collect();
    let mut ctes = vec![
        format!("found AS (\n{}\n)", found.join("\n    UNION ALL\n")),
        format!(
            "told AS (SELECT table_name, {} FROM found)",
            cleaned.join(", ")
        ),
        format!("read AS (SELECT {} FROM told)", read.join(", ")),
        format!(
            "mention_0 AS (SELECT {}, CAST(NULL AS VARCHAR) AS borrowed FROM read)",
            whole.join(", ")
        ),
    ];
    for (at, borrow) in link.borrows.iter().enumerate() {
        let column = &borrow.column;
        let same = borrow.same.join(", ");
        let filled: Vec<String> = borrow
            .same
            .iter()
            .map(|name| format!("{name} IS NOT NULL"))
            .collect();
        let equal: Vec<String> = borrow
            .same
            .iter()
            .map(|name| format!("known.{name} = mention.{name}"))
            .collect();
        ctes.push(format!(
            "known_{at} AS (SELECT {same}, min({column}) AS taken FROM mention_{at} WHERE {column} IS NOT NULL AND {} \
             GROUP BY {same} HAVING min({column}) = max({column}))",
            filled.join(" AND ")
        ));
        let kept: Vec<String> = columns
            .iter()
            .map(|name| match name == column {
                true => format!("coalesce(mention.{name}, known.taken) AS {name}"),
                false => format!("mention.{name}"),
            })
            .collect();
        ctes.push(format!(
            "mention_{} AS (SELECT {}, CASE WHEN mention.{column} IS NULL AND known.taken IS NOT NULL THEN {} \
             ELSE mention.borrowed END AS borrowed FROM mention_{at} AS mention LEFT JOIN known_{at} AS known ON {})",
            at + 1,
            kept.join(", "),
            literal(&borrow.code),
            equal.join(" AND ")
        ));
    }
    let keys: Vec<String> = link
        .rules
        .iter()
        .filter(|rule| rule.strength != Strength::Possible)
        .map(|rule| format!("({}) IS NOT NULL", rule.key.trim()))
        .collect();
    Ok(format!(
        "WITH {}\nSELECT\n    {kind} AS kind,\n    stable_id(concat({kind}, '/', table_name, '/', source, '/', mention_key)) AS mention_id,\n    \
         table_name, role, source, place, subject_id, name, name_key, CAST(NULL AS VARCHAR) AS words, \
         CAST(NULL AS BOOLEAN) AS is_person_name,\n    {}, date, borrowed, file_id, part_id, record, element\n\
         FROM mention_{} AS mention\nWHERE {}\nORDER BY subject_id, mention_id, file_id, part_id, record, element, name",
        ctes.join(",\n"),
        READ.join(", "),
        link.borrows.len(),
        keys.join(" OR "),
        kind = literal(&link.kind),
    ))
}

fn typed(name: &str) -> Option<&'static str> {
    TYPED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, kind)| *kind)
}

/// A column without the values that stand for nobody in particular.
fn somebody(link: &Link, column: &str) -> String {
    if link.nobody.is_empty() {
        return column.to_string();
    }
    let values: Vec<String> = link
        .nobody
        .iter()
        .map(|row| literal(&lake::functions::fold_text(&row.value)))
        .collect();
    format!(
        "CASE WHEN fold_text({column}) NOT IN ({}) THEN {column} END",
        values.join(", ")
    )
}

/// The mentions of a kind, each with its own key (`code:value`, the surest it has) and the rule of that key.
pub(crate) fn keyed(link: &Link) -> String {
    let mut key = String::from("CASE");
    let mut rule = String::from("CASE");
    for one in link
        .rules
        .iter()
        .filter(|rule| rule.strength != Strength::Possible)
    {
        let sql = one.key.trim();
        key.push_str(&format!(
            " WHEN ({sql}) IS NOT NULL THEN concat({}, {sql})",
            literal(&format!("{}:", one.code))
        ));
        rule.push_str(&format!(
            " WHEN ({sql}) IS NOT NULL THEN {}",
            literal(&one.code)
        ));
    }
    let value = link.veto.as_ref().map_or_else(
        || "CAST(NULL AS VARCHAR)".to_string(),
        |veto| veto.value.trim().to_string(),
    );
    format!(
        "SELECT mention.*, {key} END AS key, {rule} END AS rule, {value} AS distinct_value FROM links.mention AS mention WHERE kind = {}",
        literal(&link.kind)
    )
}

/// Keys that stand beside the own key of a mention: what joins entities. In order of the rules, then of text.
pub(crate) fn edges(link: &Link) -> Option<String> {
    let beside: Vec<String> = link
        .of(Strength::Certain)
        .enumerate()
        .skip(1)
        .map(|(rank, rule)| {
            let other = format!(
                "concat({}, {})",
                literal(&format!("{}:", rule.code)),
                rule.key.trim()
            );
            format!(
                "SELECT DISTINCT key AS a, {other} AS b, {} AS rule, {rank} AS rank, distinct_value \
                 FROM asked.keyed WHERE ({}) IS NOT NULL AND key <> {other}",
                literal(&rule.code),
                rule.key.trim()
            )
        })
        .collect();
    (!beside.is_empty()).then(|| {
        format!(
            "SELECT * FROM ({}) AS edge ORDER BY rank, a, b, distinct_value",
            beside.join(" UNION ALL ")
        )
    })
}

/// The mentions with their entities, over `asked.joined`.
pub(crate) fn placed() -> &'static str {
    "SELECT keyed.*, coalesce(joined.entity_key, keyed.key) AS entity_key, \
     stable_id(coalesce(joined.entity_key, keyed.key)) AS entity_id, joined.joined_by \
     FROM asked.keyed AS keyed LEFT JOIN asked.joined AS joined ON joined.key = keyed.key"
}

/// `links.member`.
pub(crate) fn members(link: &Link) -> String {
    let mut strength = String::from("CASE WHEN joined_by IS NOT NULL THEN 'certain'");
    for rule in &link.rules {
        strength.push_str(&format!(
            " WHEN rule = {} THEN {}",
            literal(&rule.code),
            literal(rule.strength.code())
        ));
    }
    format!(
        "SELECT kind, entity_id, mention_id, coalesce(borrowed, rule) AS rule, {strength} END AS strength, joined_by, \
         table_name, role, source, place, subject_id, name, date, file_id, part_id, record, element \
         FROM asked.placed ORDER BY subject_id, mention_id, file_id, part_id, record, element, name"
    )
}

/// `links.entity`: what is told of each, then how many others bear its name.
pub(crate) fn entities(link: &Link) -> String {
    let assumed: Vec<String> = link
        .of(Strength::Assumed)
        .map(|rule| literal(&rule.code))
        .collect();
    // An entity is as sure as its surest mention.
    let certain = match assumed.is_empty() {
        true => "true".to_string(),
        false => format!(
            "joined_by IS NOT NULL OR rule NOT IN ({})",
            assumed.join(", ")
        ),
    };
    let mut warned = String::new();
    let mut warnings = Vec::new();
    for (at, warning) in link.warnings.iter().enumerate() {
        let when = match (&warning.when, warning.code.as_str()) {
            (Some(sql), _) => {
                warned.push_str(&format!(
                    ", bool_or(coalesce({}, false)) AS warning_{at}",
                    sql.trim()
                ));
                format!("told.warning_{at}")
            }
            (None, "homonyms") => "coalesce(homonym.homonyms, 0) > 1".to_string(),
            (None, _) => "bearing.names > 1 AND told.is_certain".to_string(),
        };
        warnings.push(format!(
            "CASE WHEN {when} THEN {} END",
            literal(&warning.code)
        ));
    }
    let warnings = match warnings.is_empty() {
        true => "CAST(NULL AS VARCHAR)".to_string(),
        false => format!("nullif(concat_ws(';', {}), '')", warnings.join(", ")),
    };
    // `count(DISTINCT …)` and `array_agg` of text keep some kilobytes for each group: grouping twice, and asking for each
    // role, keeps a few bytes.
    let roles: Vec<String> = link
        .roles
        .iter()
        .map(|role| {
            let role = literal(role);
            format!("CASE WHEN bool_or(role = {role}) THEN {role} END")
        })
        .collect();
    let roles = format!("concat_ws(';', {})", roles.join(", "));
    format!(
        "WITH named AS (
    SELECT entity_id, name, count(*) AS times FROM asked.placed WHERE name IS NOT NULL GROUP BY entity_id, name
),
shown AS (
    SELECT entity_id, name FROM (
        SELECT entity_id, name, row_number() OVER (PARTITION BY entity_id ORDER BY times DESC, name) AS place FROM named
    ) AS placed WHERE place = 1
),
told AS (
    SELECT entity_id, min(entity_key) AS key, bool_or({certain}) AS is_certain, count(*) AS mentions, min(rfc) AS rfc,
        {roles} AS roles, min(distinct_value) AS distinct_key{warned}
    FROM asked.placed
    GROUP BY entity_id
),
publishing AS (
    SELECT entity_id, count(*) AS sources FROM (SELECT DISTINCT entity_id, source FROM asked.placed) AS one GROUP BY entity_id
),
bearing AS (
    SELECT entity_id, count(*) AS names FROM (
        SELECT DISTINCT entity_id, name_key FROM asked.placed WHERE name_key IS NOT NULL
    ) AS one GROUP BY entity_id
),
bearer AS (
    SELECT name_key, count(*) AS bearers FROM (
        SELECT DISTINCT name_key, distinct_value FROM asked.placed WHERE name_key IS NOT NULL AND distinct_value IS NOT NULL
    ) AS one GROUP BY name_key HAVING count(*) > 1
),
homonym AS (
    SELECT placed.entity_id, max(bearer.bearers) AS homonyms
    FROM asked.placed AS placed JOIN bearer ON bearer.name_key = placed.name_key
    GROUP BY placed.entity_id
)
SELECT {kind} AS kind, told.entity_id, told.key, CASE WHEN told.is_certain THEN 'certain' ELSE 'assumed' END AS strength,
    shown.name, coalesce(bearing.names, 0) AS names, told.rfc, told.mentions, publishing.sources, told.roles,
    coalesce(homonym.homonyms, 0) AS homonyms, {warnings} AS warnings, told.distinct_key
FROM told
JOIN publishing ON publishing.entity_id = told.entity_id
LEFT JOIN bearing ON bearing.entity_id = told.entity_id
LEFT JOIN shown ON shown.entity_id = told.entity_id
LEFT JOIN homonym ON homonym.entity_id = told.entity_id
ORDER BY told.entity_id",
        kind = literal(&link.kind),
    )
}

/// `links.pair`: possible pairs over `asked.entity`, with what people decided, and the pairs of `asked.decided`.
///
/// Of a name that more entities bear than the pack allows, each is paired with one of them only, so that pairs never
/// grow faster than entities.
pub(crate) fn pairs(link: &Link) -> String {
    let kind = literal(&link.kind);
    let keyed: Vec<String> = link
        .of(Strength::Possible)
        .enumerate()
        .map(|(rank, rule)| {
            let sql = rule.key.trim();
            format!(
                "SELECT DISTINCT entity_id, {rank} AS rank, {} AS rule, {sql} AS key FROM asked.placed WHERE ({sql}) IS NOT NULL",
                literal(&rule.code)
            )
        })
        .collect();
    let decided = format!(
        "SELECT {kind} AS kind, stable_id(concat(a, '/', b)) AS pair_id, a, b, rule, strength, decision, \
         CAST(NULL AS BIGINT) AS sharing, CAST(NULL AS BIGINT) AS different, evidence FROM asked.decided"
    );
    if keyed.is_empty() {
        return format!("{decided} ORDER BY a, b, rule");
    }
    format!(
        "WITH keyed AS ({keyed}),
shared AS (
    SELECT keyed.rule, keyed.rank, keyed.key, count(*) AS sharing, count(entity.distinct_key) AS different,
        substr(min(concat(CASE WHEN entity.distinct_key IS NULL THEN '1' ELSE '0' END, keyed.entity_id)), 2) AS hub
    FROM keyed JOIN asked.entity AS entity ON entity.entity_id = keyed.entity_id
    GROUP BY keyed.rule, keyed.rank, keyed.key HAVING count(*) > 1
),
bearing AS (
    SELECT keyed.entity_id, shared.* FROM keyed JOIN shared ON shared.rule = keyed.rule AND shared.key = keyed.key
),
every AS (
    SELECT one.entity_id AS a, other.entity_id AS b, one.rule, one.rank, one.key, one.sharing, one.different
    FROM bearing AS one JOIN bearing AS other
        ON other.rule = one.rule AND other.key = one.key AND one.entity_id < other.entity_id
    WHERE one.sharing <= {most} AND other.sharing <= {most}
    UNION ALL
    SELECT CASE WHEN hub < entity_id THEN hub ELSE entity_id END AS a,
        CASE WHEN hub < entity_id THEN entity_id ELSE hub END AS b, rule, rank, key, sharing, different
    FROM bearing WHERE sharing > {most} AND entity_id <> hub
),
surest AS (
    SELECT * FROM (
        SELECT every.*, row_number() OVER (PARTITION BY a, b ORDER BY rank, key) AS place FROM every
    ) AS placed WHERE place = 1
),
possible AS (
    SELECT surest.a, surest.b, surest.rule, surest.sharing, surest.different,
        CASE WHEN one.distinct_key <> other.distinct_key THEN 'different' ELSE 'possible' END AS strength,
        rejected.decision, json_object('key', surest.key, 'why', rejected.why, 'decided_at', rejected.decided_at) AS evidence
    FROM surest
    JOIN asked.entity AS one ON one.entity_id = surest.a
    JOIN asked.entity AS other ON other.entity_id = surest.b
    LEFT JOIN asked.rejected AS rejected ON rejected.a = surest.a AND rejected.b = surest.b
)
SELECT {kind} AS kind, stable_id(concat(a, '/', b)) AS pair_id, a, b, rule, strength, decision, sharing, different, evidence FROM possible
UNION ALL
{decided}
UNION ALL
SELECT {kind} AS kind, stable_id(concat(rejected.a, '/', rejected.b)) AS pair_id, rejected.a, rejected.b, 'person' AS rule,
    'different' AS strength, rejected.decision, CAST(NULL AS BIGINT) AS sharing, CAST(NULL AS BIGINT) AS different,
    json_object('why', rejected.why, 'decided_at', rejected.decided_at) AS evidence
FROM asked.rejected AS rejected
JOIN asked.entity AS one ON one.entity_id = rejected.a
JOIN asked.entity AS other ON other.entity_id = rejected.b
LEFT JOIN possible ON possible.a = rejected.a AND possible.b = rejected.b
WHERE possible.a IS NULL
ORDER BY a, b, rule",
        keyed = keyed.join(" UNION ALL "),
        most = link.pairs_up_to,
    )
}

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

/// A table that only the queries of one kind see.
pub(crate) fn asked(name: &str) -> TableName {
    TableName::new("asked", name)
}

pub(crate) fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
