-- One row per document whose type is in the list. meant: the stages where the standard expects it.
WITH placed AS (
    SELECT
        *,
        CASE
            WHEN section LIKE 'contracts/implementation%' THEN 'implementation'
            WHEN section LIKE 'contracts%' THEN 'contract'
            WHEN section LIKE 'awards%' THEN 'award'
            WHEN section LIKE 'bids%' THEN 'bid'
            ELSE split_part(section, '/', 1)
        END AS stage
    FROM ocds.document
)
SELECT
    placed.source,
    placed.ocid AS subject,
    concat(placed.section, '/documents/documentType') AS path,
    placed.document_type AS value,
    concat(' ', list.meant, ' ') LIKE concat('% ', placed.stage, ' %') AS passed,
    placed.file_id, placed.part_id, placed.record, placed.element
FROM placed
JOIN asked.list AS list ON list.value = placed.document_type
