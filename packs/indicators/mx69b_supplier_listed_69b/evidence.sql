-- The contract's row, its suppliers' rows (with the party's, if there is one) and the rows of the list they match.
-- A listing cleared today stands here only if the contract is not older than it, and by tax number.
WITH supplier AS (
    SELECT
        source,
        ocid,
        award_id,
        name,
        file_id,
        part_id,
        record,
        element,
        party_file_id,
        party_part_id,
        party_record,
        party_element,
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
            supplier.file_id,
            supplier.part_id,
            supplier.record,
            supplier.element,
            party.file_id AS party_file_id,
            party.part_id AS party_part_id,
            party.record AS party_record,
            party.element AS party_element,
            replace(regexp_replace(upper(trim(supplier.id)), '^(MX-)?RFC-', ''), ' ', '') AS own_rfc,
            replace(regexp_replace(upper(trim(party.identifier_id)), '^(MX-)?RFC-', ''), ' ', '') AS party_rfc
        FROM ocds.award_supplier AS supplier
        LEFT JOIN ocds.party AS party
            ON party.source = supplier.source AND party.ocid = supplier.ocid AND party.id = supplier.id
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
        element,
        upper(trim(identifier_id)) AS rfc,
        name_key
    FROM sanction.sanction
    WHERE list = 'sat_69b' AND NOT coalesce(is_suppressed, false)
),
first_event AS (
    SELECT source, sanction_id, min(date) AS date
    FROM sanction.event
    WHERE published_where = 'sat'
    GROUP BY source, sanction_id
),
matched AS (
    SELECT
        supplier.source, supplier.ocid, supplier.award_id,
        listing.file_id, listing.part_id, listing.record, listing.element,
        CASE WHEN listing.status IN ('presumed', 'definitive') THEN NULL ELSE first_event.date END AS not_before
    FROM supplier
    JOIN listing ON listing.rfc = supplier.rfc
    JOIN first_event ON first_event.source = listing.source AND first_event.sanction_id = listing.id
    UNION ALL
    SELECT
        supplier.source, supplier.ocid, supplier.award_id,
        listing.file_id, listing.part_id, listing.record, listing.element,
        CAST(NULL AS DATE) AS not_before
    FROM supplier
    JOIN listing ON listing.name_key = name_key(supplier.name)
    JOIN first_event ON first_event.source = listing.source AND first_event.sanction_id = listing.id
    WHERE listing.name_key <> ''
        AND (supplier.rfc IS NULL OR listing.rfc IS NULL)
        AND listing.status IN ('presumed', 'definitive')
),
contract AS (
    SELECT
        source,
        ocid,
        id,
        award_id,
        coalesce(date_signed, period_start_date) AS date,
        file_id,
        part_id,
        record,
        element
    FROM ocds.contract
)
SELECT ocid || '/' || id AS subject_id, file_id, part_id, record, element, 'contract' AS role
FROM contract
UNION
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    supplier.file_id, supplier.part_id, supplier.record, supplier.element,
    'supplier' AS role
FROM contract
JOIN supplier
    ON supplier.source = contract.source AND supplier.ocid = contract.ocid
    AND (contract.award_id IS NULL OR supplier.award_id = contract.award_id)
UNION
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    supplier.party_file_id AS file_id, supplier.party_part_id AS part_id,
    supplier.party_record AS record, supplier.party_element AS element,
    'party' AS role
FROM contract
JOIN supplier
    ON supplier.source = contract.source AND supplier.ocid = contract.ocid
    AND (contract.award_id IS NULL OR supplier.award_id = contract.award_id)
WHERE supplier.party_file_id IS NOT NULL
UNION
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    matched.file_id, matched.part_id, matched.record, matched.element,
    'listing' AS role
FROM contract
JOIN matched
    ON matched.source = contract.source AND matched.ocid = contract.ocid
    AND (contract.award_id IS NULL OR matched.award_id = contract.award_id)
WHERE matched.not_before IS NULL OR matched.not_before <= contract.date
