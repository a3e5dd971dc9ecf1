-- One row per source, buyer and supplier with two direct-award contracts or more.
-- subject_id: source/buyer/supplier; the supplier by its tax number, else by its normalised name, else by its id.
-- dated, priced, ruled: contracts with a date; with an amount in pesos too; with a known maximum too.
-- without_category: contracts whose place has maximums that day, but by category, and theirs is not published.
-- amount: what the group's direct awards add up to, in pesos.
WITH supplier AS (
    -- Every supplier with its tax number, if it has a valid one: from its own id, else from the party's identifier.
    -- Generic numbers (public at large, foreigners) belong to nobody.
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
        FROM ocds.award_supplier AS supplier
        LEFT JOIN ocds.party AS party
            ON party.source = supplier.source AND party.ocid = supplier.ocid AND party.id = supplier.id
        WHERE coalesce(supplier.id, supplier.name) IS NOT NULL
    ) AS read
),
direct AS (
    -- One row per direct-award contract of a known buyer. Amounts that are not in pesos, or zero, cannot be added.
    SELECT
        contract.source,
        contract.place,
        contract.ocid,
        contract.id,
        contract.award_id,
        coalesce(tender.buyer_id, tender.buyer_name) AS buyer,
        tender.buyer_name,
        coalesce(tender.main_procurement_category, '') AS category,
        coalesce(contract.date_signed, contract.period_start_date) AS date,
        CASE WHEN contract.value_amount > 0 AND contract.value_currency = 'MXN' THEN contract.value_amount END AS amount
    FROM ocds.contract AS contract
    JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
    WHERE tender.procurement_method = 'direct' AND coalesce(tender.buyer_id, tender.buyer_name) IS NOT NULL
),
award AS (
    -- A contract counts once for each of its suppliers, however often the supplier is written.
    SELECT
        direct.source,
        direct.buyer,
        coalesce(supplier.rfc, nullif(name_key(supplier.name), ''), supplier.id) AS supplier,
        direct.ocid,
        direct.id,
        min(direct.place) AS place,
        min(direct.buyer_name) AS buyer_name,
        min(supplier.name) AS supplier_name,
        min(direct.category) AS category,
        min(direct.date) AS date,
        min(direct.amount) AS amount
    FROM direct
    JOIN supplier
        ON supplier.source = direct.source
        AND supplier.ocid = direct.ocid
        AND (direct.award_id IS NULL OR supplier.award_id = direct.award_id)
    GROUP BY
        direct.source, direct.buyer, coalesce(supplier.rfc, nullif(name_key(supplier.name), ''), supplier.id),
        direct.ocid, direct.id
),
maximum AS (
    -- The maximum in force for each place, category and day; the row of the place and category wins over a general one.
    -- Null where the place has maximums that day, but none for the category.
    SELECT
        day.place,
        day.category,
        day.date,
        first_value(parameter.value ORDER BY
            CASE WHEN parameter.place = '' THEN 1 ELSE 0 END,
            CASE WHEN parameter.category = '' THEN 1 ELSE 0 END,
            parameter.valid_from DESC NULLS LAST,
            parameter.value) FILTER (WHERE parameter.category IN ('', day.category)) AS amount
    FROM (SELECT DISTINCT place, category, date FROM direct) AS day
    JOIN parameter
        ON parameter.indicator = 'R011'
        AND parameter.name = 'maximum_amount'
        AND parameter.place IN ('', day.place)
        AND parameter.procedure IN ('', 'direct')
        AND (parameter.valid_from IS NULL OR parameter.valid_from <= day.date)
        AND (parameter.valid_to IS NULL OR parameter.valid_to >= day.date)
    GROUP BY day.place, day.category, day.date
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
    count(award.amount) FILTER (WHERE maximum.amount IS NOT NULL) AS ruled,
    count(award.amount) FILTER (WHERE maximum.place IS NOT NULL AND maximum.amount IS NULL AND award.category = '')
        AS without_category
FROM award
LEFT JOIN maximum
    ON maximum.place = award.place AND maximum.category = award.category AND maximum.date = award.date
WHERE award.supplier IS NOT NULL
GROUP BY award.source, award.buyer, award.supplier
HAVING count(*) >= 2
