-- One row per contract whose signature and end are known to the day.
-- value: calendar days from the end to the signature, as written; below zero if it was signed before its end. threshold: 0.
-- flagged: signed later than its end.
-- note `may_be_mistyped`: flagged, and the signature with day and month swapped, or a year earlier, falls within the period.
-- Left out: contracts without a signature or an end, known only to the month, or whose end is before their start.
WITH contract AS (
    SELECT
        source,
        ocid,
        id,
        max(value_amount) AS value_amount,
        max(value_currency) AS value_currency,
        min(date_signed) FILTER (WHERE coalesce(date_signed_precision, 'day') NOT IN ('year', 'month')) AS signed,
        max(period_end_date) FILTER (WHERE coalesce(period_end_date_precision, 'day') NOT IN ('year', 'month')) AS ended,
        min(period_start_date) AS started
    FROM ocds.contract
    WHERE id IS NOT NULL
    GROUP BY source, ocid, id
),
counted AS (
    SELECT
        *,
        CAST(signed - ended AS BIGINT) AS days,
        add_months(signed, CAST(-12 AS BIGINT)) AS year_before,
        CASE WHEN EXTRACT(DAY FROM signed) <= 12 THEN make_date(
            CAST(EXTRACT(YEAR FROM signed) AS INT),
            CAST(EXTRACT(DAY FROM signed) AS INT),
            CAST(EXTRACT(MONTH FROM signed) AS INT)) END AS swapped
    FROM contract
    WHERE signed IS NOT NULL AND ended IS NOT NULL AND (started IS NULL OR ended >= started)
)
SELECT
    ocid || '/' || id AS subject_id,
    source,
    days > 0 AS flagged,
    CAST(days AS DECIMAL(24, 6)) AS value,
    CAST(0 AS DECIMAL(24, 6)) AS threshold,
    value_amount AS amount,
    value_currency AS currency,
    CASE WHEN days > 0 AND (
        (swapped >= started AND swapped <= ended) OR (year_before >= started AND year_before <= ended)
    ) THEN 'may_be_mistyped' END AS note,
    json_object(
        'date_signed', CAST(signed AS VARCHAR),
        'period_start_date', CAST(started AS VARCHAR),
        'period_end_date', CAST(ended AS VARCHAR)
    ) AS detail
FROM counted
