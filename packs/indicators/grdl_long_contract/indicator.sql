-- One row per contract whose start and end are known to the day and in order.
-- value: calendar days from the first to the last day, as written. threshold: the days beyond which a contract is long.
-- flagged: more days than the threshold.
-- Left out: contracts without both days, known only to the month, or whose end is before their start.
WITH contract AS (
    SELECT
        source,
        ocid,
        id,
        max(value_amount) AS value_amount,
        max(value_currency) AS value_currency,
        max(period_start_date) FILTER (WHERE coalesce(period_start_date_precision, 'day') NOT IN ('year', 'month')) AS started,
        max(period_end_date) FILTER (WHERE coalesce(period_end_date_precision, 'day') NOT IN ('year', 'month')) AS ended
    FROM ocds.contract
    WHERE id IS NOT NULL
    GROUP BY source, ocid, id
),
number AS (
    SELECT max(value) AS maximum_days
    FROM parameter
    WHERE indicator = 'GRDL' AND name = 'maximum_days' AND place = ''
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    CAST(CAST(contract.ended - contract.started AS BIGINT) AS DECIMAL(24, 6)) > number.maximum_days AS flagged,
    CAST(CAST(contract.ended - contract.started AS BIGINT) AS DECIMAL(24, 6)) AS value,
    number.maximum_days AS threshold,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    CAST(NULL AS VARCHAR) AS note,
    json_object(
        'period_start_date', CAST(contract.started AS VARCHAR),
        'period_end_date', CAST(contract.ended AS VARCHAR)
    ) AS detail
FROM number
CROSS JOIN contract
WHERE contract.ended >= contract.started
