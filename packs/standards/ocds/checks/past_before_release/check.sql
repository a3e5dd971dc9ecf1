-- One row per date of something done. passed: it is not after the date of the release; whole days are compared.
WITH dated AS (
    SELECT source, ocid, file_id, part_id, record, element, 'tender/amendments/date' AS path, date AS day FROM ocds.tender_amendment WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'awards/amendments/date' AS path, date AS day FROM ocds.award_amendment WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'contracts/amendments/date' AS path, date AS day FROM ocds.amendment WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'awards/date' AS path, date AS day FROM ocds.award WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'contracts/dateSigned' AS path, date_signed AS day FROM ocds.contract WHERE date_signed IS NOT NULL AND coalesce(date_signed_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'contracts/implementation/transactions/date' AS path, date AS day FROM ocds.transaction WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/milestones/dateModified') AS path, date_modified AS day FROM ocds.milestone WHERE date_modified IS NOT NULL AND coalesce(date_modified_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/milestones/dateMet') AS path, date_met AS day FROM ocds.milestone WHERE date_met IS NOT NULL AND coalesce(date_met_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/documents/datePublished') AS path, date_published AS day FROM ocds.document WHERE date_published IS NOT NULL AND coalesce(date_published_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/documents/dateModified') AS path, date_modified AS day FROM ocds.document WHERE date_modified IS NOT NULL AND coalesce(date_modified_precision, 'day') NOT IN $coarse
)
SELECT
    dated.source,
    dated.ocid AS subject,
    dated.path AS path,
    concat(dated.day, ' > ', release.release_date) AS value,
    dated.day <= release.release_date AS passed,
    dated.file_id, dated.part_id, dated.record, dated.element
FROM dated
JOIN ocds.tender AS release ON release.source = dated.source AND release.ocid = dated.ocid
WHERE release.release_date IS NOT NULL
