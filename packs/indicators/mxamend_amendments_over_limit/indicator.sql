-- One row per contract whose amendments all have an amount in its currency, and per contract known to have none.
-- value: sum of the amendments over the contract in per cent, rounded once, half up, to six decimals; 0 without amendments.
-- threshold: the limit of its law. flagged: a sum above it.
-- amount, currency: what the amendments add.
-- Left out: contracts of which it is not known whether they were amended, amendments without an amount or in another currency,
-- contracts without an amount, and amended contracts whose limit is not known.
WITH publication AS (
    SELECT source, layout, CASE WHEN ocid LIKE 'ocds-%' THEN substr(ocid, 1, 11) ELSE '' END AS prefix, count(*) AS listed
    FROM ocds.amendment
    GROUP BY source, layout, CASE WHEN ocid LIKE 'ocds-%' THEN substr(ocid, 1, 11) ELSE '' END
),
contract AS (
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        max(contract.place) AS place,
        max(contract.title) AS title,
        coalesce(max(contract.value_amount), max(contract.amount_max)) AS value_amount,
        max(contract.value_currency) AS value_currency,
        coalesce(max(contract.date_signed), max(contract.period_start_date)) AS date,
        bool_or(contract.is_amended) AS is_amended,
        coalesce(max(publication.listed), 0) AS listed
    FROM ocds.contract AS contract
    LEFT JOIN publication
        ON publication.source = contract.source
        AND publication.layout = contract.layout
        AND publication.prefix = CASE WHEN contract.ocid LIKE 'ocds-%' THEN substr(contract.ocid, 1, 11) ELSE '' END
    WHERE contract.id IS NOT NULL
    GROUP BY contract.source, contract.ocid, contract.id
),
amended AS (
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        count(*) AS amendments,
        count(amendment.value_amount) AS priced,
        count(*) FILTER (WHERE amendment.value_currency = contract.value_currency) AS same_currency,
        CAST(sum(amendment.value_amount) AS DECIMAL(24, 6)) AS added
    FROM contract
    JOIN ocds.amendment AS amendment
        ON amendment.source = contract.source AND amendment.ocid = contract.ocid AND amendment.contract_id = contract.id
    GROUP BY contract.source, contract.ocid, contract.id
),
process AS (
    SELECT source, ocid, max(procurement_law) AS law, max(main_procurement_category) AS category
    FROM ocds.tender
    GROUP BY source, ocid
),
law AS (
    -- The limit in force on the date of each amended contract: its law's, or that of its place and category.
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        first_value(parameter.value ORDER BY
            CASE WHEN parameter.category = process.law THEN 0 ELSE 1 END,
            CASE WHEN parameter.place = '' THEN 1 ELSE 0 END,
            parameter.valid_from DESC NULLS LAST,
            parameter.value) FILTER (WHERE parameter.category IN ('', process.law, process.category)) AS maximum_percent,
        count(*) AS laws
    FROM contract
    JOIN amended ON amended.source = contract.source AND amended.ocid = contract.ocid AND amended.id = contract.id
    LEFT JOIN process ON process.source = contract.source AND process.ocid = contract.ocid
    JOIN parameter
        ON parameter.indicator = 'MXAMEND'
        AND parameter.name = 'maximum_percent'
        AND parameter.place IN ('', contract.place)
        AND (parameter.valid_from IS NULL OR parameter.valid_from <= contract.date)
        AND (parameter.valid_to IS NULL OR parameter.valid_to >= contract.date)
    GROUP BY contract.source, contract.ocid, contract.id
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    coalesce(CAST(amended.added * 100 / contract.value_amount AS DECIMAL(24, 6)) > law.maximum_percent, false) AS flagged,
    coalesce(CAST(amended.added * 100 / contract.value_amount AS DECIMAL(24, 6)), CAST(0 AS DECIMAL(24, 6))) AS value,
    law.maximum_percent AS threshold,
    amended.added AS amount,
    contract.value_currency AS currency,
    CAST(NULL AS VARCHAR) AS note,
    json_object(
        'amendments', CAST(coalesce(amended.amendments, 0) AS VARCHAR),
        'added_amount', CAST(CAST(amended.added AS DECIMAL(24, 2)) AS VARCHAR),
        'contract_amount', CAST(CAST(contract.value_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', contract.value_currency,
        'law', process.law,
        'category', process.category,
        'contract_date', CAST(contract.date AS VARCHAR)
    ) AS detail
FROM contract
LEFT JOIN amended ON amended.source = contract.source AND amended.ocid = contract.ocid AND amended.id = contract.id
LEFT JOIN process ON process.source = contract.source AND process.ocid = contract.ocid
LEFT JOIN law ON law.source = contract.source AND law.ocid = contract.ocid AND law.id = contract.id
WHERE (
        amended.amendments IS NULL
        AND NOT coalesce(contract.is_amended, false)
        AND (contract.is_amended IS NOT NULL OR contract.listed > 0)
    ) OR (
        amended.priced = amended.amendments
        AND amended.same_currency = amended.amendments
        AND contract.value_amount > 0
        AND law.maximum_percent IS NOT NULL
    )
