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
        contract.ocid,
        contract.id,
        coalesce(contract.award_id, '') AS award_key,
        contract.place,
        tender.buyer_name,
        coalesce(tender.buyer_id, tender.buyer_name) AS buyer,
        EXTRACT(YEAR FROM coalesce(contract.period_start_date, contract.date_signed)) AS year,
        CASE WHEN contract.value_amount > 0 THEN contract.value_amount END AS amount,
        contract.value_currency AS currency
    FROM ocds.tender AS tender
    RIGHT JOIN ocds.contract AS contract ON contract.source = tender.source AND contract.ocid = tender.ocid
),
won AS (
    -- Each contract beside each of its suppliers: told by its tax number, else by its normalised name, else by its id.
    SELECT contract.*, offered.name, coalesce(offered.rfc, nullif(name_key(offered.name), ''), offered.id) AS supplier
    FROM offered
    RIGHT JOIN contract
        ON contract.source = offered.source AND contract.ocid = offered.ocid AND contract.award_key = offered.award_key
),
ordered AS (
    -- A contract counts once for each of its suppliers, and once in the total.
    SELECT
        *,
        row_number() OVER (PARTITION BY source, ocid, id ORDER BY supplier, name) AS turn_in_contract,
        row_number() OVER (PARTITION BY source, ocid, id, supplier ORDER BY name) AS turn_of_supplier
    FROM won
),
cell AS (
    -- What each supplier holds of the buyer's year in each currency; `once` leaves a contract of several suppliers to the first.
    SELECT
        source,
        buyer,
        year,
        currency,
        supplier,
        min(place) AS place,
        min(buyer_name) AS buyer_name,
        min(name) AS name,
        count(amount) AS contracts,
        sum(amount) AS amount,
        sum(CASE WHEN turn_in_contract = 1 THEN 1 ELSE 0 END) AS contracts_once,
        sum(CASE WHEN turn_in_contract = 1 AND amount IS NOT NULL THEN 1 ELSE 0 END) AS priced_once,
        sum(CASE WHEN turn_in_contract = 1 THEN amount END) AS amount_once
    FROM ordered
    WHERE turn_of_supplier = 1
    GROUP BY source, buyer, year, currency, supplier
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
        max(value) FILTER (WHERE name = 'minimum_supplier_contracts') AS minimum_supplier_contracts,
        max(value) FILTER (WHERE name = 'maximum_unknown_share') AS maximum_unknown_share
    FROM parameter
    WHERE indicator = 'R040' AND place = ''
),
held AS (
    -- One row per buyer, year and currency: the supplier to show comes last, and has the sums of all beside it.
    -- It is the one of the largest amount, of those with contracts enough if there is any.
    SELECT *
    FROM (
        SELECT
            cell.source,
            cell.buyer,
            cell.year,
            cell.currency,
            cell.supplier,
            cell.name,
            cell.place,
            cell.buyer_name,
            cell.contracts,
            cell.amount,
            CAST(cell.contracts AS DECIMAL(24, 6)) >= number.minimum_supplier_contracts AS is_repeated,
            sum(cell.contracts_once) OVER to_show_last AS contracts_once,
            sum(cell.priced_once) OVER to_show_last AS priced,
            sum(CASE WHEN cell.supplier IS NOT NULL THEN cell.priced_once END) OVER to_show_last AS counted,
            sum(CASE WHEN cell.supplier IS NOT NULL THEN cell.amount_once END) OVER to_show_last AS total_amount,
            sum(CASE WHEN cell.supplier IS NOT NULL AND cell.contracts > 0 THEN 1 ELSE 0 END) OVER to_show_last AS suppliers,
            max(CASE WHEN cell.supplier IS NOT NULL THEN cell.amount END) OVER to_show_last AS largest_amount,
            lead(cell.source) OVER to_show_last IS NULL AS is_last
        FROM number
        CROSS JOIN cell
        WINDOW to_show_last AS (
            PARTITION BY cell.source, cell.buyer, cell.year, cell.currency
            ORDER BY
                CASE WHEN cell.supplier IS NOT NULL AND cell.contracts > 0 THEN 0 ELSE 1 END DESC,
                CASE WHEN CAST(cell.contracts AS DECIMAL(24, 6)) >= number.minimum_supplier_contracts THEN 0 ELSE 1 END DESC,
                cell.amount NULLS FIRST,
                cell.contracts,
                cell.supplier DESC NULLS FIRST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    ) AS in_line
    WHERE is_last
),
in_year AS (
    -- The currency that most priced contracts of the buyer and year use stands first; there are few of them.
    SELECT
        *,
        row_number() OVER (
            PARTITION BY source, buyer, year
            ORDER BY CASE WHEN currency IS NOT NULL THEN priced END DESC NULLS LAST, currency
        ) AS place_in_line,
        sum(contracts_once) OVER (PARTITION BY source, buyer, year) AS all_contracts
    FROM held
),
buyer AS (
    SELECT
        source,
        buyer,
        year,
        place,
        buyer_name AS name,
        all_contracts AS contracts,
        CASE WHEN currency IS NOT NULL THEN priced ELSE 0 END AS priced,
        CASE WHEN currency IS NOT NULL THEN counted ELSE 0 END AS counted,
        CASE WHEN currency IS NOT NULL THEN suppliers ELSE 0 END AS suppliers
    FROM in_year
    WHERE place_in_line = 1
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
    CAST(coalesce(buyer.counted, 0) AS DECIMAL(24, 6)) AS counted,
    CAST(buyer.suppliers AS DECIMAL(24, 6)) AS suppliers,
    number.minimum_contracts,
    number.minimum_suppliers,
    number.maximum_unknown_share
FROM number
CROSS JOIN buyer
LEFT JOIN coverage_of_source ON coverage_of_source.source = buyer.source
