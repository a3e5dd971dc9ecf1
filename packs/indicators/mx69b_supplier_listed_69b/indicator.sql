-- One row per contract with a date and a supplier, once the 69-B list is loaded.
-- value: how many of its suppliers were presumed or definitive on that day, by tax number (RFC). threshold: 0. flagged: any.
-- amount, currency: the contract's.
-- note: `possible_match`, `listed_later`, `cleared`, `cleared_since`, all on a clear contract; the strongest finding only.
-- detail: the contract's date and which one it is; for a finding, who, how it was matched, the status, its date, and the listing's row.
-- Left out: contracts without a date or a supplier; and unmatched contracts later than the latest list, which it cannot clear.
WITH supplier AS (
    -- Every supplier with its tax number, if it has a valid one: from its own id, else from the party's identifier.
    -- Generic numbers (public at large, foreigners) belong to nobody.
    SELECT
        source,
        ocid,
        award_id,
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
            coalesce(supplier.name, party.name) AS name,
            replace(regexp_replace(upper(trim(supplier.id)), '^(MX-)?RFC-', ''), ' ', '') AS own_rfc,
            replace(regexp_replace(upper(trim(party.identifier_id)), '^(MX-)?RFC-', ''), ' ', '') AS party_rfc
        FROM ocds.award_supplier AS supplier
        LEFT JOIN ocds.party AS party
            ON party.source = supplier.source AND party.ocid = supplier.ocid AND party.id = supplier.id
        WHERE coalesce(supplier.id, supplier.name) IS NOT NULL
    ) AS read
),
listing AS (
    SELECT
        source,
        id,
        status,
        file_id,
        part_id,
        record,
        upper(trim(identifier_id)) AS rfc,
        name_key
    FROM sanction.sanction
    WHERE list = 'sat_69b' AND NOT coalesce(is_suppressed, false)
),
matched AS (
    SELECT
        supplier.source, supplier.ocid, supplier.award_id, supplier.name, supplier.rfc,
        listing.source AS list_source, listing.id AS listing_id, listing.status AS current_status,
        listing.file_id, listing.part_id, listing.record,
        'rfc' AS matched_by
    FROM supplier
    JOIN listing ON listing.rfc = supplier.rfc
    UNION ALL
    -- By name only when nothing contradicts it: two different tax numbers are two companies.
    SELECT
        supplier.source, supplier.ocid, supplier.award_id, supplier.name, supplier.rfc,
        listing.source AS list_source, listing.id AS listing_id, listing.status AS current_status,
        listing.file_id, listing.part_id, listing.record,
        'name' AS matched_by
    FROM supplier
    JOIN listing ON listing.name_key = name_key(supplier.name)
    WHERE listing.name_key <> '' AND (supplier.rfc IS NULL OR listing.rfc IS NULL)
),
contract AS (
    SELECT
        source,
        ocid,
        id,
        award_id,
        coalesce(date_signed, period_start_date) AS date,
        CASE WHEN date_signed IS NOT NULL THEN 'date_signed' ELSE 'period_start_date' END AS date_used,
        value_amount,
        value_currency
    FROM ocds.contract
    WHERE coalesce(date_signed, period_start_date) IS NOT NULL
),
supplied AS (
    SELECT DISTINCT contract.source, contract.ocid, contract.id
    FROM contract
    JOIN supplier
        ON supplier.source = contract.source
        AND supplier.ocid = contract.ocid
        AND (contract.award_id IS NULL OR supplier.award_id = contract.award_id)
),
state AS (
    -- What each listing said on the day of the contract. On one day the later phase wins: cleared, definitive, presumed.
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        matched.name,
        matched.rfc,
        matched.matched_by,
        matched.current_status,
        matched.file_id,
        matched.part_id,
        matched.record,
        first_value(event.status ORDER BY
            event.date DESC,
            CASE event.status WHEN 'presumed' THEN 1 WHEN 'definitive' THEN 2 ELSE 3 END DESC,
            event.status) FILTER (WHERE event.date <= contract.date) AS status_on_day,
        max(event.date) FILTER (WHERE event.date <= contract.date) AS status_since,
        first_value(event.status ORDER BY event.date, event.status)
            FILTER (WHERE event.date > contract.date AND event.status IN ('presumed', 'definitive')) AS later_status,
        min(event.date)
            FILTER (WHERE event.date > contract.date AND event.status IN ('presumed', 'definitive')) AS later_since
    FROM matched
    JOIN contract
        ON contract.source = matched.source
        AND contract.ocid = matched.ocid
        AND (contract.award_id IS NULL OR matched.award_id = contract.award_id)
    JOIN sanction.event AS event
        ON event.source = matched.list_source
        AND event.sanction_id = matched.listing_id
        AND event.published_where = 'sat'
    GROUP BY
        contract.source, contract.ocid, contract.id,
        matched.name, matched.rfc, matched.matched_by, matched.current_status,
        matched.file_id, matched.part_id, matched.record
),
finding AS (
    -- 1 listed that day by tax number; 2 the same by name; 3, 4 listed later by tax number, by name; 5 cleared by that day; 6 cleared since.
    -- Who has been cleared is never flagged, whatever the list said on the day: a wrong flag harms.
    -- Who is cleared today is named only for a contract of the days it was listed, or after, and by its tax number.
    SELECT
        *,
        CASE
            WHEN status_on_day IN ('presumed', 'definitive') AND matched_by = 'rfc'
                AND current_status IN ('presumed', 'definitive') THEN 1
            WHEN status_on_day IN ('presumed', 'definitive') AND current_status IN ('presumed', 'definitive') THEN 2
            WHEN status_on_day IS NULL AND later_since IS NOT NULL
                AND current_status IN ('presumed', 'definitive') AND matched_by = 'rfc' THEN 3
            WHEN status_on_day IS NULL AND later_since IS NOT NULL
                AND current_status IN ('presumed', 'definitive') THEN 4
            WHEN status_on_day NOT IN ('presumed', 'definitive') AND matched_by = 'rfc' THEN 5
            WHEN status_on_day IN ('presumed', 'definitive') AND matched_by = 'rfc' THEN 6
        END AS strength
    FROM state
),
listed_on_day AS (
    SELECT source, ocid, id, count(DISTINCT rfc) AS suppliers
    FROM finding
    WHERE strength = 1
    GROUP BY source, ocid, id
),
strongest AS (
    SELECT *
    FROM (
        SELECT
            *,
            row_number() OVER (
                PARTITION BY source, ocid, id
                ORDER BY
                    strength,
                    coalesce(status_since, later_since),
                    file_id, part_id, record, name
            ) AS place_in_line
        FROM finding
        WHERE strength IS NOT NULL
    ) AS ordered
    WHERE place_in_line = 1
),
listed AS (
    SELECT count(*) AS listings, max(edition_date) AS listed_to
    FROM sanction.sanction
    WHERE list = 'sat_69b'
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    listed_on_day.suppliers IS NOT NULL AS flagged,
    CAST(coalesce(listed_on_day.suppliers, 0) AS DECIMAL(24, 6)) AS value,
    CAST(0 AS DECIMAL(24, 6)) AS threshold,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    CASE
        WHEN strongest.strength = 2 THEN 'possible_match'
        WHEN strongest.strength IN (3, 4) THEN 'listed_later'
        WHEN strongest.strength = 5 THEN 'cleared'
        WHEN strongest.strength = 6 THEN 'cleared_since'
    END AS note,
    json_object(
        'contract_date', CAST(contract.date AS VARCHAR),
        'date_used', contract.date_used,
        'supplier_name', strongest.name,
        'matched_by', strongest.matched_by,
        'status', CASE WHEN strongest.strength IN (3, 4) THEN strongest.later_status ELSE strongest.status_on_day END,
        'status_since', CAST(CASE WHEN strongest.strength IN (3, 4) THEN strongest.later_since ELSE strongest.status_since END AS VARCHAR),
        'status_today', strongest.current_status,
        'listing_file_id', CAST(strongest.file_id AS VARCHAR),
        'listing_record', CAST(strongest.record AS VARCHAR)
    ) AS detail
FROM listed
CROSS JOIN contract
JOIN supplied
    ON supplied.source = contract.source AND supplied.ocid = contract.ocid AND supplied.id = contract.id
LEFT JOIN strongest
    ON strongest.source = contract.source AND strongest.ocid = contract.ocid AND strongest.id = contract.id
LEFT JOIN listed_on_day
    ON listed_on_day.source = contract.source AND listed_on_day.ocid = contract.ocid AND listed_on_day.id = contract.id
WHERE listed.listings > 0
    AND (strongest.strength IS NOT NULL OR listed.listed_to IS NULL OR contract.date <= listed.listed_to)
