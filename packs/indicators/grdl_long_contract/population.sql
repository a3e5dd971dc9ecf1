-- One row per contract; a record without an identifier is none.
-- has_start, has_end: dates that can be counted with: known to the day, and the end not before the start.
WITH contract AS (
    SELECT
        source,
        ocid,
        id,
        max(place) AS place,
        max(title) AS title,
        max(value_amount) AS value_amount,
        max(value_currency) AS value_currency,
        max(period_start_date) FILTER (WHERE coalesce(period_start_date_precision, 'day') NOT IN ('year', 'month')) AS started,
        max(period_end_date) FILTER (WHERE coalesce(period_end_date_precision, 'day') NOT IN ('year', 'month')) AS ended
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
    started IS NOT NULL AS has_start,
    ended >= started AS has_end
FROM contract
