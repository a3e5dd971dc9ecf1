-- The contract's row and its process's.
SELECT ocid || '/' || id AS subject_id, file_id, part_id, record, element, 'contract' AS role
FROM ocds.contract
UNION ALL
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    tender.file_id,
    tender.part_id,
    tender.record,
    tender.element,
    'tender' AS role
FROM ocds.contract AS contract
JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
