-- One row per source, buyer and year with enough contracts, and enough suppliers, to give a share.
-- value: amount of one supplier's contracts over that of all counted contracts, rounded once, half up, to six decimals.
-- The supplier is the one of the largest amount among those with contracts enough; if none has, the largest of all.
-- threshold: the maximum share. flagged: that supplier has contracts enough, and its share is above the maximum.
-- amount, currency: what the supplier's contracts add up to.
-- note `not_repeated`: no supplier has contracts enough, and the largest is above the maximum; else `sample`.
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
        contract.ocid,
        contract.id,
        coalesce(contract.award_id, '') AS award_key,
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
share AS (
    SELECT
        in_year.*,
        coverage_of_source.covers,
        number.maximum_share,
        CAST(CAST(in_year.amount AS DECIMAL(24, 6)) / CAST(in_year.total_amount AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS share,
        CAST(CAST(in_year.largest_amount AS DECIMAL(24, 6)) / CAST(in_year.total_amount AS DECIMAL(24, 6)) AS DECIMAL(24, 6))
            AS largest_share
    FROM number
    CROSS JOIN in_year
    JOIN coverage_of_source ON coverage_of_source.source = in_year.source
    WHERE in_year.place_in_line = 1
        AND in_year.buyer IS NOT NULL
        AND in_year.year IS NOT NULL
        AND coverage_of_source.covers IN ('all', 'sample')
        AND in_year.currency IS NOT NULL
        AND in_year.total_amount > 0
        AND CAST(in_year.counted AS DECIMAL(24, 6)) >= number.minimum_contracts
        AND CAST(in_year.suppliers AS DECIMAL(24, 6)) >= number.minimum_suppliers
        AND CAST(in_year.all_contracts - in_year.priced AS DECIMAL(24, 6))
            <= CAST(in_year.all_contracts AS DECIMAL(24, 6)) * number.maximum_unknown_share
        AND CAST(in_year.all_contracts - in_year.counted AS DECIMAL(24, 6))
            <= CAST(in_year.all_contracts AS DECIMAL(24, 6)) * number.maximum_unknown_share
)
SELECT
    source || '/' || buyer || '/' || CAST(year AS VARCHAR) AS subject_id,
    source,
    is_repeated AND share > maximum_share AS flagged,
    share AS value,
    maximum_share AS threshold,
    CAST(amount AS DECIMAL(24, 6)) AS amount,
    currency,
    CASE
        WHEN NOT is_repeated AND share > maximum_share THEN 'not_repeated'
        WHEN covers = 'sample' THEN 'sample'
    END AS note,
    json_object(
        'year', CAST(year AS VARCHAR),
        'buyer', buyer,
        'supplier_name', coalesce(name, supplier),
        'supplier_contracts', CAST(contracts AS VARCHAR),
        'contracts', CAST(counted AS VARCHAR),
        'share_by_count', CAST(CAST(
            CAST(contracts AS DECIMAL(24, 6)) / CAST(counted AS DECIMAL(24, 6)) AS DECIMAL(24, 6)) AS VARCHAR),
        'suppliers', CAST(suppliers AS VARCHAR),
        'largest_share', CAST(largest_share AS VARCHAR),
        'total_amount', CAST(CAST(total_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', currency,
        'left_out', CAST(all_contracts - counted AS VARCHAR)
    ) AS detail
FROM share
