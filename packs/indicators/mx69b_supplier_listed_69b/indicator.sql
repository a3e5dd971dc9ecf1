-- One row per contract with a date and a supplier, once the 69-B list is loaded.
-- value: how many of its suppliers were presumed or definitive on that day, by tax number (RFC). threshold: 0. flagged: any.
-- amount, currency: the contract's.
-- note: `possible_match`, `listed_later`, `cleared`, `cleared_since`, all on a clear contract; the strongest finding only.
-- detail: the contract's date and which one it is; for a finding, who, how it was matched, the status, its date, and the listing's row.
-- Left out: contracts without a date or a supplier; and unmatched contracts later than the latest list, which it cannot clear.
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
        supplier.name,
        supplier.rfc
    FROM (VALUES (0), (1)) AS whose (process)
    CROSS JOIN supplier
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
dated AS (
    -- One row per listing and day on which it changed. On one day the later phase wins: cleared, definitive, presumed.
    SELECT
        source,
        sanction_id,
        date,
        first_value(status ORDER BY
            CASE status WHEN 'presumed' THEN 1 WHEN 'definitive' THEN 2 ELSE 3 END DESC,
            status) AS status,
        min(CASE WHEN status IN ('presumed', 'definitive') THEN status END) AS listed_status
    FROM sanction.event
    WHERE published_where = 'sat' AND date IS NOT NULL
    GROUP BY source, sanction_id, date
),
edge AS (
    -- A listing says nothing before its first day: a row without a status stands for those days.
    SELECT source, sanction_id, date, status, listed_status
    FROM dated
    UNION ALL
    SELECT source, sanction_id, CAST(NULL AS DATE) AS date, CAST(NULL AS VARCHAR) AS status, CAST(NULL AS VARCHAR) AS listed_status
    FROM dated
    GROUP BY source, sanction_id
),
phase AS (
    -- What a listing said from one day to the day before the next, and when it was listed next, if it was.
    SELECT
        edge.source,
        edge.sanction_id,
        edge.status,
        edge.date AS since,
        min(later.date) AS until,
        min(later.date) FILTER (WHERE later.listed_status IS NOT NULL) AS later_since,
        first_value(later.listed_status ORDER BY later.date)
            FILTER (WHERE later.listed_status IS NOT NULL) AS later_status
    FROM edge
    LEFT JOIN dated AS later
        ON later.source = edge.source
        AND later.sanction_id = edge.sanction_id
        AND (edge.date IS NULL OR later.date > edge.date)
    GROUP BY edge.source, edge.sanction_id, edge.status, edge.date
),
entry AS (
    -- Each listing under its tax number and under its name: a supplier is looked up under both.
    SELECT
        CASE way.name WHEN 1 THEN 'name' WHEN 0 THEN 'rfc' END AS matched_by,
        CASE WHEN way.name = 1 THEN nullif(listing.name_key, '') ELSE listing.rfc END AS key,
        listing.rfc,
        listing.status AS current_status,
        listing.file_id,
        listing.part_id,
        listing.record,
        phase.status,
        phase.since,
        phase.until,
        phase.later_status,
        phase.later_since
    FROM (VALUES (0), (1)) AS way (name)
    CROSS JOIN listing
    JOIN phase ON phase.source = listing.source AND phase.sanction_id = listing.id
),
contract AS (
    SELECT
        source,
        ocid,
        id,
        coalesce(award_id, '') AS award_key,
        coalesce(date_signed, period_start_date) AS date,
        CASE WHEN date_signed IS NOT NULL THEN 'date_signed' ELSE 'period_start_date' END AS date_used,
        value_amount,
        value_currency
    FROM ocds.contract
    WHERE id IS NOT NULL AND coalesce(date_signed, period_start_date) IS NOT NULL
),
supplied AS (
    -- Each contract beside each of its suppliers, once under its tax number and once under its name.
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        contract.date,
        contract.date_used,
        contract.value_amount,
        contract.value_currency,
        offered.name,
        offered.rfc,
        CASE way.name WHEN 1 THEN 'name' WHEN 0 THEN 'rfc' END AS matched_by,
        CASE WHEN way.name = 1 THEN nullif(name_key(offered.name), '') ELSE offered.rfc END AS key
    FROM (VALUES (0), (1)) AS way (name)
    CROSS JOIN contract
    JOIN offered
        ON offered.source = contract.source
        AND offered.ocid = contract.ocid
        AND offered.award_key = contract.award_key
),
finding AS (
    -- 1 listed that day by tax number; 2 the same by name; 3, 4 listed later by tax number, by name; 5 cleared by that day; 6 cleared since.
    -- Who has been cleared is never flagged, whatever the list said on the day: a wrong flag harms.
    -- Who is cleared today is named only for a contract of the days it was listed, or after, and by its tax number.
    -- By name only when nothing contradicts it: two different tax numbers are two companies.
    SELECT
        supplied.source,
        supplied.ocid,
        supplied.id,
        supplied.date,
        supplied.date_used,
        supplied.value_amount,
        supplied.value_currency,
        supplied.name,
        supplied.rfc,
        supplied.matched_by,
        entry.current_status,
        entry.file_id,
        entry.part_id,
        entry.record,
        entry.status AS status_on_day,
        entry.since AS status_since,
        entry.later_status,
        entry.later_since,
        CASE
            WHEN entry.status IN ('presumed', 'definitive') AND supplied.matched_by = 'rfc'
                AND entry.current_status IN ('presumed', 'definitive') THEN 1
            WHEN entry.status IN ('presumed', 'definitive') AND entry.current_status IN ('presumed', 'definitive') THEN 2
            WHEN entry.status IS NULL AND entry.later_since IS NOT NULL
                AND entry.current_status IN ('presumed', 'definitive') AND supplied.matched_by = 'rfc' THEN 3
            WHEN entry.status IS NULL AND entry.later_since IS NOT NULL
                AND entry.current_status IN ('presumed', 'definitive') THEN 4
            WHEN entry.status NOT IN ('presumed', 'definitive') AND supplied.matched_by = 'rfc' THEN 5
            WHEN entry.status IN ('presumed', 'definitive') AND supplied.matched_by = 'rfc' THEN 6
        END AS strength
    FROM supplied
    LEFT JOIN entry
        ON entry.matched_by = supplied.matched_by
        AND entry.key = supplied.key
        AND (entry.matched_by = 'rfc' OR supplied.rfc IS NULL OR entry.rfc IS NULL)
        AND (entry.since IS NULL OR entry.since <= supplied.date)
        AND (entry.until IS NULL OR entry.until > supplied.date)
),
counted AS (
    -- is_one_more: the first row of each different supplier that was listed that day.
    SELECT
        *,
        CASE WHEN strength = 1 AND row_number() OVER (
            PARTITION BY source, ocid, id, rfc
            ORDER BY strength NULLS LAST, record
        ) = 1 THEN 1 ELSE 0 END AS is_one_more
    FROM finding
),
strongest AS (
    -- The weakest finding first: the last row of a contract is its strongest, and has the whole count beside it.
    SELECT *
    FROM (
        SELECT
            *,
            sum(is_one_more) OVER weakest_first AS suppliers,
            lead(source) OVER weakest_first IS NULL AS is_last
        FROM counted
        WINDOW weakest_first AS (
            PARTITION BY source, ocid, id
            ORDER BY
                strength DESC NULLS FIRST,
                coalesce(status_since, later_since) DESC NULLS FIRST,
                file_id DESC NULLS FIRST,
                part_id DESC NULLS FIRST,
                record DESC NULLS FIRST,
                name DESC NULLS FIRST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    ) AS in_line
    WHERE is_last
),
listed AS (
    SELECT count(*) AS listings, max(edition_date) AS listed_to
    FROM sanction.sanction
    WHERE list = 'sat_69b'
)
SELECT
    strongest.ocid || '/' || strongest.id AS subject_id,
    strongest.source,
    strongest.suppliers > 0 AS flagged,
    CAST(strongest.suppliers AS DECIMAL(24, 6)) AS value,
    CAST(0 AS DECIMAL(24, 6)) AS threshold,
    strongest.value_amount AS amount,
    strongest.value_currency AS currency,
    CASE
        WHEN strongest.strength = 2 THEN 'possible_match'
        WHEN strongest.strength IN (3, 4) THEN 'listed_later'
        WHEN strongest.strength = 5 THEN 'cleared'
        WHEN strongest.strength = 6 THEN 'cleared_since'
    END AS note,
    json_object(
        'contract_date', CAST(strongest.date AS VARCHAR),
        'date_used', strongest.date_used,
        'supplier_name', CASE WHEN strongest.strength IS NOT NULL THEN strongest.name END,
        'matched_by', CASE WHEN strongest.strength IS NOT NULL THEN strongest.matched_by END,
        'status', CASE
            WHEN strongest.strength IN (3, 4) THEN strongest.later_status
            WHEN strongest.strength IS NOT NULL THEN strongest.status_on_day END,
        'status_since', CASE
            WHEN strongest.strength IN (3, 4) THEN CAST(strongest.later_since AS VARCHAR)
            WHEN strongest.strength IS NOT NULL THEN CAST(strongest.status_since AS VARCHAR) END,
        'status_today', CASE WHEN strongest.strength IS NOT NULL THEN strongest.current_status END,
        'listing_file_id', CASE WHEN strongest.strength IS NOT NULL THEN CAST(strongest.file_id AS VARCHAR) END,
        'listing_record', CASE WHEN strongest.strength IS NOT NULL THEN CAST(strongest.record AS VARCHAR) END
    ) AS detail
FROM listed
CROSS JOIN strongest
WHERE listed.listings > 0
    AND (strongest.strength IS NOT NULL OR listed.listed_to IS NULL OR strongest.date <= listed.listed_to)
