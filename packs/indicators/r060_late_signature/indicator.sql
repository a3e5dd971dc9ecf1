-- One row per contract of a tender or invitation whose award and signature are known to the day and in order, and whose law is known.
-- value: calendar days from the award to the signature, as written. threshold: the law's term. flagged: more days than the term.
-- note `may_be_mistyped`: flagged, and the signature with day and month swapped, or a year earlier, falls between the award and the contract's end.
-- Left out: direct awards, contracts without both days or signed before their award, and those whose law's term is not known.
WITH only_award AS (
    SELECT source, ocid, min(id) AS id
    FROM ocds.award
    GROUP BY source, ocid
    HAVING count(*) = 1
),
pair AS (
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        max(contract.place) AS place,
        max(contract.title) AS title,
        max(contract.value_amount) AS value_amount,
        max(contract.value_currency) AS value_currency,
        max(tender.procurement_method) AS procurement_method,
        max(tender.procurement_law) AS law,
        min(contract.date_signed) FILTER (WHERE coalesce(contract.date_signed_precision, 'day') NOT IN ('year', 'month')) AS signed,
        max(contract.period_end_date) AS ended,
        max(award.date) FILTER (WHERE coalesce(award.date_precision, 'day') NOT IN ('year', 'month')) AS awarded
    FROM ocds.contract AS contract
    JOIN ocds.tender AS tender
        ON tender.source = contract.source
        AND tender.ocid = contract.ocid
        AND tender.procurement_method IN ('open', 'selective', 'limited')
    LEFT JOIN only_award ON only_award.source = contract.source AND only_award.ocid = contract.ocid
    LEFT JOIN ocds.award AS award
        ON award.source = contract.source
        AND award.ocid = contract.ocid
        AND award.id = coalesce(contract.award_id, only_award.id)
    WHERE contract.id IS NOT NULL
    GROUP BY contract.source, contract.ocid, contract.id
),
law AS (
    -- The term in force on the day of the award: its law's, or that of its place.
    SELECT
        pair.source,
        pair.ocid,
        pair.id,
        first_value(parameter.value ORDER BY
            CASE WHEN parameter.category = '' THEN 1 ELSE 0 END,
            CASE WHEN parameter.place = '' THEN 1 ELSE 0 END,
            parameter.valid_from DESC NULLS LAST,
            parameter.value) AS maximum_days
    FROM pair
    JOIN parameter
        ON parameter.indicator = 'R060'
        AND parameter.name = 'maximum_days'
        AND parameter.place IN ('', pair.place)
        AND parameter.category IN ('', pair.law)
        AND parameter.procedure IN ('', pair.procurement_method)
        AND (parameter.valid_from IS NULL OR parameter.valid_from <= pair.awarded)
        AND (parameter.valid_to IS NULL OR parameter.valid_to >= pair.awarded)
    GROUP BY pair.source, pair.ocid, pair.id
),
corrected AS (
    -- The signature as it would be with two usual typing errors put right.
    SELECT
        source,
        ocid,
        id,
        add_months(signed, CAST(-12 AS BIGINT)) AS year_before,
        CASE WHEN EXTRACT(DAY FROM signed) <= 12 THEN make_date(
            CAST(EXTRACT(YEAR FROM signed) AS INT),
            CAST(EXTRACT(DAY FROM signed) AS INT),
            CAST(EXTRACT(MONTH FROM signed) AS INT)) END AS swapped
    FROM pair
)
SELECT
    pair.ocid || '/' || pair.id AS subject_id,
    pair.source,
    CAST(CAST(pair.signed - pair.awarded AS BIGINT) AS DECIMAL(24, 6)) > law.maximum_days AS flagged,
    CAST(CAST(pair.signed - pair.awarded AS BIGINT) AS DECIMAL(24, 6)) AS value,
    law.maximum_days AS threshold,
    pair.value_amount AS amount,
    pair.value_currency AS currency,
    CASE WHEN CAST(CAST(pair.signed - pair.awarded AS BIGINT) AS DECIMAL(24, 6)) > law.maximum_days AND (
        (corrected.swapped >= pair.awarded AND corrected.swapped <= pair.ended AND corrected.swapped < pair.signed)
        OR (corrected.year_before >= pair.awarded AND corrected.year_before <= pair.ended)
    ) THEN 'may_be_mistyped' END AS note,
    json_object(
        'award_date', CAST(pair.awarded AS VARCHAR),
        'date_signed', CAST(pair.signed AS VARCHAR),
        'law', pair.law
    ) AS detail
FROM pair
JOIN law ON law.source = pair.source AND law.ocid = pair.ocid AND law.id = pair.id
JOIN corrected ON corrected.source = pair.source AND corrected.ocid = pair.ocid AND corrected.id = pair.id
WHERE pair.signed >= pair.awarded
