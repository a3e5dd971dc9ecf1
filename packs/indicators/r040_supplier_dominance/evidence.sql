-- The contracts each share was counted from: those of the supplier it names, and the others.
-- Contracts without an amount in the currency, or without a supplier, are not in the share, and not here.
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
number AS (
    SELECT max(value) AS minimum_supplier_contracts
    FROM parameter
    WHERE indicator = 'R040' AND name = 'minimum_supplier_contracts' AND place = ''
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
shown AS (
    SELECT
        counted.source,
        counted.buyer,
        counted.year,
        counted.ocid,
        counted.id,
        bool_or(counted.supplier = largest.supplier) AS is_largest
    FROM largest
    JOIN counted
        ON largest.source = counted.source AND largest.buyer = counted.buyer AND largest.year = counted.year
    GROUP BY counted.source, counted.buyer, counted.year, counted.ocid, counted.id
)
SELECT
    shown.source || '/' || shown.buyer || '/' || CAST(shown.year AS VARCHAR) AS subject_id,
    contract.file_id,
    contract.part_id,
    contract.record,
    contract.element,
    CASE WHEN shown.is_largest THEN 'supplier_contract' ELSE 'other_contract' END AS role
FROM shown
JOIN ocds.contract AS contract
    ON contract.source = shown.source AND contract.ocid = shown.ocid AND contract.id = shown.id
