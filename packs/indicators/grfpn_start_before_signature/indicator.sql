-- One row per contract whose signature and start are known to the day.
-- value: calendar days from the start to the signature, as written; below zero if it was signed first. threshold: days tolerated.
-- flagged: more days than are tolerated. amount, currency: the contract's.
-- note, on flagged contracts only: `far_apart` (the dates are too far apart), else `after_award` (no earlier than its award).
-- detail: the dates.
-- Left out: contracts without either date, or with only its month or year.
WITH only_award AS (
    -- For a contract that names no award.
    SELECT source, ocid, max(date) AS award_date
    FROM ocds.award
    GROUP BY source, ocid
    HAVING count(*) = 1
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'tolerated_days') AS tolerated_days,
        max(value) FILTER (WHERE name = 'far_apart_days') AS far_apart_days
    FROM parameter
    WHERE indicator = 'GRFPN' AND place = ''
),
early AS (
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        contract.date_signed,
        contract.period_start_date,
        contract.value_amount,
        contract.value_currency,
        CASE WHEN contract.award_id IS NULL THEN only_award.award_date ELSE award.date END AS award_date,
        CAST(CAST(contract.date_signed - contract.period_start_date AS BIGINT) AS DECIMAL(24, 6)) AS days
    FROM ocds.contract AS contract
    LEFT JOIN ocds.award AS award
        ON award.source = contract.source AND award.ocid = contract.ocid AND award.id = contract.award_id
    LEFT JOIN only_award ON only_award.source = contract.source AND only_award.ocid = contract.ocid
    WHERE coalesce(contract.date_signed_precision, 'day') NOT IN ('year', 'month')
        AND coalesce(contract.period_start_date_precision, 'day') NOT IN ('year', 'month')
        AND contract.date_signed IS NOT NULL
        AND contract.period_start_date IS NOT NULL
)
SELECT
    early.ocid || '/' || early.id AS subject_id,
    early.source,
    early.days > number.tolerated_days AS flagged,
    early.days AS value,
    number.tolerated_days AS threshold,
    early.value_amount AS amount,
    early.value_currency AS currency,
    CASE
        WHEN early.days <= number.tolerated_days THEN NULL
        WHEN early.days > number.far_apart_days THEN 'far_apart'
        WHEN early.award_date <= early.period_start_date THEN 'after_award'
    END AS note,
    json_object(
        'contract_start', CAST(early.period_start_date AS VARCHAR),
        'date_signed', CAST(early.date_signed AS VARCHAR),
        'award_date', CAST(early.award_date AS VARCHAR)
    ) AS detail
FROM number
CROSS JOIN early
WHERE number.tolerated_days IS NOT NULL
