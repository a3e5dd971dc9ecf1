-- One row per contract; a record without an identifier is none.
-- has_signature, has_end: dates that can be counted with: known to the day, and the end not before the start.
WITH contract AS (
    SELECT
        source,
        ocid,
        id,
        max(place) AS place,
        max(title) AS title,
        max(value_amount) AS value_amount,
        max(value_currency) AS value_currency,
        min(date_signed) FILTER (WHERE coalesce(date_signed_precision, 'day') NOT IN ('year', 'month')) AS signed,
        max(period_end_date) FILTER (WHERE coalesce(period_end_date_precision, 'day') NOT IN ('year', 'month')) AS ended,
        min(period_start_date) AS started
    FROM ocds.contract
    WHERE id IS NOT NULL
    GROUP BY source, ocid, id
)
SELECT
    ocid || '/' || id AS subject_id,
    source,
    place,
    title AS name,
    value_amount AS amount,
    value_currency AS currency,
    signed IS NOT NULL AS has_signature,
    ended IS NOT NULL AND (started IS NULL OR ended >= started) AS has_end
FROM contract
