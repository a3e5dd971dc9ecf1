-- One row per institution that buys; units that run the procedure are parties.
WITH party AS (
    SELECT source, ocid, id, min(identifier_scheme) AS scheme, min(identifier_id) AS identifier
    FROM ocds.party
    GROUP BY source, ocid, id
)
SELECT
    concat_ws('/', tender.ocid, tender.buyer_id, tender.buyer_name) AS mention_key,
    'buyer' AS role,
    tender.ocid AS subject_id,
    tender.buyer_name AS name,
    party.scheme,
    party.identifier,
    tender.buyer_id AS other_id,
    tender.source, tender.place, tender.file_id, tender.part_id, tender.record, tender.element
FROM ocds.tender AS tender
LEFT JOIN party ON party.source = tender.source AND party.ocid = tender.ocid AND party.id = tender.buyer_id
WHERE tender.buyer_name IS NOT NULL
