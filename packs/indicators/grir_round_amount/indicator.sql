-- One row per contract with an amount above zero.
-- value: the amount as published. threshold: the multiple. flagged: the amount is an exact multiple of it.
-- amount, currency: the contract's; a round number is round in any currency, known or not.
-- note `ceiling`: a maximum is published and the amount equals it.
-- Left out: contracts without an amount, or of zero.
WITH number AS (
    SELECT max(value) AS multiple_of
    FROM parameter
    WHERE indicator = 'GRIR' AND name = 'multiple_of' AND place = ''
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    contract.value_amount % number.multiple_of = 0 AS flagged,
    contract.value_amount AS value,
    number.multiple_of AS threshold,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    CASE
        WHEN contract.value_amount % number.multiple_of = 0
            AND contract.amount_min IS NOT NULL
            AND contract.value_amount = contract.amount_max THEN 'ceiling'
    END AS note,
    json_object(
        'contract_amount', CAST(CAST(contract.value_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', contract.value_currency,
        'contract_tax_basis', contract.value_tax_basis
    ) AS detail
FROM number
CROSS JOIN ocds.contract AS contract
WHERE contract.value_amount > 0 AND number.multiple_of IS NOT NULL
