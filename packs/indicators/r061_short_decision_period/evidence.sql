-- The row each tender or invitation was read from, and those of its awards.
SELECT ocid AS subject_id, file_id, part_id, record, element, 'tender' AS role
FROM ocds.tender
WHERE procurement_method IN ('open', 'selective', 'limited')
UNION ALL
SELECT ocid AS subject_id, file_id, part_id, record, element, 'award' AS role
FROM ocds.award
