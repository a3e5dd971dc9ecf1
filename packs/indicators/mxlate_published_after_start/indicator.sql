-- One row per contract whose publication and start are known to the day.
-- value: calendar days from the start of the contract to its publication, as written; below zero if it was published first.
-- threshold: days tolerated. flagged: more days than are tolerated. amount, currency: the contract's.
-- note, on flagged contracts only: `direct_award`, else `tender_period` (the start of the submission period stands for the publication).
-- detail: the dates; that of the publication under the name of the field it comes from.
-- Left out: contracts without a process, without either date, or with only its month or year.
WITH number AS (
    SELECT max(value) AS tolerated_days
    FROM parameter
    WHERE indicator = 'MXLATE' AND name = 'tolerated_days' AND place = ''
),
published AS (
    SELECT
        source,
        ocid,
        procurement_method AS method,
        coalesce(date_published, tender_period_start_date) AS date,
        CASE WHEN date_published IS NOT NULL THEN 'date_published' ELSE 'tender_period_start_date' END AS date_used
    FROM ocds.tender
    WHERE coalesce(date_published, tender_period_start_date) IS NOT NULL
        AND CASE
            WHEN date_published IS NOT NULL THEN coalesce(date_published_precision, 'day') NOT IN ('year', 'month')
            ELSE coalesce(tender_period_start_date_precision, 'day') NOT IN ('year', 'month')
        END
),
delay AS (
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        contract.period_start_date,
        contract.value_amount,
        contract.value_currency,
        published.method,
        published.date,
        published.date_used,
        CAST(CAST(published.date - contract.period_start_date AS BIGINT) AS DECIMAL(24, 6)) AS days
    FROM ocds.contract AS contract
    JOIN published ON published.source = contract.source AND published.ocid = contract.ocid
    WHERE contract.period_start_date IS NOT NULL
        AND coalesce(contract.period_start_date_precision, 'day') NOT IN ('year', 'month')
)
SELECT
    delay.ocid || '/' || delay.id AS subject_id,
    delay.source,
    delay.days > number.tolerated_days AS flagged,
    delay.days AS value,
    number.tolerated_days AS threshold,
    delay.value_amount AS amount,
    delay.value_currency AS currency,
    CASE
        WHEN delay.days <= number.tolerated_days THEN NULL
        WHEN delay.method = 'direct' THEN 'direct_award'
        WHEN delay.date_used = 'tender_period_start_date' THEN 'tender_period'
    END AS note,
    json_object(
        'date_published', CASE WHEN delay.date_used = 'date_published' THEN CAST(delay.date AS VARCHAR) END,
        'tender_period_start', CASE WHEN delay.date_used = 'tender_period_start_date' THEN CAST(delay.date AS VARCHAR) END,
        'contract_start', CAST(delay.period_start_date AS VARCHAR),
        'method', delay.method
    ) AS detail
FROM number
CROSS JOIN delay
WHERE number.tolerated_days IS NOT NULL
