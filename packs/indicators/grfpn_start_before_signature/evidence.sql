-- The contract's row, and its award's.
WITH only_award AS (
    SELECT source, ocid, min(id) AS id
    FROM ocds.award
    GROUP BY source, ocid
    HAVING count(*) = 1
)
SELECT ocid || '/' || id AS subject_id, file_id, part_id, record, element, 'contract' AS role
FROM ocds.contract
UNION ALL
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    award.file_id,
    award.part_id,
    award.record,
    award.element,
    'award' AS role
FROM ocds.contract AS contract
LEFT JOIN only_award ON only_award.source = contract.source AND only_award.ocid = contract.ocid
JOIN ocds.award AS award
    ON award.source = contract.source
    AND award.ocid = contract.ocid
    AND award.id = coalesce(contract.award_id, only_award.id)
WHERE award.date IS NOT NULL
