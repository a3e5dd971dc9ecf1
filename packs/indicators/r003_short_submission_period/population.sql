-- One row per public tender (open procedure) of each source.
-- has_start, has_end: dates that can be counted with: known to the day, and in order.
-- minimum_days: the minimum of the law in force on the first day, for the tender's place and scope; null if there is none.
-- laws: how many minimums exist for that place and day, of any scope.
SELECT
    tender.ocid AS subject_id,
    tender.source,
    max(tender.place) AS place,
    max(tender.title) AS name,
    max(tender.value_amount) AS amount,
    max(tender.value_currency) AS currency,
    max(tender.participation_scope) AS participation_scope,
    bool_or(tender.tender_period_start_date IS NOT NULL
        AND coalesce(tender.tender_period_start_date_precision, 'day') NOT IN ('year', 'month')) AS has_start,
    bool_or(tender.tender_period_end_date >= tender.tender_period_start_date
        AND coalesce(tender.tender_period_end_date_precision, 'day') NOT IN ('year', 'month')) AS has_end,
    max(law.value) FILTER (WHERE law.category IN ('', tender.participation_scope)) AS minimum_days,
    count(law.value) AS laws
FROM ocds.tender AS tender
LEFT JOIN parameter AS law
    ON law.indicator = 'R003'
    AND law.name = 'minimum_days'
    AND law.place IN ('', tender.place)
    AND law.procedure IN ('', tender.procurement_method)
    AND (law.valid_from IS NULL OR law.valid_from <= tender.tender_period_start_date)
    AND (law.valid_to IS NULL OR law.valid_to >= tender.tender_period_start_date)
WHERE tender.procurement_method = 'open'
GROUP BY tender.source, tender.ocid
