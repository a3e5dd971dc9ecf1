-- One row per award with a value and contracts. passed: the sum of the contracts differs by at most $share of the value.
-- fits counts the contracts that can be added: in the award's currency, not zero, of its sign.
WITH summed AS (
    SELECT
        award.source, award.ocid, award.id,
        count(*) AS contracts,
        sum(CASE WHEN contract.value_currency = award.value_currency AND contract.value_amount * signum(award.value_amount) > 0 THEN 1 ELSE 0 END) AS fits,
        sum(contract.value_amount) AS amount
    FROM ocds.award AS award
    JOIN ocds.contract AS contract
        ON contract.source = award.source AND contract.ocid = award.ocid AND contract.award_id = award.id
    GROUP BY award.source, award.ocid, award.id
)
SELECT
    award.source,
    award.ocid AS subject,
    'contracts/value' AS path,
    concat(summed.amount, ' ', award.value_currency, ', award ', award.value_amount) AS value,
    abs(award.value_amount - summed.amount) <= abs(award.value_amount) * $share AS passed,
    award.file_id, award.part_id, award.record, award.element
FROM ocds.award AS award
JOIN summed ON summed.source = award.source AND summed.ocid = award.ocid AND summed.id = award.id
WHERE award.value_amount <> 0 AND summed.fits = summed.contracts
