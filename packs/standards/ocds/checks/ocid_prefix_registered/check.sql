-- One row per process of a publication in the standard.
-- passed: true when its prefix is in the list, false when it has not the form of one, null when it may be newer than the list.
SELECT
    tender.source,
    tender.ocid AS subject,
    'ocid' AS path,
    tender.ocid AS value,
    CASE
        WHEN list.value IS NOT NULL THEN true
        WHEN NOT regexp_like(tender.ocid, $form) THEN false
    END AS passed,
    tender.file_id, tender.part_id, tender.record, tender.element
FROM ocds.tender AS tender
JOIN asked.source AS source ON source.source = tender.source AND source.in_standard
LEFT JOIN asked.list AS list ON list.value = substr(tender.ocid, 1, 11)
WHERE tender.ocid IS NOT NULL
