-- One row per tender or invitation whose closing and award are known to the day and in order.
-- value: calendar days from the closing to the first award that stands, as written. threshold: the minimum for its procedure.
-- flagged: fewer days than the minimum.
-- Left out: direct awards, processes without both days or awarded before their closing, and procedures without a minimum.
WITH first_award AS (
    -- The first ruling that stands: a status that is not published is taken to stand.
    SELECT source, ocid, min(date) AS awarded
    FROM ocds.award
    WHERE coalesce(status, 'active') NOT IN ('pending', 'cancelled', 'unsuccessful')
        AND coalesce(date_precision, 'day') NOT IN ('year', 'month')
    GROUP BY source, ocid
),
decided AS (
    SELECT
        tender.source,
        tender.ocid,
        max(tender.place) AS place,
        max(tender.title) AS title,
        max(tender.procurement_method) AS procurement_method,
        max(tender.value_amount) AS value_amount,
        max(tender.value_currency) AS value_currency,
        max(tender.tender_period_end_date)
            FILTER (WHERE coalesce(tender.tender_period_end_date_precision, 'day') NOT IN ('year', 'month')) AS closed,
        min(first_award.awarded) AS awarded
    FROM ocds.tender AS tender
    LEFT JOIN first_award ON first_award.source = tender.source AND first_award.ocid = tender.ocid
    WHERE tender.procurement_method IN ('open', 'selective', 'limited')
    GROUP BY tender.source, tender.ocid
),
law AS (
    -- The minimum of each process; the row of its own place wins over a general one.
    SELECT
        decided.source,
        decided.ocid,
        first_value(parameter.value ORDER BY
            CASE WHEN parameter.place = '' THEN 1 ELSE 0 END,
            CASE WHEN parameter.procedure = '' THEN 1 ELSE 0 END,
            parameter.valid_from DESC NULLS LAST,
            parameter.value) AS minimum_days
    FROM decided
    JOIN parameter
        ON parameter.indicator = 'R061'
        AND parameter.name = 'minimum_days'
        AND parameter.place IN ('', decided.place)
        AND parameter.procedure IN ('', decided.procurement_method)
        AND (parameter.valid_from IS NULL OR parameter.valid_from <= decided.closed)
        AND (parameter.valid_to IS NULL OR parameter.valid_to >= decided.closed)
    GROUP BY decided.source, decided.ocid
)
SELECT
    decided.ocid AS subject_id,
    decided.source,
    CAST(CAST(decided.awarded - decided.closed AS BIGINT) AS DECIMAL(24, 6)) < law.minimum_days AS flagged,
    CAST(CAST(decided.awarded - decided.closed AS BIGINT) AS DECIMAL(24, 6)) AS value,
    law.minimum_days AS threshold,
    decided.value_amount AS amount,
    decided.value_currency AS currency,
    CAST(NULL AS VARCHAR) AS note,
    json_object(
        'end_date', CAST(decided.closed AS VARCHAR),
        'award_date', CAST(decided.awarded AS VARCHAR)
    ) AS detail
FROM decided
JOIN law ON law.source = decided.source AND law.ocid = decided.ocid
WHERE decided.awarded >= decided.closed
