-- The direct-award contracts of each group, in the window or not, so that a reader sees what surrounds it.
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
)
SELECT DISTINCT
    contract.source || '/' || coalesce(tender.buyer_id, tender.buyer_name) || '/'
        || coalesce(offered.rfc, nullif(name_key(offered.name), ''), offered.id) AS subject_id,
    contract.file_id,
    contract.part_id,
    contract.record,
    contract.element,
    'contract' AS role
FROM ocds.tender AS tender
JOIN ocds.contract AS contract ON contract.source = tender.source AND contract.ocid = tender.ocid
JOIN offered
    ON offered.source = contract.source
    AND offered.ocid = contract.ocid
    AND offered.award_key = coalesce(contract.award_id, '')
WHERE tender.procurement_method = 'direct'
    AND coalesce(tender.buyer_id, tender.buyer_name) IS NOT NULL
    AND coalesce(offered.rfc, nullif(name_key(offered.name), ''), offered.id) IS NOT NULL
