-- One row per contract with an identifier.
-- has_publication: the day of publication is known; without it, the first day for handing in bids.
-- has_start: the day the contract starts is known.
-- tolerated_days: days of delay that are not flagged.
WITH number AS (
    SELECT max(value) AS tolerated_days
    FROM parameter
    WHERE indicator = 'MXLATE' AND name = 'tolerated_days' AND place = ''
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    contract.place,
    contract.title AS name,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    CASE
        WHEN tender.date_published IS NOT NULL
            THEN coalesce(tender.date_published_precision, 'day') NOT IN ('year', 'month')
        ELSE tender.tender_period_start_date IS NOT NULL
            AND coalesce(tender.tender_period_start_date_precision, 'day') NOT IN ('year', 'month')
    END AS has_publication,
    contract.period_start_date IS NOT NULL
        AND coalesce(contract.period_start_date_precision, 'day') NOT IN ('year', 'month') AS has_start,
    number.tolerated_days
FROM number
CROSS JOIN ocds.contract AS contract
LEFT JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
WHERE contract.id IS NOT NULL
