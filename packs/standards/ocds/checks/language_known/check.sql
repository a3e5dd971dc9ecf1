-- One row per release or document that says its language. passed: the code is in the list.
WITH found AS (
    SELECT source, ocid, file_id, part_id, record, element, 'language' AS path, language
    FROM ocds.tender
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, concat(section, '/documents/language') AS path, language
    FROM ocds.document
)
SELECT
    found.source,
    found.ocid AS subject,
    found.path,
    found.language AS value,
    list.value IS NOT NULL AS passed,
    found.file_id, found.part_id, found.record, found.element
FROM found
LEFT JOIN asked.list AS list ON list.value = found.language
WHERE found.language IS NOT NULL
