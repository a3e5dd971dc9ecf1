-- The row (or release) each public tender was read from.
SELECT ocid AS subject_id, file_id, part_id, record, element, 'tender' AS role
FROM ocds.tender
WHERE procurement_method = 'open'
