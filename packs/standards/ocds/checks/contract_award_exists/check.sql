-- One row per contract of a process with awards. passed: it names one of them.
WITH awarded AS (
    SELECT DISTINCT source, ocid FROM ocds.award
)
SELECT
    contract.source,
    contract.ocid AS subject,
    'contracts/awardID' AS path,
    contract.award_id AS value,
    award.id IS NOT NULL AS passed,
    contract.file_id, contract.part_id, contract.record, contract.element
FROM ocds.contract AS contract
JOIN asked.source AS source ON source.source = contract.source AND source.in_standard
JOIN awarded ON awarded.source = contract.source AND awarded.ocid = contract.ocid
LEFT JOIN ocds.award AS award
    ON award.source = contract.source AND award.ocid = contract.ocid AND award.id = contract.award_id
