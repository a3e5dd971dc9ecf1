-- One row per milestone that is not met. passed: it has no date on which it was met.
SELECT
    source,
    ocid AS subject,
    concat(section, '/milestones/dateMet') AS path,
    concat(status, coalesce(concat(', ', date_met), '')) AS value,
    date_met IS NULL AS passed,
    file_id, part_id, record, element
FROM ocds.milestone
WHERE status IN $unmet
