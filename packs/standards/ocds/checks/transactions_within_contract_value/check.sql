-- One row per contract with a value and payments. passed: the payments do not add up to more.
WITH paid AS (
    SELECT
        contract.source, contract.ocid, contract.id,
        count(*) AS payments,
        sum(CASE WHEN paid.value_amount IS NOT NULL AND paid.value_currency = contract.value_currency THEN 1 ELSE 0 END) AS fits,
        sum(paid.value_amount) AS amount
    FROM ocds.contract AS contract
    JOIN ocds.transaction AS paid
        ON paid.source = contract.source AND paid.ocid = contract.ocid AND paid.contract_id = contract.id
    GROUP BY contract.source, contract.ocid, contract.id
)
SELECT
    contract.source,
    contract.ocid AS subject,
    'contracts/implementation/transactions/value' AS path,
    concat(paid.amount, ' ', contract.value_currency, ', contract ', contract.value_amount) AS value,
    paid.amount <= contract.value_amount AS passed,
    contract.file_id, contract.part_id, contract.record, contract.element
FROM ocds.contract AS contract
JOIN paid ON paid.source = contract.source AND paid.ocid = contract.ocid AND paid.id = contract.id
WHERE contract.value_amount IS NOT NULL AND paid.fits = paid.payments
