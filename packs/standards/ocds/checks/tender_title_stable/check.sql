-- One row per process of two editions with a title in the older. passed: the title in the newer is equal.
WITH process AS (
    SELECT *, row_number() OVER (PARTITION BY source, ocid, edition_date ORDER BY file_id, part_id, record) AS nth
    FROM ocds_history.tender
    WHERE edition_date IS NOT NULL AND ocid IS NOT NULL
),
aged AS (
    SELECT *, row_number() OVER (PARTITION BY source, ocid ORDER BY edition_date DESC) AS age,
        lower(trim(regexp_replace(title, '\s+', ' ', 'g'))) AS plain
    FROM process
    WHERE nth = 1
)
SELECT
    newer.source,
    newer.ocid AS subject,
    'tender/title' AS path,
    concat(older.title, ' / ', newer.title) AS value,
    coalesce(older.plain = newer.plain, false) AS passed,
    newer.file_id, newer.part_id, newer.record, newer.element
FROM aged AS newer
JOIN aged AS older ON older.source = newer.source AND older.ocid = newer.ocid AND older.age = 2
WHERE newer.age = 1 AND older.plain <> ''
