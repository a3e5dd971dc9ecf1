-- One row per public tender whose period can be counted and whose legal minimum is known.
-- value: calendar days from the first to the last day, as written (1 to 16 March is 15 days). threshold: the law's minimum.
-- flagged: fewer days than the minimum.
-- Left out: tenders without both days, with the end before the start, or without a minimum for their place, scope and date.
WITH law AS (
    -- The minimum in force for each tender; the row of its own place and scope wins over a general one.
    SELECT
        tender.source,
        tender.ocid,
        first_value(parameter.value ORDER BY
            CASE WHEN parameter.place = '' THEN 1 ELSE 0 END,
            CASE WHEN parameter.category = '' THEN 1 ELSE 0 END,
            parameter.valid_from DESC NULLS LAST,
            parameter.value) AS minimum_days
    FROM ocds.tender AS tender
    JOIN parameter
        ON parameter.indicator = 'R003'
        AND parameter.name = 'minimum_days'
        AND parameter.place IN ('', tender.place)
        AND parameter.category IN ('', tender.participation_scope)
        AND parameter.procedure IN ('', tender.procurement_method)
        AND (parameter.valid_from IS NULL OR parameter.valid_from <= tender.tender_period_start_date)
        AND (parameter.valid_to IS NULL OR parameter.valid_to >= tender.tender_period_start_date)
    WHERE tender.procurement_method = 'open'
    GROUP BY tender.source, tender.ocid
),
period AS (
    SELECT
        tender.source,
        tender.ocid,
        CAST(tender.tender_period_end_date - tender.tender_period_start_date AS BIGINT) AS days,
        law.minimum_days,
        tender.value_amount,
        tender.value_currency,
        tender.participation_scope,
        tender.tender_period_start_date AS start_date,
        tender.tender_period_end_date AS end_date
    FROM ocds.tender AS tender
    JOIN law ON law.source = tender.source AND law.ocid = tender.ocid
    WHERE tender.procurement_method = 'open'
        AND tender.tender_period_end_date >= tender.tender_period_start_date
        AND coalesce(tender.tender_period_start_date_precision, 'day') NOT IN ('year', 'month')
        AND coalesce(tender.tender_period_end_date_precision, 'day') NOT IN ('year', 'month')
)
SELECT
    ocid AS subject_id,
    source,
    CAST(days AS DECIMAL(24, 6)) < minimum_days AS flagged,
    CAST(days AS DECIMAL(24, 6)) AS value,
    minimum_days AS threshold,
    value_amount AS amount,
    value_currency AS currency,
    CAST(NULL AS VARCHAR) AS note,
    json_object(
        'start_date', CAST(start_date AS VARCHAR),
        'end_date', CAST(end_date AS VARCHAR),
        'participation_scope', participation_scope
    ) AS detail
FROM period
