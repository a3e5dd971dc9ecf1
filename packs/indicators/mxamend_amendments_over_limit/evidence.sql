-- The contract's row, and its amendments'.
SELECT ocid || '/' || id AS subject_id, file_id, part_id, record, element, 'contract' AS role
FROM ocds.contract
UNION ALL
SELECT ocid || '/' || contract_id AS subject_id, file_id, part_id, record, element, 'amendment' AS role
FROM ocds.amendment
