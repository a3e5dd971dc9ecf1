-- One row per process of the edition before the last. passed: the last edition has it too.
WITH edition AS (
    SELECT source, edition_date, row_number() OVER (PARTITION BY source ORDER BY edition_date DESC) AS age
    FROM (
        SELECT DISTINCT rows.source, rows.edition_date
        FROM ocds_history.tender AS rows
        JOIN source_info ON source_info.source = rows.source AND source_info.publishes = $replaces
        WHERE rows.edition_date IS NOT NULL
    ) AS known
),
process AS (
    SELECT rows.*, edition.age,
        row_number() OVER (PARTITION BY rows.source, edition.age, rows.ocid ORDER BY rows.file_id, rows.part_id, rows.record) AS nth
    FROM ocds_history.tender AS rows
    JOIN edition ON edition.source = rows.source AND edition.edition_date = rows.edition_date
    WHERE edition.age <= 2 AND rows.ocid IS NOT NULL
)
SELECT
    older.source,
    older.ocid AS subject,
    'ocid' AS path,
    concat(older.ocid, ' ', older.edition_date) AS value,
    newer.ocid IS NOT NULL AS passed,
    older.file_id, older.part_id, older.record, older.element
FROM process AS older
LEFT JOIN process AS newer
    ON newer.source = older.source AND newer.ocid = older.ocid AND newer.age = 1 AND newer.nth = 1
WHERE older.age = 2 AND older.nth = 1
