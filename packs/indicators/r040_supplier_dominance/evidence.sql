-- The contracts each share was counted from: those of the supplier it names, and the others.
-- Contracts without an amount in the currency, or without a supplier, are not in the share, and not here.
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
        bool_or(won.supplier = largest.supplier) AS is_largest
    FROM counted
    JOIN won ON won.source = counted.source AND won.ocid = counted.ocid AND won.id = counted.id
    JOIN largest
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
