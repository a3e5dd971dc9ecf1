-- One row per contract with a date and a supplier, once a whole list of barred suppliers is loaded.
-- value: how many of its suppliers were barred on that day, by tax number (RFC). threshold: 0. flagged: any.
-- A term runs from the day after its first one (the notification) to its last one, both as the list gives them.
-- amount, currency: the contract's.
-- note, all on a clear contract, the strongest finding only: `possible_match`, `namesake`, `resolved_before`,
-- `barred_while_running`, `barred_later`, `barred_earlier`, `term_unknown`.
-- detail: the contract's date and which one it is; for a finding, who, how it was matched, the term, and the row of the list.
-- Left out: contracts without a date or a supplier; and unmatched contracts later than the lists, which they cannot clear.
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
bar AS (
    -- Bars from contracting: a sanction that says so, or one of an unnamed kind with a term.
    -- Fines, acquittals, taxpayers' lists, bars from public office and suppressed identities bar nobody from contracting.
    SELECT
        source,
        id,
        list,
        name,
        name_key,
        status,
        upper(trim(identifier_id)) AS rfc,
        resolution_date,
        term_start_date,
        term_end_date,
        file_id,
        part_id,
        record,
        element
    FROM sanction.sanction
    WHERE list NOT IN ('sat_69b', 'pdn_s3_official')
        AND NOT coalesce(is_suppressed, false)
        AND (
            status IN ('barred', 'fined_and_barred')
            OR (status = 'unknown' AND term_start_date IS NOT NULL AND term_end_date IS NOT NULL)
        )
),
entry AS (
    -- Each bar under its tax number and under its name: a supplier is looked up under both.
    SELECT
        CASE way.name WHEN 1 THEN 'name' WHEN 0 THEN 'rfc' END AS matched_by,
        CASE WHEN way.name = 1 THEN nullif(bar.name_key, '') ELSE bar.rfc END AS key,
        bar.*
    FROM (VALUES (0), (1)) AS way (name)
    CROSS JOIN bar
),
shared_name AS (
    -- Names that more than one tax number has, here or in any list: whoever bears one cannot be told by it.
    SELECT name_key
    FROM (
        SELECT upper(trim(identifier_id)) AS rfc, name_key
        FROM sanction.sanction
        WHERE is_rfc(upper(trim(identifier_id))) AND name_key <> '' AND NOT coalesce(is_suppressed, false)
        UNION ALL
        SELECT supplier.rfc, name_key(supplier.name) AS name_key
        FROM supplier
        WHERE supplier.rfc IS NOT NULL
    ) AS taxpayer
    GROUP BY name_key
    HAVING min(rfc) <> max(rfc)
),
contract AS (
    SELECT
        source,
        ocid,
        id,
        coalesce(award_id, '') AS award_key,
        coalesce(date_signed, period_start_date) AS date,
        CASE WHEN date_signed IS NOT NULL THEN 'date_signed' ELSE 'period_start_date' END AS date_used,
        period_end_date,
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
        contract.period_end_date,
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
matched AS (
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
        entry.list,
        entry.name AS listed_name,
        entry.resolution_date,
        entry.term_start_date,
        entry.term_end_date,
        entry.file_id,
        entry.part_id,
        entry.record,
        shared_name.name_key IS NOT NULL AND supplied.matched_by = 'name' AS is_shared,
        CASE
            WHEN entry.status IS NULL THEN NULL
            WHEN entry.term_start_date IS NULL OR entry.term_end_date IS NULL THEN 'term_unknown'
            WHEN supplied.date > entry.term_start_date AND supplied.date <= entry.term_end_date THEN 'barred'
            WHEN supplied.date > entry.term_end_date THEN 'barred_earlier'
            WHEN entry.resolution_date < supplied.date THEN 'resolved_before'
            WHEN entry.term_start_date < supplied.period_end_date THEN 'barred_while_running'
            ELSE 'barred_later'
        END AS state
    FROM supplied
    LEFT JOIN entry
        ON entry.matched_by = supplied.matched_by
        AND entry.key = supplied.key
        AND (entry.matched_by = 'rfc' OR supplied.rfc IS NULL OR entry.rfc IS NULL)
    LEFT JOIN shared_name ON shared_name.name_key = supplied.key
),
finding AS (
    -- Of two findings the nearer to a flag counts, and of two alike the one by tax number.
    -- A name that several bear is told only where the term holds, and then as a namesake.
    SELECT
        *,
        CASE
            WHEN state = 'barred' AND matched_by = 'rfc' THEN 1
            WHEN state = 'barred' AND NOT is_shared THEN 2
            WHEN state = 'barred' THEN 3
            WHEN is_shared THEN NULL
            WHEN state = 'resolved_before' THEN 4
            WHEN state = 'barred_while_running' THEN 5
            WHEN state = 'barred_later' THEN 6
            WHEN state = 'barred_earlier' THEN 7
            WHEN state = 'term_unknown' THEN 8
        END AS strength
    FROM matched
),
counted AS (
    -- is_one_more: the first row of each different supplier that was barred that day.
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
                matched_by NULLS FIRST,
                term_start_date DESC NULLS FIRST,
                file_id DESC NULLS FIRST,
                part_id DESC NULLS FIRST,
                record DESC NULLS FIRST,
                name DESC NULLS FIRST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    ) AS in_line
    WHERE is_last
),
whole_list AS (
    -- Only a list that is published whole can say that somebody is not in it. Without the date of an edition, its latest sanction dates it.
    SELECT
        count(*) AS listings,
        max(coalesce(bar.edition_date, bar.notification_date, bar.resolution_date)) AS listed_to
    FROM (SELECT source, min(covers) AS covers FROM source_info GROUP BY source) AS list
    JOIN sanction.sanction AS bar ON bar.source = list.source
    WHERE list.covers = 'all'
        AND bar.list NOT IN ('sat_69b', 'pdn_s3_official')
        AND bar.status IN ('barred', 'fined_and_barred')
)
SELECT
    strongest.ocid || '/' || strongest.id AS subject_id,
    strongest.source,
    strongest.suppliers > 0 AS flagged,
    CAST(strongest.suppliers AS DECIMAL(24, 6)) AS value,
    CAST(0 AS DECIMAL(24, 6)) AS threshold,
    strongest.value_amount AS amount,
    strongest.value_currency AS currency,
    CASE strongest.strength
        WHEN 1 THEN NULL
        WHEN 2 THEN 'possible_match'
        WHEN 3 THEN 'namesake'
        ELSE CASE WHEN strongest.strength IS NOT NULL THEN strongest.state END
    END AS note,
    json_object(
        'contract_date', CAST(strongest.date AS VARCHAR),
        'date_used', strongest.date_used,
        'supplier_name', CASE WHEN strongest.strength IS NOT NULL THEN strongest.name END,
        'matched_by', CASE WHEN strongest.strength IS NOT NULL THEN strongest.matched_by END,
        'list', CASE WHEN strongest.strength IS NOT NULL THEN strongest.list END,
        'resolution_date', CASE WHEN strongest.strength IS NOT NULL THEN CAST(strongest.resolution_date AS VARCHAR) END,
        'term_start', CASE WHEN strongest.strength IS NOT NULL THEN CAST(strongest.term_start_date AS VARCHAR) END,
        'term_end', CASE WHEN strongest.strength IS NOT NULL THEN CAST(strongest.term_end_date AS VARCHAR) END,
        'listing_file_id', CASE WHEN strongest.strength IS NOT NULL THEN CAST(strongest.file_id AS VARCHAR) END,
        'listing_record', CASE WHEN strongest.strength IS NOT NULL THEN CAST(strongest.record AS VARCHAR) END
    ) AS detail
FROM whole_list
CROSS JOIN strongest
WHERE strongest.strength IS NOT NULL
    OR (whole_list.listings > 0 AND (whole_list.listed_to IS NULL OR strongest.date <= whole_list.listed_to))
