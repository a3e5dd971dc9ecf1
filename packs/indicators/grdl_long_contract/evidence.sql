-- The contract's row.
SELECT ocid || '/' || id AS subject_id, file_id, part_id, record, element, 'contract' AS role
FROM ocds.contract
