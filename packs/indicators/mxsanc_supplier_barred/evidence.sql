-- The contract's row, its suppliers' rows (with the party's, if there is one) and the bars they match, whenever they ran.
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
            supplier.id,
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
        FROM (
            SELECT party.*
            FROM (SELECT DISTINCT id FROM ocds.award_supplier WHERE id IS NOT NULL) AS named
            JOIN ocds.party AS party ON party.id = named.id
        ) AS party
        RIGHT JOIN ocds.award_supplier AS supplier
            ON supplier.source = party.source AND supplier.ocid = party.ocid AND supplier.id = party.id
    ) AS read
),
offered AS (
    -- Each supplier twice: for the contracts that name its award, and for those of its process that name none.
    SELECT
        supplier.source,
        supplier.ocid,
        CASE WHEN whose.process = 1 THEN '' ELSE supplier.award_id END AS award_key,
        supplier.name,
        supplier.rfc,
        supplier.file_id,
        supplier.part_id,
        supplier.record,
        supplier.element,
        supplier.party_file_id,
        supplier.party_part_id,
        supplier.party_record,
        supplier.party_element
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
supplied AS (
    SELECT contract.ocid || '/' || contract.id AS subject_id, offered.*
    FROM ocds.contract AS contract
    JOIN offered
        ON offered.source = contract.source
        AND offered.ocid = contract.ocid
        AND offered.award_key = coalesce(contract.award_id, '')
)
SELECT ocid || '/' || id AS subject_id, file_id, part_id, record, element, 'contract' AS role
FROM ocds.contract
UNION ALL
SELECT subject_id, file_id, part_id, record, element, 'supplier' AS role
FROM supplied
UNION ALL
SELECT DISTINCT
    subject_id, party_file_id AS file_id, party_part_id AS part_id,
    party_record AS record, party_element AS element,
    'party' AS role
FROM supplied
WHERE party_file_id IS NOT NULL
UNION ALL
SELECT DISTINCT supplied.subject_id, entry.file_id, entry.part_id, entry.record, entry.element, 'sanction' AS role
FROM (
    SELECT
        supplied.subject_id,
        supplied.rfc,
        CASE way.name WHEN 1 THEN 'name' WHEN 0 THEN 'rfc' END AS matched_by,
        CASE WHEN way.name = 1 THEN name_key(supplied.name) ELSE supplied.rfc END AS key
    FROM (VALUES (0), (1)) AS way (name)
    CROSS JOIN supplied
) AS supplied
JOIN entry ON entry.matched_by = supplied.matched_by AND entry.key = supplied.key
WHERE entry.matched_by = 'rfc' OR supplied.rfc IS NULL OR entry.rfc IS NULL
