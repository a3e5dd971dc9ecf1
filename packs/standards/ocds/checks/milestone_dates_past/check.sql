-- One row per date of a milestone that lies in the past by its meaning. passed: it is not after the release.
WITH dated AS (
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/milestones/dateModified') AS path, date_modified AS day FROM ocds.milestone WHERE date_modified IS NOT NULL AND coalesce(date_modified_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/milestones/dateMet') AS path, date_met AS day FROM ocds.milestone WHERE date_met IS NOT NULL AND coalesce(date_met_precision, 'day') NOT IN $coarse
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
