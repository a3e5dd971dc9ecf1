-- One row per contract that is not signed. passed: it has no transactions.
WITH paid AS (
    SELECT source, ocid, contract_id, count(*) AS things FROM ocds.transaction GROUP BY source, ocid, contract_id
)
SELECT
    contract.source,
    contract.ocid AS subject,
    'contracts/status' AS path,
    concat(contract.status, ', ', coalesce(paid.things, 0), ' transactions') AS value,
    paid.things IS NULL AS passed,
    contract.file_id, contract.part_id, contract.record, contract.element
FROM ocds.contract AS contract
LEFT JOIN paid ON paid.source = contract.source AND paid.ocid = contract.ocid AND paid.contract_id = contract.id
WHERE contract.status IN $unsigned
