-- The direct-award contracts of each group, in the window or not, so that a reader sees what surrounds it.
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
)
SELECT DISTINCT
    contract.source || '/' || coalesce(tender.buyer_id, tender.buyer_name) || '/'
        || coalesce(supplier.rfc, nullif(name_key(supplier.name), ''), supplier.id) AS subject_id,
    contract.file_id,
    contract.part_id,
    contract.record,
    contract.element,
    'contract' AS role
FROM ocds.contract AS contract
JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
JOIN supplier
    ON supplier.source = contract.source
    AND supplier.ocid = contract.ocid
    AND (contract.award_id IS NULL OR supplier.award_id = contract.award_id)
WHERE tender.procurement_method = 'direct'
    AND coalesce(tender.buyer_id, tender.buyer_name) IS NOT NULL
    AND coalesce(supplier.rfc, nullif(name_key(supplier.name), ''), supplier.id) IS NOT NULL
