-- One row per source, buyer and year with enough contracts of known month and amount, in a source that reaches December.
-- value: amount of the contracts of December over that of the year, rounded once, half up, to six decimals. threshold: the maximum share.
-- flagged: value above the threshold.
-- amount, currency: what the contracts of December add up to, in the currency that most contracts of the group use.
-- note `sample`: the source is a sample.
-- detail: the counts, the share by count, and what was left out.
-- Left out: no buyer or year, files selected by another criterion or without one of the last three months, too few contracts, too many without month or amount.
WITH contract AS (
    SELECT
        contract.source,
        contract.place,
        coalesce(tender.buyer_id, tender.buyer_name) AS buyer,
        tender.buyer_name,
        EXTRACT(YEAR FROM coalesce(contract.period_start_date, contract.date_signed)) AS year,
        -- A date known to the year only has no month.
        CASE
            WHEN CASE
                WHEN contract.period_start_date IS NOT NULL THEN contract.period_start_date_precision
                ELSE contract.date_signed_precision
            END = 'year' THEN NULL
            ELSE EXTRACT(MONTH FROM coalesce(contract.period_start_date, contract.date_signed))
        END AS month,
        CASE WHEN contract.value_amount > 0 THEN contract.value_amount END AS amount,
        contract.value_currency AS currency
    FROM ocds.contract AS contract
    LEFT JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
),
last_quarter AS (
    -- One stray December date does not show that a file reaches the end of its year; three months in a row do.
    SELECT source, year, count(DISTINCT month) = 3 AS reaches_december
    FROM contract
    WHERE year IS NOT NULL AND month >= 10
    GROUP BY source, year
),
coverage_of_source AS (
    SELECT source, min(covers) AS covers
    FROM source_info
    GROUP BY source
),
currency AS (
    -- The currency that most priced contracts of the buyer and year use.
    SELECT source, buyer, year, first_value(currency ORDER BY contracts DESC, currency) AS currency
    FROM (
        SELECT source, buyer, year, currency, count(*) AS contracts
        FROM contract
        WHERE amount IS NOT NULL AND currency IS NOT NULL AND buyer IS NOT NULL AND year IS NOT NULL
        GROUP BY source, buyer, year, currency
    ) AS used
    GROUP BY source, buyer, year
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'maximum_share') AS maximum_share,
        max(value) FILTER (WHERE name = 'minimum_contracts') AS minimum_contracts,
        max(value) FILTER (WHERE name = 'maximum_unknown_share') AS maximum_unknown_share
    FROM parameter
    WHERE indicator = 'MXDEC' AND place = ''
),
buyer AS (
    SELECT
        contract.source,
        contract.buyer,
        contract.year,
        min(currency.currency) AS currency,
        count(*) AS contracts,
        count(contract.month) AS dated,
        count(contract.amount) FILTER (WHERE contract.currency = currency.currency AND contract.month IS NOT NULL) AS counted,
        count(contract.amount) FILTER (WHERE contract.currency = currency.currency AND contract.month = 12) AS december_contracts,
        sum(contract.amount) FILTER (WHERE contract.currency = currency.currency AND contract.month IS NOT NULL) AS amount,
        sum(contract.amount) FILTER (WHERE contract.currency = currency.currency AND contract.month = 12) AS december_amount
    FROM contract
    JOIN currency
        ON currency.source = contract.source AND currency.buyer = contract.buyer AND currency.year = contract.year
    GROUP BY contract.source, contract.buyer, contract.year
),
share AS (
    SELECT
        buyer.*,
        coverage_of_source.covers,
        number.maximum_share,
        CAST(coalesce(CAST(buyer.december_amount AS DECIMAL(24, 6)), CAST(0 AS DECIMAL(24, 6)))
            / CAST(buyer.amount AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS share
    FROM number
    CROSS JOIN buyer
    JOIN coverage_of_source ON coverage_of_source.source = buyer.source
    JOIN last_quarter ON last_quarter.source = buyer.source AND last_quarter.year = buyer.year
    WHERE coverage_of_source.covers IN ('all', 'sample')
        AND last_quarter.reaches_december
        AND buyer.counted > 0
        AND CAST(buyer.counted AS DECIMAL(24, 6)) >= number.minimum_contracts
        AND CAST(buyer.contracts - buyer.dated AS DECIMAL(24, 6))
            <= CAST(buyer.contracts AS DECIMAL(24, 6)) * number.maximum_unknown_share
        AND CAST(buyer.contracts - buyer.counted AS DECIMAL(24, 6))
            <= CAST(buyer.contracts AS DECIMAL(24, 6)) * number.maximum_unknown_share
)
SELECT
    source || '/' || buyer || '/' || CAST(year AS VARCHAR) AS subject_id,
    source,
    share > maximum_share AS flagged,
    share AS value,
    maximum_share AS threshold,
    CAST(december_amount AS DECIMAL(24, 6)) AS amount,
    currency,
    CASE WHEN covers = 'sample' THEN 'sample' END AS note,
    json_object(
        'year', CAST(year AS VARCHAR),
        'buyer', buyer,
        'december_contracts', CAST(december_contracts AS VARCHAR),
        'contracts', CAST(counted AS VARCHAR),
        'share_by_count', CAST(CAST(
            CAST(december_contracts AS DECIMAL(24, 6)) / CAST(counted AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS VARCHAR),
        'december_amount', CAST(CAST(coalesce(december_amount, CAST(0 AS DECIMAL(24, 6))) AS DECIMAL(24, 2)) AS VARCHAR),
        'total_amount', CAST(CAST(amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', currency,
        'left_out', CAST(contracts - counted AS VARCHAR)
    ) AS detail
FROM share
