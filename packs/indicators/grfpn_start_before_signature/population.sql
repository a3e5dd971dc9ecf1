-- One row per contract with an identifier.
-- has_signature, has_start: dates known to the day.
-- tolerated_days: days of early start that are not flagged.
WITH number AS (
    SELECT max(value) AS tolerated_days
    FROM parameter
    WHERE indicator = 'GRFPN' AND name = 'tolerated_days' AND place = ''
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    contract.place,
    contract.title AS name,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    contract.date_signed IS NOT NULL
        AND coalesce(contract.date_signed_precision, 'day') NOT IN ('year', 'month') AS has_signature,
    contract.period_start_date IS NOT NULL
        AND coalesce(contract.period_start_date_precision, 'day') NOT IN ('year', 'month') AS has_start,
    number.tolerated_days
FROM number
CROSS JOIN ocds.contract AS contract
WHERE contract.id IS NOT NULL
