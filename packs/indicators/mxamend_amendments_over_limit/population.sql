-- One row per contract; a record without an identifier is none.
-- is_amended: what the office says of it. amendments: its published amendments. priced: those with an amount. same_currency: those in its currency.
-- listed: amendments of any contract in the same publication (source, layout and prefix of process identifiers).
-- unamended: known to have no amendment. value_amount: its amount; the maximum of an open contract.
-- maximum_percent: the limit in force on its date. laws: how many limits exist for its place and date, of any law or category.
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
    contract.place,
    contract.title AS name,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    contract.is_amended,
    contract.listed,
    contract.value_amount,
    contract.date AS contract_date,
    coalesce(amended.amendments, 0) AS amendments,
    coalesce(amended.priced, 0) AS priced,
    coalesce(amended.same_currency, 0) AS same_currency,
    coalesce(amended.amendments, 0) = 0 AND NOT coalesce(contract.is_amended, false) AS unamended,
    coalesce(process.law, process.category) IS NOT NULL AS kind_known,
    law.maximum_percent,
    coalesce(law.laws, 0) AS laws
FROM contract
LEFT JOIN amended ON amended.source = contract.source AND amended.ocid = contract.ocid AND amended.id = contract.id
LEFT JOIN process ON process.source = contract.source AND process.ocid = contract.ocid
LEFT JOIN law ON law.source = contract.source AND law.ocid = contract.ocid AND law.id = contract.id
