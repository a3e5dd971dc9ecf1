//! The queries of a rule, put together from its folder.

use packs::Indicator;

/// The queries of one rule.
#[derive(Debug, Clone)]
pub struct Queries {
    /// One row per subject of the population, with its answer.
    pub answers: String,
    /// Flagged subjects, over the answers in `asked.answer`.
    pub flags: String,
    /// The original rows behind flagged and noted subjects, over the answers in `asked.answer`.
    pub evidence: String,
}

/// Puts the queries of `indicator` together.
pub fn queries(indicator: &Indicator) -> Queries {
    let code = text(&indicator.code);
    let kind = text(&indicator.subject);
    let mut missing = String::from("CASE");
    for requirement in &indicator.requires {
        missing.push_str(&format!(
            "\n        WHEN NOT coalesce(({}), false) THEN {}",
            requirement.when,
            text(&requirement.name())
        ));
    }
    missing.push_str("\n        ELSE 'unexplained' END");
    let answers = format!(
        "WITH asked AS (\n    SELECT population.*, {missing} AS missing\n    FROM (\n{population}\n    ) AS population\n),\ncomputed AS (\n{computed}\n)\nSELECT
    {code} AS indicator,
    {kind} AS subject_kind,
    asked.subject_id,
    asked.source,
    asked.place,
    asked.name,
    CASE WHEN computed.subject_id IS NULL THEN 'not_computable' WHEN computed.flagged THEN 'flagged' ELSE 'clear' END AS answer,
    CAST(computed.value AS DECIMAL(24, 6)) AS value,
    CAST(computed.threshold AS DECIMAL(24, 6)) AS threshold,
    CAST(coalesce(computed.amount, asked.amount) AS DECIMAL(24, 6)) AS amount,
    coalesce(computed.currency, asked.currency) AS currency,
    CASE WHEN computed.subject_id IS NULL THEN asked.missing END AS missing,
    computed.note,
    computed.detail
FROM asked
LEFT JOIN computed ON computed.subject_id = asked.subject_id AND computed.source = asked.source
ORDER BY asked.source, asked.subject_id",
        population = indicator.population_sql.trim().trim_end_matches(';'),
        computed = indicator.sql.trim().trim_end_matches(';'),
    );
    // A flag's id depends on the rule and the subject alone, so it is the same from run to run.
    let flag_id = "stable_id(concat(answer.indicator, '/', answer.source, '/', answer.subject_id))";
    let flags = format!(
        "WITH today AS (SELECT CAST(substr(max(added_at), 1, 10) AS DATE) AS day FROM file),
new AS (SELECT {flag_id} AS flag_id, answer.* FROM asked.answer AS answer WHERE answer.answer = 'flagged')
SELECT
    coalesce(new.flag_id, old.flag_id) AS flag_id,
    coalesce(new.indicator, old.indicator) AS indicator,
    coalesce(new.subject_kind, old.subject_kind) AS subject_kind,
    coalesce(new.subject_id, old.subject_id) AS subject_id,
    coalesce(new.source, old.source) AS source,
    CASE WHEN new.flag_id IS NULL THEN old.place ELSE new.place END AS place,
    CASE WHEN new.flag_id IS NULL THEN old.name ELSE new.name END AS name,
    CASE WHEN new.flag_id IS NULL THEN old.value ELSE new.value END AS value,
    CASE WHEN new.flag_id IS NULL THEN old.threshold ELSE new.threshold END AS threshold,
    CASE WHEN new.flag_id IS NULL THEN old.amount ELSE new.amount END AS amount,
    CASE WHEN new.flag_id IS NULL THEN old.currency ELSE new.currency END AS currency,
    CASE WHEN new.flag_id IS NULL THEN old.note ELSE new.note END AS note,
    CASE WHEN new.flag_id IS NULL THEN old.detail ELSE new.detail END AS detail,
    $rule_version AS rule_version,
    coalesce(old.first_seen, today.day) AS first_seen,
    CASE WHEN new.flag_id IS NULL THEN old.last_seen ELSE today.day END AS last_seen,
    CASE WHEN new.flag_id IS NULL THEN coalesce(old.closed_on, today.day) END AS closed_on
FROM new
FULL JOIN asked.flag AS old ON old.flag_id = new.flag_id
CROSS JOIN today
ORDER BY flag_id"
    );
    let evidence = format!(
        "SELECT
    {flag_id} AS flag_id,
    answer.indicator,
    answer.subject_id,
    answer.source,
    evidence.file_id,
    evidence.part_id,
    evidence.record,
    evidence.element,
    evidence.role
FROM (\n{rows}\n) AS evidence
JOIN asked.answer AS answer ON answer.subject_id = evidence.subject_id
WHERE answer.answer = 'flagged' OR answer.note IS NOT NULL
ORDER BY flag_id, evidence.role, evidence.file_id, evidence.part_id, evidence.record, evidence.element",
        rows = indicator.evidence_sql.trim().trim_end_matches(';'),
    );
    Queries {
        answers,
        flags,
        evidence,
    }
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
