-- One row per source, buyer and year with enough contracts of known procedure.
-- value: direct-award contracts over contracts of known procedure, rounded once, half up, to six decimals. threshold: the maximum share.
-- flagged: value above the threshold.
-- amount, currency: sum of the direct awards, in the currency that most contracts of the group use.
-- detail: the counts, and the share by amount in that currency.
-- Left out: no buyer or year, files selected by another criterion, too many unknown procedures, sources of direct awards only, too few contracts.
WITH contract AS (
    SELECT
        contract.source,
        coalesce(tender.buyer_id, tender.buyer_name) AS buyer,
        EXTRACT(YEAR FROM coalesce(contract.period_start_date, contract.date_signed)) AS year,
        tender.procurement_method AS method,
        contract.value_amount AS amount,
        contract.value_currency AS currency
    FROM ocds.contract AS contract
    LEFT JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
),
whole_source AS (
    SELECT source, count(*) FILTER (WHERE method <> 'direct') AS others
    FROM contract
    GROUP BY source
),
coverage_of_source AS (
    SELECT source, min(covers) AS covers
    FROM source_info
    GROUP BY source
),
buyer AS (
    SELECT
        source,
        buyer,
        year,
        count(*) AS contracts,
        count(method) AS known,
        count(*) FILTER (WHERE method = 'direct') AS direct
    FROM contract
    WHERE buyer IS NOT NULL AND year IS NOT NULL
    GROUP BY source, buyer, year
),
money AS (
    SELECT
        source,
        buyer,
        year,
        currency,
        count(*) AS contracts,
        sum(amount) FILTER (WHERE method = 'direct') AS direct_amount,
        sum(amount) AS total_amount
    FROM contract
    WHERE method IS NOT NULL AND amount IS NOT NULL AND currency IS NOT NULL
    GROUP BY source, buyer, year, currency
),
main_money AS (
    SELECT
        source,
        buyer,
        year,
        first_value(currency ORDER BY contracts DESC, currency) AS currency
    FROM money
    GROUP BY source, buyer, year
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'maximum_share') AS maximum_share,
        max(value) FILTER (WHERE name = 'minimum_contracts') AS minimum_contracts,
        max(value) FILTER (WHERE name = 'maximum_unknown_share') AS maximum_unknown_share
    FROM parameter
    WHERE indicator = 'R013' AND place = ''
),
share AS (
    SELECT
        buyer.source,
        buyer.buyer,
        buyer.year,
        buyer.contracts,
        buyer.known,
        buyer.direct,
        coverage_of_source.covers,
        number.maximum_share,
        CAST(CAST(buyer.direct AS DECIMAL(24, 6)) / CAST(buyer.known AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS share
    FROM buyer
    JOIN whole_source ON whole_source.source = buyer.source
    JOIN coverage_of_source ON coverage_of_source.source = buyer.source
    CROSS JOIN number
    WHERE coverage_of_source.covers IN ('all', 'sample')
        AND whole_source.others > 0
        AND buyer.known > 0
        AND CAST(buyer.known AS DECIMAL(24, 6)) >= number.minimum_contracts
        AND CAST(buyer.contracts - buyer.known AS DECIMAL(24, 6))
            <= CAST(buyer.contracts AS DECIMAL(24, 6)) * number.maximum_unknown_share
)
SELECT
    share.source || '/' || share.buyer || '/' || CAST(share.year AS VARCHAR) AS subject_id,
    share.source,
    share.share > share.maximum_share AS flagged,
    share.share AS value,
    share.maximum_share AS threshold,
    CAST(money.direct_amount AS DECIMAL(24, 6)) AS amount,
    money.currency,
    CASE WHEN share.covers = 'sample' THEN 'sample' END AS note,
    json_object(
        'year', CAST(share.year AS VARCHAR),
        'buyer', share.buyer,
        'contracts', CAST(share.contracts AS VARCHAR),
        'direct_contracts', CAST(share.direct AS VARCHAR),
        'unknown_procedure', CAST(share.contracts - share.known AS VARCHAR),
        'direct_amount', CAST(CAST(money.direct_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'total_amount', CAST(CAST(money.total_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'share_by_amount', CASE WHEN money.total_amount > 0 THEN CAST(CAST(
            coalesce(CAST(money.direct_amount AS DECIMAL(24, 6)), CAST(0 AS DECIMAL(24, 6)))
                / CAST(money.total_amount AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS VARCHAR) END,
        'currency', money.currency
    ) AS detail
FROM share
LEFT JOIN main_money
    ON main_money.source = share.source AND main_money.buyer = share.buyer AND main_money.year = share.year
LEFT JOIN money
    ON money.source = main_money.source AND money.buyer = main_money.buyer AND money.year = main_money.year
    AND money.currency = main_money.currency
