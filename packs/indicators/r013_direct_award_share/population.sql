-- One row per source, buyer and year in which a contract starts (its signing date if the start is not published).
-- subject_id: source/buyer/year, with an empty part where the buyer or the year is not published.
-- contracts, known, unknown: contracts in all, with and without a known procedure.
-- source_others: contracts of the whole source that are known not to be direct awards.
-- amount, currency: direct awards in the currency most contracts of the group use.
WITH contract AS (
    SELECT
        contract.source,
        contract.place,
        coalesce(tender.buyer_id, tender.buyer_name) AS buyer,
        tender.buyer_name,
        EXTRACT(YEAR FROM coalesce(contract.period_start_date, contract.date_signed)) AS year,
        tender.procurement_method AS method
    FROM ocds.contract AS contract
    LEFT JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
),
whole_source AS (
    SELECT source, count(*) FILTER (WHERE method <> 'direct') AS others
    FROM contract
    GROUP BY source
),
buyer AS (
    SELECT
        source,
        buyer,
        year,
        min(place) AS place,
        min(buyer_name) AS name,
        count(*) AS contracts,
        count(method) AS known,
        count(*) - count(method) AS unknown
    FROM contract
    GROUP BY source, buyer, year
),
coverage_of_source AS (
    SELECT source, min(covers) AS covers
    FROM source_info
    GROUP BY source
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'minimum_contracts') AS minimum_contracts,
        max(value) FILTER (WHERE name = 'maximum_unknown_share') AS maximum_unknown_share
    FROM parameter
    WHERE indicator = 'R013' AND place = ''
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
    whole_source.others AS source_others,
    CAST(buyer.contracts AS DECIMAL(24, 6)) AS contracts,
    CAST(buyer.known AS DECIMAL(24, 6)) AS known,
    CAST(buyer.unknown AS DECIMAL(24, 6)) AS unknown,
    number.minimum_contracts,
    number.maximum_unknown_share
FROM buyer
JOIN whole_source ON whole_source.source = buyer.source
LEFT JOIN coverage_of_source ON coverage_of_source.source = buyer.source
CROSS JOIN number
