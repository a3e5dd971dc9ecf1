-- One row per source, buyer and supplier with two direct-award contracts or more.
-- subject_id: source/buyer/supplier; the supplier by its tax number, else by its normalised name, else by its id.
-- dated, priced, ruled: contracts with a date; with an amount in pesos too; with a known maximum too.
-- without_category: contracts whose place has maximums that day, but by category, and theirs is not published.
-- amount: what the group's direct awards add up to, in pesos.
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
maximum AS (
    -- Every maximum of a direct award, in the order in which one wins over another: of its own place, of its own category, the latest.
    SELECT
        place,
        category,
        valid_from,
        valid_to,
        value,
        row_number() OVER (ORDER BY
            CASE WHEN place = '' THEN 1 ELSE 0 END,
            CASE WHEN category = '' THEN 1 ELSE 0 END,
            valid_from DESC NULLS LAST,
            value) AS turn
    FROM parameter
    WHERE indicator = 'R011' AND name = 'maximum_amount' AND procedure IN ('', 'direct')
),
award AS (
    -- One row per direct-award contract of a known buyer and supplier: a contract counts once for each of its suppliers.
    -- Amounts that are not in pesos, or zero, cannot be added.
    SELECT
        contract.source,
        coalesce(tender.buyer_id, tender.buyer_name) AS buyer,
        coalesce(offered.rfc, nullif(name_key(offered.name), ''), offered.id) AS supplier,
        contract.ocid,
        contract.id,
        min(contract.place) AS place,
        min(tender.buyer_name) AS buyer_name,
        min(offered.name) AS supplier_name,
        min(coalesce(tender.main_procurement_category, '')) AS category,
        min(coalesce(contract.date_signed, contract.period_start_date)) AS date,
        min(CASE WHEN contract.value_amount > 0 AND contract.value_currency = 'MXN' THEN contract.value_amount END) AS amount,
        -- The maximum in force at the contract's place, category and day.
        min(maximum.turn) FILTER (WHERE maximum.category IN ('', coalesce(tender.main_procurement_category, ''))) AS turn,
        count(maximum.turn) AS maximums
    FROM ocds.tender AS tender
    JOIN ocds.contract AS contract ON contract.source = tender.source AND contract.ocid = tender.ocid
    JOIN offered
        ON offered.source = contract.source
        AND offered.ocid = contract.ocid
        AND offered.award_key = coalesce(contract.award_id, '')
    LEFT JOIN maximum
        ON maximum.place IN ('', contract.place)
        AND (maximum.valid_from IS NULL OR maximum.valid_from <= coalesce(contract.date_signed, contract.period_start_date))
        AND (maximum.valid_to IS NULL OR maximum.valid_to >= coalesce(contract.date_signed, contract.period_start_date))
        AND coalesce(contract.date_signed, contract.period_start_date) IS NOT NULL
    WHERE tender.procurement_method = 'direct' AND coalesce(tender.buyer_id, tender.buyer_name) IS NOT NULL
    GROUP BY
        contract.source, coalesce(tender.buyer_id, tender.buyer_name),
        coalesce(offered.rfc, nullif(name_key(offered.name), ''), offered.id), contract.ocid, contract.id
)
SELECT
    award.source || '/' || award.buyer || '/' || award.supplier AS subject_id,
    award.source,
    award.buyer,
    award.supplier,
    min(award.place) AS place,
    coalesce(min(award.buyer_name), award.buyer) || ' · ' || coalesce(min(award.supplier_name), award.supplier) AS name,
    CAST(sum(award.amount) AS DECIMAL(24, 6)) AS amount,
    CASE WHEN count(award.amount) > 0 THEN 'MXN' END AS currency,
    count(award.date) AS dated,
    count(award.amount) FILTER (WHERE award.date IS NOT NULL) AS priced,
    count(award.amount) FILTER (WHERE award.turn IS NOT NULL) AS ruled,
    count(award.amount) FILTER (WHERE award.maximums > 0 AND award.turn IS NULL AND award.category = '') AS without_category
FROM award
WHERE award.supplier IS NOT NULL
GROUP BY award.source, award.buyer, award.supplier
HAVING count(*) >= 2
