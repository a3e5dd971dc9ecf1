-- One row per source, buyer and year with enough contracts, and enough suppliers, to give a share.
-- value: amount of one supplier's contracts over that of all counted contracts, rounded once, half up, to six decimals.
-- The supplier is the one of the largest amount among those with contracts enough; if none has, the largest of all.
-- threshold: the maximum share. flagged: that supplier has contracts enough, and its share is above the maximum.
-- amount, currency: what the supplier's contracts add up to.
-- note `not_repeated`: not flagged, and some supplier is above the maximum with too few contracts; else `sample`.
-- detail: the supplier, the counts, the share by count, and what was left out.
-- Left out: no buyer or year, files selected by another criterion, too many contracts without amount or supplier, too few contracts or suppliers.
WITH supplier AS (
    -- Every supplier, told by its tax number, if it has a valid one, else by its normalised name, else by its id.
    SELECT
        source,
        ocid,
        award_id,
        name,
        coalesce(
            CASE
                WHEN is_rfc(own_rfc) AND own_rfc NOT IN ('XAXX010101000', 'XEXX010101000') THEN own_rfc
                WHEN is_rfc(party_rfc) AND party_rfc NOT IN ('XAXX010101000', 'XEXX010101000') THEN party_rfc
            END,
            nullif(name_key(name), ''),
            id
        ) AS supplier
    FROM (
        SELECT
            supplier.source,
            supplier.ocid,
            supplier.award_id,
            supplier.id,
            coalesce(supplier.name, party.name) AS name,
            replace(regexp_replace(upper(trim(supplier.id)), '^(MX-)?RFC-', ''), ' ', '') AS own_rfc,
            replace(regexp_replace(upper(trim(party.identifier_id)), '^(MX-)?RFC-', ''), ' ', '') AS party_rfc
        FROM ocds.award_supplier AS supplier
        LEFT JOIN ocds.party AS party
            ON party.source = supplier.source AND party.ocid = supplier.ocid AND party.id = supplier.id
        WHERE coalesce(supplier.id, supplier.name) IS NOT NULL
    ) AS read
),
contract AS (
    SELECT
        contract.source,
        contract.place,
        contract.ocid,
        contract.id,
        contract.award_id,
        coalesce(tender.buyer_id, tender.buyer_name) AS buyer,
        tender.buyer_name,
        EXTRACT(YEAR FROM coalesce(contract.period_start_date, contract.date_signed)) AS year,
        CASE WHEN contract.value_amount > 0 THEN contract.value_amount END AS amount,
        contract.value_currency AS currency
    FROM ocds.contract AS contract
    LEFT JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
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
won AS (
    -- A contract counts once for each of its suppliers: those of its award, or of its process if it names none.
    SELECT DISTINCT contract.source, contract.ocid, contract.id, supplier.supplier
    FROM contract
    JOIN supplier
        ON supplier.source = contract.source
        AND supplier.ocid = contract.ocid
        AND supplier.award_id = contract.award_id
    WHERE contract.award_id IS NOT NULL AND supplier.supplier IS NOT NULL
    UNION ALL
    SELECT DISTINCT contract.source, contract.ocid, contract.id, supplier.supplier
    FROM contract
    JOIN supplier ON supplier.source = contract.source AND supplier.ocid = contract.ocid
    WHERE contract.award_id IS NULL AND supplier.supplier IS NOT NULL
),
counted AS (
    SELECT contract.source, contract.ocid, contract.id, contract.buyer, contract.year, contract.amount
    FROM contract
    JOIN currency
        ON currency.source = contract.source AND currency.buyer = contract.buyer AND currency.year = contract.year
        AND currency.currency = contract.currency
    WHERE contract.amount IS NOT NULL
),
held AS (
    -- What each supplier holds of the buyer's year.
    SELECT
        counted.source,
        counted.buyer,
        counted.year,
        won.supplier,
        count(*) AS contracts,
        sum(counted.amount) AS amount
    FROM counted
    JOIN won ON won.source = counted.source AND won.ocid = counted.ocid AND won.id = counted.id
    GROUP BY counted.source, counted.buyer, counted.year, won.supplier
),
supplied AS (
    SELECT DISTINCT source, ocid, id
    FROM won
),
total AS (
    SELECT counted.source, counted.buyer, counted.year, count(*) AS contracts, sum(counted.amount) AS amount
    FROM counted
    JOIN supplied ON supplied.source = counted.source AND supplied.ocid = counted.ocid AND supplied.id = counted.id
    GROUP BY counted.source, counted.buyer, counted.year
),
priced AS (
    SELECT source, buyer, year, count(*) AS contracts
    FROM counted
    GROUP BY source, buyer, year
),
whole AS (
    SELECT source, buyer, year, count(*) AS contracts
    FROM contract
    WHERE buyer IS NOT NULL AND year IS NOT NULL
    GROUP BY source, buyer, year
),
supplier_name AS (
    SELECT source, supplier, min(name) AS name
    FROM supplier
    GROUP BY source, supplier
),
supplier_count AS (
    SELECT source, buyer, year, count(*) AS suppliers, max(amount) AS largest_amount
    FROM held
    GROUP BY source, buyer, year
),
coverage_of_source AS (
    SELECT source, min(covers) AS covers
    FROM source_info
    GROUP BY source
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'maximum_share') AS maximum_share,
        max(value) FILTER (WHERE name = 'minimum_contracts') AS minimum_contracts,
        max(value) FILTER (WHERE name = 'minimum_suppliers') AS minimum_suppliers,
        max(value) FILTER (WHERE name = 'minimum_supplier_contracts') AS minimum_supplier_contracts,
        max(value) FILTER (WHERE name = 'maximum_unknown_share') AS maximum_unknown_share
    FROM parameter
    WHERE indicator = 'R040' AND place = ''
),
largest AS (
    -- The supplier to show: of those with contracts enough if there is any, the one of the largest amount.
    SELECT *
    FROM (
        SELECT
            held.*,
            CAST(held.contracts AS DECIMAL(24, 6)) >= number.minimum_supplier_contracts AS is_repeated,
            row_number() OVER (
                PARTITION BY held.source, held.buyer, held.year
                ORDER BY
                    CASE WHEN CAST(held.contracts AS DECIMAL(24, 6)) >= number.minimum_supplier_contracts THEN 0 ELSE 1 END,
                    held.amount DESC,
                    held.contracts DESC,
                    held.supplier
            ) AS place_in_line
        FROM held
        CROSS JOIN number
    ) AS ordered
    WHERE place_in_line = 1
),
share AS (
    SELECT
        largest.source,
        largest.buyer,
        largest.year,
        largest.supplier,
        largest.contracts AS supplier_contracts,
        largest.amount AS supplier_amount,
        largest.is_repeated,
        whole.contracts,
        total.contracts AS counted,
        total.amount AS total_amount,
        supplier_count.suppliers,
        CAST(supplier_count.largest_amount AS DECIMAL(24, 6)) / CAST(total.amount AS DECIMAL(24, 6)) AS largest_share,
        coverage_of_source.covers,
        number.maximum_share,
        CAST(CAST(largest.amount AS DECIMAL(24, 6)) / CAST(total.amount AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS share
    FROM largest
    JOIN total ON total.source = largest.source AND total.buyer = largest.buyer AND total.year = largest.year
    JOIN priced ON priced.source = largest.source AND priced.buyer = largest.buyer AND priced.year = largest.year
    JOIN whole ON whole.source = largest.source AND whole.buyer = largest.buyer AND whole.year = largest.year
    JOIN supplier_count
        ON supplier_count.source = largest.source AND supplier_count.buyer = largest.buyer
        AND supplier_count.year = largest.year
    JOIN coverage_of_source ON coverage_of_source.source = largest.source
    CROSS JOIN number
    WHERE coverage_of_source.covers IN ('all', 'sample')
        AND CAST(total.contracts AS DECIMAL(24, 6)) >= number.minimum_contracts
        AND CAST(supplier_count.suppliers AS DECIMAL(24, 6)) >= number.minimum_suppliers
        AND CAST(whole.contracts - priced.contracts AS DECIMAL(24, 6))
            <= CAST(whole.contracts AS DECIMAL(24, 6)) * number.maximum_unknown_share
        AND CAST(whole.contracts - total.contracts AS DECIMAL(24, 6))
            <= CAST(whole.contracts AS DECIMAL(24, 6)) * number.maximum_unknown_share
)
SELECT
    share.source || '/' || share.buyer || '/' || CAST(share.year AS VARCHAR) AS subject_id,
    share.source,
    share.is_repeated AND share.share > share.maximum_share AS flagged,
    share.share AS value,
    share.maximum_share AS threshold,
    CAST(share.supplier_amount AS DECIMAL(24, 6)) AS amount,
    currency.currency,
    CASE
        WHEN NOT (share.is_repeated AND share.share > share.maximum_share)
            AND share.largest_share > share.maximum_share THEN 'not_repeated'
        WHEN share.covers = 'sample' THEN 'sample'
    END AS note,
    json_object(
        'year', CAST(share.year AS VARCHAR),
        'buyer', share.buyer,
        'supplier_name', coalesce(supplier_name.name, share.supplier),
        'supplier_contracts', CAST(share.supplier_contracts AS VARCHAR),
        'contracts', CAST(share.counted AS VARCHAR),
        'share_by_count', CAST(CAST(
            CAST(share.supplier_contracts AS DECIMAL(24, 6)) / CAST(share.counted AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS VARCHAR),
        'suppliers', CAST(share.suppliers AS VARCHAR),
        'total_amount', CAST(CAST(share.total_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', currency.currency,
        'left_out', CAST(share.contracts - share.counted AS VARCHAR)
    ) AS detail
FROM share
JOIN currency
    ON currency.source = share.source AND currency.buyer = share.buyer AND currency.year = share.year
LEFT JOIN supplier_name ON supplier_name.source = share.source AND supplier_name.supplier = share.supplier
