-- One row per source, buyer and year in which a contract starts (its signing date if the start is not published).
-- subject_id: source/buyer/year, with an empty part where the buyer or the year is not published.
-- contracts: all. priced: with an amount above zero in the currency most of them use. counted: with a supplier too.
-- suppliers: different suppliers of the counted contracts.
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
supplied AS (
    SELECT DISTINCT source, ocid, id
    FROM won
),
buyer AS (
    SELECT
        contract.source,
        contract.buyer,
        contract.year,
        min(contract.place) AS place,
        min(contract.buyer_name) AS name,
        min(currency.currency) AS currency,
        count(*) AS contracts,
        count(contract.amount) FILTER (WHERE contract.currency = currency.currency) AS priced,
        count(contract.amount) FILTER (WHERE contract.currency = currency.currency AND supplied.id IS NOT NULL) AS counted
    FROM contract
    LEFT JOIN currency
        ON currency.source = contract.source AND currency.buyer = contract.buyer AND currency.year = contract.year
    LEFT JOIN supplied
        ON supplied.source = contract.source AND supplied.ocid = contract.ocid AND supplied.id = contract.id
    GROUP BY contract.source, contract.buyer, contract.year
),
supplier_count AS (
    SELECT won.source, won.buyer, won.year, count(DISTINCT won.supplier) AS suppliers
    FROM currency
    JOIN won
        ON won.source = currency.source AND won.buyer = currency.buyer AND won.year = currency.year
        AND won.currency = currency.currency
    WHERE won.amount IS NOT NULL
    GROUP BY won.source, won.buyer, won.year
),
coverage_of_source AS (
    SELECT source, min(covers) AS covers
    FROM source_info
    GROUP BY source
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'minimum_contracts') AS minimum_contracts,
        max(value) FILTER (WHERE name = 'minimum_suppliers') AS minimum_suppliers,
        max(value) FILTER (WHERE name = 'maximum_unknown_share') AS maximum_unknown_share
    FROM parameter
    WHERE indicator = 'R040' AND place = ''
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
    CAST(buyer.contracts AS DECIMAL(24, 6)) AS contracts,
    CAST(buyer.priced AS DECIMAL(24, 6)) AS priced,
    CAST(buyer.counted AS DECIMAL(24, 6)) AS counted,
    CAST(coalesce(supplier_count.suppliers, 0) AS DECIMAL(24, 6)) AS suppliers,
    number.minimum_contracts,
    number.minimum_suppliers,
    number.maximum_unknown_share
FROM buyer
LEFT JOIN coverage_of_source ON coverage_of_source.source = buyer.source
LEFT JOIN supplier_count
    ON supplier_count.source = buyer.source AND supplier_count.buyer = buyer.buyer AND supplier_count.year = buyer.year
CROSS JOIN number
