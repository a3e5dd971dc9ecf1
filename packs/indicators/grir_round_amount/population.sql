-- One row per contract with an identifier.
-- multiple_of: the number of which a round amount is a multiple.
WITH number AS (
    SELECT max(value) AS multiple_of
    FROM parameter
    WHERE indicator = 'GRIR' AND name = 'multiple_of' AND place = ''
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    contract.place,
    contract.title AS name,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    contract.value_amount,
    number.multiple_of
FROM number
CROSS JOIN ocds.contract AS contract
WHERE contract.id IS NOT NULL
