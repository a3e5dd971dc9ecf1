-- One row per process with a number and a list of tenderers. passed: they are equally many.
WITH listed AS (
    SELECT source, ocid, count(*) AS things FROM ocds.tenderer GROUP BY source, ocid
)
SELECT
    tender.source,
    tender.ocid AS subject,
    'tender/numberOfTenderers' AS path,
    concat(tender.number_of_tenderers, ', ', listed.things, ' listed') AS value,
    tender.number_of_tenderers = listed.things AS passed,
    tender.file_id, tender.part_id, tender.record, tender.element
FROM ocds.tender AS tender
JOIN listed ON listed.source = tender.source AND listed.ocid = tender.ocid
WHERE tender.number_of_tenderers IS NOT NULL
