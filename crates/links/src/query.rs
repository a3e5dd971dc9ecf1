//! The queries of a kind over its mentions: keys, members, entities, pairs.

use lake::TableName;
use packs::{Link, Strength};

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

/// A table that only the queries of one kind see.
pub(crate) fn asked(name: &str) -> TableName {
    TableName::new("asked", name)
}

pub(crate) fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
