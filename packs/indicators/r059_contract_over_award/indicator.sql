-- One row per contract whose award has an amount above zero in the same currency.
-- value: growth of the contract over its award in per cent, rounded once, half up, to six decimals; below zero if it shrank.
-- threshold: the growth that is tolerated. flagged: growth above it.
-- amount, currency: the contract above its award, when it grew.
-- note `tax_basis`: the published bases differ; or one is unknown and the growth is within the margin of the VAT rate.
-- Left out: contracts without an amount, without an award, with an award of no amount or zero, or in another currency.
WITH only_award AS (
    SELECT source, ocid, min(id) AS id
    FROM ocds.award
    GROUP BY source, ocid
    HAVING count(*) = 1
),
pair AS (
    SELECT
        contract.source,
        contract.place,
        contract.ocid,
        contract.id,
        award.id AS award_id,
        coalesce(contract.date_signed, contract.period_start_date, award.date) AS date,
        contract.value_amount AS contract_amount,
        award.value_amount AS award_amount,
        contract.value_currency AS currency,
        coalesce(contract.value_tax_basis, 'unknown') AS contract_basis,
        coalesce(award.value_tax_basis, 'unknown') AS award_basis,
        CAST((contract.value_amount - award.value_amount) * 100 / award.value_amount AS DECIMAL(24, 6)) AS growth
    FROM ocds.contract AS contract
    LEFT JOIN only_award ON only_award.source = contract.source AND only_award.ocid = contract.ocid
    JOIN ocds.award AS award
        ON award.source = contract.source
        AND award.ocid = contract.ocid
        AND award.id = coalesce(contract.award_id, only_award.id)
    WHERE contract.value_amount > 0
        AND award.value_amount > 0
        AND award.value_currency = contract.value_currency
),
contracts_of_award AS (
    SELECT source, ocid, award_id, count(*) AS contracts
    FROM pair
    GROUP BY source, ocid, award_id
),
tax AS (
    -- The rate in force; the place's own row wins over its country's, and that over a general one.
    SELECT
        day.place,
        day.date,
        first_value(parameter.value ORDER BY
            length(parameter.place) DESC,
            parameter.valid_from DESC NULLS LAST,
            parameter.value) AS rate
    FROM (SELECT DISTINCT place, date FROM pair) AS day
    JOIN parameter
        ON parameter.indicator = 'R059'
        AND parameter.name = 'vat_rate'
        AND parameter.place IN ('', split_part(day.place, '-', 1), day.place)
        AND (parameter.valid_from IS NULL OR parameter.valid_from <= day.date)
        AND (parameter.valid_to IS NULL OR parameter.valid_to >= day.date)
    GROUP BY day.place, day.date
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'maximum_growth_percent') AS maximum_growth,
        max(value) FILTER (WHERE name = 'vat_margin_points') AS vat_margin
    FROM parameter
    WHERE indicator = 'R059' AND place = ''
)
SELECT
    pair.ocid || '/' || pair.id AS subject_id,
    pair.source,
    pair.growth > number.maximum_growth AS flagged,
    pair.growth AS value,
    number.maximum_growth AS threshold,
    CASE WHEN pair.contract_amount > pair.award_amount
        THEN CAST(pair.contract_amount - pair.award_amount AS DECIMAL(24, 6)) END AS amount,
    pair.currency,
    CASE
        WHEN pair.contract_basis <> 'unknown' AND pair.award_basis <> 'unknown'
            THEN CASE WHEN pair.contract_basis <> pair.award_basis THEN 'tax_basis' END
        WHEN abs(pair.growth - tax.rate) <= number.vat_margin THEN 'tax_basis'
    END AS note,
    json_object(
        'award_id', pair.award_id,
        'award_amount', CAST(CAST(pair.award_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'contract_amount', CAST(CAST(pair.contract_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', pair.currency,
        'award_tax_basis', pair.award_basis,
        'contract_tax_basis', pair.contract_basis,
        'vat_rate', CAST(CAST(tax.rate AS DECIMAL(24, 2)) AS VARCHAR),
        'contracts_of_award', CAST(contracts_of_award.contracts AS VARCHAR)
    ) AS detail
FROM number
CROSS JOIN pair
JOIN contracts_of_award
    ON contracts_of_award.source = pair.source
    AND contracts_of_award.ocid = pair.ocid
    AND contracts_of_award.award_id = pair.award_id
LEFT JOIN tax ON tax.place = pair.place AND tax.date = pair.date
