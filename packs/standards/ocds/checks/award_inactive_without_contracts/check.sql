-- One row per inactive award with an id. passed: no contract of its process names it.
WITH named AS (
    SELECT DISTINCT source, ocid, award_id FROM ocds.contract WHERE award_id IS NOT NULL
)
SELECT
    award.source,
    award.ocid AS subject,
    'awards/status' AS path,
    award.status AS value,
    named.award_id IS NULL AS passed,
    award.file_id, award.part_id, award.record, award.element
FROM ocds.award AS award
LEFT JOIN named ON named.source = award.source AND named.ocid = award.ocid AND named.award_id = award.id
WHERE award.status IN $inactive AND award.id IS NOT NULL
