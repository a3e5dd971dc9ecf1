-- One row per process whose tender is not complete. passed: it has neither awards nor contracts.
WITH later AS (
    SELECT source, ocid, count(*) AS things
    FROM (SELECT source, ocid FROM ocds.award UNION ALL SELECT source, ocid FROM ocds.contract) AS made
    GROUP BY source, ocid
)
SELECT
    tender.source,
    tender.ocid AS subject,
    'tender/status' AS path,
    concat(tender.status, ', ', coalesce(later.things, 0), ' awards and contracts') AS value,
    later.things IS NULL AS passed,
    tender.file_id, tender.part_id, tender.record, tender.element
FROM ocds.tender AS tender
LEFT JOIN later ON later.source = tender.source AND later.ocid = tender.ocid
WHERE tender.status IN $incomplete
