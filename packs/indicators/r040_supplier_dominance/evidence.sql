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
        contract.ocid,
        contract.id,
        coalesce(contract.award_id, '') AS award_key,
        contract.file_id,
        contract.part_id,
        contract.record,
        contract.element,
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
number AS (
    SELECT max(value) AS minimum_supplier_contracts
    FROM parameter
    WHERE indicator = 'R040' AND name = 'minimum_supplier_contracts' AND place = ''
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
largest AS (
    SELECT source, buyer, year, currency, supplier
    FROM in_year
    WHERE place_in_line = 1
)
SELECT
    ordered.source || '/' || ordered.buyer || '/' || CAST(ordered.year AS VARCHAR) AS subject_id,
    ordered.file_id,
    ordered.part_id,
    ordered.record,
    ordered.element,
    CASE WHEN bool_or(ordered.supplier = largest.supplier) THEN 'supplier_contract' ELSE 'other_contract' END AS role
FROM largest
JOIN ordered
    ON ordered.source = largest.source AND ordered.buyer = largest.buyer AND ordered.year = largest.year
    AND ordered.currency = largest.currency
WHERE ordered.amount IS NOT NULL AND ordered.supplier IS NOT NULL
GROUP BY
    ordered.source, ordered.buyer, ordered.year, ordered.file_id, ordered.part_id, ordered.record, ordered.element
