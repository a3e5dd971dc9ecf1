-- One row per source, buyer and year in which a contract starts (its signing date if the start is not published).
-- subject_id: source/buyer/year, with an empty part where the buyer or the year is not published.
-- contracts: all. dated: whose month is known. counted: with an amount above zero in the currency most of them use too.
-- reaches_december: the source has contracts of October, of November and of December of that year, of any buyer.
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
buyer AS (
    SELECT
        contract.source,
        contract.buyer,
        contract.year,
        min(contract.place) AS place,
        min(contract.buyer_name) AS name,
        count(*) AS contracts,
        count(contract.month) AS dated,
        count(contract.amount) FILTER (WHERE contract.currency = currency.currency AND contract.month IS NOT NULL) AS counted
    FROM contract
    LEFT JOIN currency
        ON currency.source = contract.source AND currency.buyer = contract.buyer AND currency.year = contract.year
    GROUP BY contract.source, contract.buyer, contract.year
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'minimum_contracts') AS minimum_contracts,
        max(value) FILTER (WHERE name = 'maximum_unknown_share') AS maximum_unknown_share
    FROM parameter
    WHERE indicator = 'MXDEC' AND place = ''
)
SELECT
    buyer.source || '/' || coalesce(buyer.buyer, '') || '/' || coalesce(CAST(buyer.year AS VARCHAR), '') AS subject_id,
    buyer.source,
    buyer.place,
    buyer.name,
    CAST(NULL AS DECIMAL(24, 6)) AS amount,
    CAST(NULL AS VARCHAR) AS currency,
    buyer.buyer IS NOT NULL AS has_buyer,
    buyer.year IS NOT NULL AS has_year,
    coverage_of_source.covers,
    coalesce(last_quarter.reaches_december, false) AS reaches_december,
    CAST(buyer.contracts AS DECIMAL(24, 6)) AS contracts,
    CAST(buyer.dated AS DECIMAL(24, 6)) AS dated,
    CAST(buyer.counted AS DECIMAL(24, 6)) AS counted,
    number.minimum_contracts,
    number.maximum_unknown_share
FROM number
CROSS JOIN buyer
LEFT JOIN coverage_of_source ON coverage_of_source.source = buyer.source
LEFT JOIN last_quarter ON last_quarter.source = buyer.source AND last_quarter.year = buyer.year
