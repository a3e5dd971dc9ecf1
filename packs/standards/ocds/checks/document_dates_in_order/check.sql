-- One row per pair of a document's date and another; path says which two. passed: the first is not after the second.
WITH dated AS (
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/documents/datePublished') AS path, date_published AS day FROM ocds.document WHERE date_published IS NOT NULL AND coalesce(date_published_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/documents/dateModified') AS path, date_modified AS day FROM ocds.document WHERE date_modified IS NOT NULL AND coalesce(date_modified_precision, 'day') NOT IN $coarse
),
pair AS (
    SELECT dated.source, dated.ocid, dated.file_id, dated.part_id, dated.record, dated.element,
        concat(dated.path, ' <= date') AS path, dated.day AS first, release.release_date AS second
    FROM dated
    JOIN ocds.tender AS release ON release.source = dated.source AND release.ocid = dated.ocid
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        concat(section, '/documents/datePublished <= ', section, '/documents/dateModified'), date_published, date_modified
    FROM ocds.document
    WHERE coalesce(date_published_precision, 'day') NOT IN $coarse AND coalesce(date_modified_precision, 'day') NOT IN $coarse
)
SELECT
    source,
    ocid AS subject,
    path,
    concat(first, ' > ', second) AS value,
    first <= second AS passed,
    file_id, part_id, record, element
FROM pair
WHERE first IS NOT NULL AND second IS NOT NULL
