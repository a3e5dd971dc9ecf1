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
        min(coalesce(tender.main_procurement_category, '')) AS category,
        min(coalesce(contract.date_signed, contract.period_start_date)) AS date,
        min(CASE WHEN contract.value_amount > 0 AND contract.value_currency = 'MXN' THEN contract.value_amount END) AS amount,
        -- The maximum in force at the contract's place, category and day.
        min(maximum.turn) FILTER (WHERE maximum.category IN ('', coalesce(tender.main_procurement_category, ''))) AS turn
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
),
by_day AS (
    -- usable: contracts with a date, an amount and a maximum; within: those that do not exceed it.
    SELECT
        award.source,
        award.buyer,
        award.supplier,
        award.category,
        award.date,
        min(maximum.value) AS maximum_amount,
        count(*) AS contracts,
        count(award.amount) FILTER (WHERE maximum.value IS NOT NULL) AS usable,
        count(award.amount) FILTER (WHERE award.amount <= maximum.value) AS within,
        sum(award.amount) FILTER (WHERE award.amount <= maximum.value) AS amount
    FROM award
    LEFT JOIN maximum ON maximum.turn = award.turn
    WHERE award.supplier IS NOT NULL
    GROUP BY award.source, award.buyer, award.supplier, award.category, award.date
),
number AS (
    SELECT CAST(max(value) AS BIGINT) AS window_days
    FROM parameter
    WHERE indicator = 'R011' AND name = 'window_days' AND place = ''
),
event AS (
    -- Each day opens a window, and closes it `window_days` later: one pass over the days in order adds up every window.
    SELECT
        by_day.*,
        edge.closes,
        CAST(by_day.date - DATE '1970-01-01' AS BIGINT) + CASE WHEN edge.closes = 1 THEN number.window_days ELSE 0 END AS day
    FROM (VALUES (0), (1)) AS edge (closes)
    CROSS JOIN number
    CROSS JOIN by_day
),
running AS (
    -- What has been added up to each edge; contracts of a day are counted before the windows that close on it.
    SELECT
        source,
        buyer,
        supplier,
        category,
        date,
        closes,
        maximum_amount,
        contracts,
        usable,
        within,
        amount,
        sum(CASE WHEN closes = 0 THEN amount END) OVER in_order AS amount_so_far,
        sum(CASE WHEN closes = 0 THEN within END) OVER in_order AS within_so_far,
        max(CASE WHEN closes = 0 AND within > 0 THEN date END) OVER in_order AS last_date
    FROM event
    WINDOW in_order AS (
        PARTITION BY source, buyer, supplier, category
        ORDER BY day, closes
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),
moving AS (
    -- A window holds what was added when it closes, less what was there before it opened.
    SELECT
        source,
        buyer,
        supplier,
        category,
        date AS window_start,
        max(last_date) FILTER (WHERE closes = 1) AS window_end,
        min(maximum_amount) AS maximum_amount,
        min(contracts) AS day_contracts,
        min(usable) AS day_usable,
        min(within) AS day_within,
        CASE WHEN min(within) > 0 THEN CAST(
            max(amount_so_far) FILTER (WHERE closes = 1) - max(amount_so_far) FILTER (WHERE closes = 0) + min(amount)
            AS DECIMAL(24, 6)) END AS amount,
        max(within_so_far) FILTER (WHERE closes = 1) - max(within_so_far) FILTER (WHERE closes = 0) + min(within) AS contracts
    FROM running
    GROUP BY source, buyer, supplier, category, date
),
shown AS (
    -- The window to show: one above its maximum if there is any; of those the largest, then the earliest.
    -- It comes last of its group, and has the counts of the whole group beside it.
    SELECT
        *,
        sum(day_contracts) OVER to_show_last AS all_contracts,
        sum(day_usable) OVER to_show_last AS usable,
        sum(day_within) OVER to_show_last AS within,
        lead(source) OVER to_show_last IS NULL AS is_last
    FROM moving
    WINDOW to_show_last AS (
        PARTITION BY source, buyer, supplier
        ORDER BY
            CASE WHEN amount > maximum_amount THEN 0 ELSE 1 END DESC,
            amount NULLS FIRST,
            window_start DESC NULLS FIRST,
            category DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
)
SELECT
    source || '/' || buyer || '/' || supplier AS subject_id,
    source,
    coalesce(amount > maximum_amount, false) AS flagged,
    amount AS value,
    CASE WHEN amount IS NOT NULL THEN CAST(maximum_amount AS DECIMAL(24, 6)) END AS threshold,
    amount,
    CASE WHEN amount IS NOT NULL THEN 'MXN' END AS currency,
    CASE WHEN all_contracts > usable THEN 'left_out' END AS note,
    json_object(
        'window_start', CASE WHEN amount IS NOT NULL THEN CAST(window_start AS VARCHAR) END,
        'window_end', CASE WHEN amount IS NOT NULL THEN CAST(window_end AS VARCHAR) END,
        'contracts_in_window', CASE WHEN amount IS NOT NULL THEN CAST(contracts AS VARCHAR) END,
        'category', CASE WHEN amount IS NOT NULL THEN nullif(category, '') END,
        'contracts', CAST(all_contracts AS VARCHAR),
        'left_out', CAST(all_contracts - usable AS VARCHAR),
        'above_maximum', CAST(usable - within AS VARCHAR)
    ) AS detail
FROM shown
WHERE is_last AND usable >= 2
