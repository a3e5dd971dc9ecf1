-- One row per contract of a tender or invitation; a record without an identifier is none.
-- has_award, has_signature: dates that can be counted with: known to the day, and the signature not before the award.
-- maximum_days: the term of the law in force on the day of the award; null if there is none.
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
)
SELECT
    pair.ocid || '/' || pair.id AS subject_id,
    pair.source,
    pair.place,
    pair.title AS name,
    pair.value_amount AS amount,
    pair.value_currency AS currency,
    pair.awarded IS NOT NULL AS has_award,
    pair.signed >= pair.awarded AS has_signature,
    law.maximum_days
FROM pair
LEFT JOIN law ON law.source = pair.source AND law.ocid = pair.ocid AND law.id = pair.id
