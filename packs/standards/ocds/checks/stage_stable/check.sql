-- One row per process of two editions and stage its older edition had. passed: the newer has as many objects or more.
WITH process AS (
    SELECT *, row_number() OVER (PARTITION BY source, ocid, edition_date ORDER BY file_id, part_id, record) AS nth
    FROM ocds_history.tender
    WHERE edition_date IS NOT NULL AND ocid IS NOT NULL
),
aged AS (
    SELECT *, row_number() OVER (PARTITION BY source, ocid ORDER BY edition_date DESC) AS age
    FROM process
    WHERE nth = 1
),
stage AS (
    SELECT source, ocid, edition_date, 'tender' AS path, 1 AS things
    FROM aged
    WHERE coalesce(id, title, description, status, procurement_method) IS NOT NULL
    UNION ALL
    SELECT DISTINCT source, ocid, edition_date, 'planning' AS path, 1 AS things
    FROM ocds_history.release
    WHERE planning_rationale IS NOT NULL OR budget_id IS NOT NULL OR budget_description IS NOT NULL OR budget_amount IS NOT NULL
    UNION ALL
    SELECT source, ocid, edition_date, 'awards' AS path, count(DISTINCT id) AS things
    FROM ocds_history.award
    GROUP BY source, ocid, edition_date
    UNION ALL
    SELECT source, ocid, edition_date, 'contracts' AS path, count(DISTINCT id) AS things
    FROM ocds_history.contract
    GROUP BY source, ocid, edition_date
)
SELECT
    newer.source,
    newer.ocid AS subject,
    had.path,
    concat(had.things, ' before, ', coalesce(has.things, 0), ' now') AS value,
    coalesce(has.things, 0) >= had.things AS passed,
    newer.file_id, newer.part_id, newer.record, newer.element
FROM aged AS newer
JOIN aged AS older ON older.source = newer.source AND older.ocid = newer.ocid AND older.age = 2
JOIN stage AS had ON had.source = older.source AND had.ocid = older.ocid AND had.edition_date = older.edition_date
LEFT JOIN source_info ON source_info.source = newer.source
LEFT JOIN stage AS has
    ON has.source = newer.source AND has.ocid = newer.ocid AND has.edition_date = newer.edition_date AND has.path = had.path
WHERE newer.age = 1 AND coalesce(source_info.publishes, '') <> $parts
