-- One row per source, buyer and year with enough contracts, and enough suppliers, to give a share.
-- value: amount of one supplier's contracts over that of all counted contracts, rounded once, half up, to six decimals.
-- The supplier is the one of the largest amount among those with contracts enough; if none has, the largest of all.
-- threshold: the maximum share. flagged: that supplier has contracts enough, and its share is above the maximum.
-- amount, currency: what the supplier's contracts add up to.
-- note `sample`: the source is a sample.
-- detail: the supplier, the counts, the share by count, the largest share of all (of however few contracts), and what was left out.
-- Left out: no buyer or year, files selected by another criterion, too many contracts without amount or supplier, too few contracts or suppliers.
WITH supplier AS (
    -- Every supplier with its tax number, if it has a valid one: from its own id, else from the party's identifier.
    -- Generic numbers (public at large, foreigners) belong to nobody.
    -- Parties that are nobody's supplier are left aside first: the side of a join that is written first is held in memory.
    SELECT
        source,
        ocid,
        award_id,
        id,
        name,
        CASE
            WHEN is_rfc(own_rfc) AND own_rfc NOT IN ('XAXX010101000', 'XEXX010101000') THEN own_rfc
            WHEN is_rfc(party_rfc) AND party_rfc NOT IN ('XAXX010101000', 'XEXX010101000') THEN party_rfc
        END AS rfc
    FROM (
        SELECT
            supplier.source,
            supplier.ocid,
            supplier.award_id,
            supplier.id,
            coalesce(supplier.name, party.name) AS name,
            replace(regexp_replace(upper(trim(supplier.id)), '^(MX-)?RFC-', ''), ' ', '') AS own_rfc,
            replace(regexp_replace(upper(trim(party.identifier_id)), '^(MX-)?RFC-', ''), ' ', '') AS party_rfc
        FROM (
            SELECT party.*
            FROM (SELECT DISTINCT id FROM ocds.award_supplier WHERE id IS NOT NULL) AS named
            JOIN ocds.party AS party ON party.id = named.id
        ) AS party
        RIGHT JOIN ocds.award_supplier AS supplier
            ON supplier.source = party.source AND supplier.ocid = party.ocid AND supplier.id = party.id
        WHERE coalesce(supplier.id, supplier.name) IS NOT NULL
    ) AS read
),
offered AS (
    -- Each supplier twice: for the contracts that name its award, and for those of its process that name none.
    SELECT
        supplier.source,
        supplier.ocid,
        CASE WHEN whose.process = 1 THEN '' ELSE supplier.award_id END AS award_key,
        supplier.id,
        supplier.name,
        supplier.rfc
    FROM (VALUES (0), (1)) AS whose (process)
    CROSS JOIN supplier
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
    -- Each contract beside each of its suppliers, once: told by its tax number, else by its normalised name, else by its id.
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        coalesce(offered.rfc, nullif(name_key(offered.name), ''), offered.id) AS supplier,
        min(offered.name) AS name,
        min(contract.buyer) AS buyer,
        min(contract.year) AS year,
        min(contract.amount) AS amount,
        min(contract.currency) AS currency
    FROM contract
    JOIN offered
        ON offered.source = contract.source
        AND offered.ocid = contract.ocid
        AND offered.award_key = coalesce(contract.award_id, '')
    WHERE coalesce(offered.rfc, nullif(name_key(offered.name), ''), offered.id) IS NOT NULL
    GROUP BY
        contract.source, contract.ocid, contract.id,
        coalesce(offered.rfc, nullif(name_key(offered.name), ''), offered.id)
),
counted AS (
    -- What each supplier won of each contract that has an amount in the currency.
    SELECT won.source, won.buyer, won.year, won.ocid, won.id, won.supplier, won.name, won.amount
    FROM currency
    JOIN won
        ON won.source = currency.source AND won.buyer = currency.buyer AND won.year = currency.year
        AND won.currency = currency.currency
    WHERE won.amount IS NOT NULL
),
held AS (
    -- What each supplier holds of the buyer's year.
    SELECT
        source,
        buyer,
        year,
        supplier,
        min(name) AS name,
        count(*) AS contracts,
        sum(amount) AS amount
    FROM counted
    GROUP BY source, buyer, year, supplier
),
total AS (
    -- A contract of several suppliers stands once in the total.
    SELECT source, buyer, year, count(*) AS contracts, sum(amount) AS amount
    FROM (
        SELECT source, buyer, year, ocid, id, min(amount) AS amount
        FROM counted
        GROUP BY source, buyer, year, ocid, id
    ) AS once
    GROUP BY source, buyer, year
),
whole AS (
    SELECT
        contract.source,
        contract.buyer,
        contract.year,
        count(*) AS contracts,
        count(contract.amount) FILTER (WHERE contract.currency = currency.currency) AS priced
    FROM currency
    JOIN contract
        ON contract.source = currency.source AND contract.buyer = currency.buyer AND contract.year = currency.year
    GROUP BY contract.source, contract.buyer, contract.year
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
        coalesce(largest.name, largest.supplier) AS supplier_name,
        largest.contracts AS supplier_contracts,
        largest.amount AS supplier_amount,
        largest.is_repeated,
        whole.contracts,
        total.contracts AS counted,
        total.amount AS total_amount,
        supplier_count.suppliers,
        CAST(CAST(supplier_count.largest_amount AS DECIMAL(24, 6)) / CAST(total.amount AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS largest_share,
        coverage_of_source.covers,
        number.maximum_share,
        CAST(CAST(largest.amount AS DECIMAL(24, 6)) / CAST(total.amount AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS share
    FROM largest
    JOIN total ON total.source = largest.source AND total.buyer = largest.buyer AND total.year = largest.year
    JOIN whole ON whole.source = largest.source AND whole.buyer = largest.buyer AND whole.year = largest.year
    JOIN supplier_count
        ON supplier_count.source = largest.source AND supplier_count.buyer = largest.buyer
        AND supplier_count.year = largest.year
    JOIN coverage_of_source ON coverage_of_source.source = largest.source
    CROSS JOIN number
    WHERE coverage_of_source.covers IN ('all', 'sample')
        AND CAST(total.contracts AS DECIMAL(24, 6)) >= number.minimum_contracts
        AND CAST(supplier_count.suppliers AS DECIMAL(24, 6)) >= number.minimum_suppliers
        AND CAST(whole.contracts - whole.priced AS DECIMAL(24, 6))
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
    CASE WHEN share.covers = 'sample' THEN 'sample' END AS note,
    json_object(
        'year', CAST(share.year AS VARCHAR),
        'buyer', share.buyer,
        'supplier_name', share.supplier_name,
        'supplier_contracts', CAST(share.supplier_contracts AS VARCHAR),
        'contracts', CAST(share.counted AS VARCHAR),
        'share_by_count', CAST(CAST(
            CAST(share.supplier_contracts AS DECIMAL(24, 6)) / CAST(share.counted AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS VARCHAR),
        'suppliers', CAST(share.suppliers AS VARCHAR),
        'largest_share', CAST(share.largest_share AS VARCHAR),
        'total_amount', CAST(CAST(share.total_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', currency.currency,
        'left_out', CAST(share.contracts - share.counted AS VARCHAR)
    ) AS detail
FROM share
JOIN currency
    ON currency.source = share.source AND currency.buyer = share.buyer AND currency.year = share.year
