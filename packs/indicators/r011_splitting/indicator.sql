-- One row per source, buyer and supplier with two direct awards or more whose date, amount in pesos and maximum are known.
-- value: the largest sum of one category within the window, of contracts that do not exceed the maximum by themselves; null if all do.
-- threshold: the maximum in force at the first contract of that window. flagged: some window adds up to more than its maximum.
-- amount, currency: the sum of that window.
-- note `left_out`: some direct awards of the group lack a date, an amount in pesos or a maximum.
-- detail: the window, how many contracts it has, and what was left out.
-- Left out: groups with fewer than two usable contracts; contracts above the maximum (no splitting, but an excess of their own).
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
),
by_day AS (
    -- usable: contracts with a date, an amount and a maximum; within: those that do not exceed it.
    SELECT
        award.source,
        award.buyer,
        award.supplier,
        award.category,
        award.date,
        min(maximum.amount) AS maximum_amount,
        count(*) AS contracts,
        count(award.amount) FILTER (WHERE maximum.amount IS NOT NULL) AS usable,
        count(award.amount) FILTER (WHERE award.amount <= maximum.amount) AS within,
        sum(award.amount) FILTER (WHERE award.amount <= maximum.amount) AS amount
    FROM award
    LEFT JOIN maximum
        ON maximum.place = award.place AND maximum.category = award.category AND maximum.date = award.date
    WHERE award.supplier IS NOT NULL
    GROUP BY award.source, award.buyer, award.supplier, award.category, award.date
),
counted AS (
    SELECT
        source,
        buyer,
        supplier,
        sum(contracts) AS contracts,
        sum(usable) AS usable,
        sum(usable) - sum(within) AS above_maximum
    FROM by_day
    GROUP BY source, buyer, supplier
    HAVING sum(usable) >= 2
),
number AS (
    SELECT max(value) AS window_days
    FROM parameter
    WHERE indicator = 'R011' AND name = 'window_days' AND place = ''
),
moving AS (
    SELECT
        first.source,
        first.buyer,
        first.supplier,
        first.category,
        first.date AS window_start,
        max(last.date) AS window_end,
        min(first.maximum_amount) AS maximum_amount,
        CAST(sum(last.amount) AS DECIMAL(24, 6)) AS amount,
        sum(last.within) AS contracts
    FROM by_day AS first
    CROSS JOIN number
    JOIN by_day AS last
        ON last.source = first.source
        AND last.buyer = first.buyer
        AND last.supplier = first.supplier
        AND last.category = first.category
        AND last.date >= first.date
        AND CAST(last.date - first.date AS BIGINT) <= number.window_days
    WHERE first.within > 0 AND last.within > 0
    GROUP BY first.source, first.buyer, first.supplier, first.category, first.date
),
shown AS (
    -- The window to show: one above its maximum if there is any; of those the largest, then the earliest.
    SELECT
        source,
        buyer,
        supplier,
        category,
        window_start,
        window_end,
        maximum_amount,
        amount,
        contracts,
        row_number() OVER (
            PARTITION BY source, buyer, supplier
            ORDER BY CASE WHEN amount > maximum_amount THEN 0 ELSE 1 END, amount DESC, window_start, category
        ) AS place_in_line
    FROM moving
)
SELECT
    counted.source || '/' || counted.buyer || '/' || counted.supplier AS subject_id,
    counted.source,
    coalesce(shown.amount > shown.maximum_amount, false) AS flagged,
    shown.amount AS value,
    CAST(shown.maximum_amount AS DECIMAL(24, 6)) AS threshold,
    shown.amount AS amount,
    CASE WHEN shown.amount IS NOT NULL THEN 'MXN' END AS currency,
    CASE WHEN counted.contracts > counted.usable THEN 'left_out' END AS note,
    json_object(
        'window_start', CAST(shown.window_start AS VARCHAR),
        'window_end', CAST(shown.window_end AS VARCHAR),
        'contracts_in_window', CAST(shown.contracts AS VARCHAR),
        'category', nullif(shown.category, ''),
        'contracts', CAST(counted.contracts AS VARCHAR),
        'left_out', CAST(counted.contracts - counted.usable AS VARCHAR),
        'above_maximum', CAST(counted.above_maximum AS VARCHAR)
    ) AS detail
FROM counted
LEFT JOIN shown
    ON shown.source = counted.source AND shown.buyer = counted.buyer AND shown.supplier = counted.supplier
    AND shown.place_in_line = 1
