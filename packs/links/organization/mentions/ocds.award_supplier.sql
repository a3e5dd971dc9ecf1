-- One row per supplier of an award. identifier: its party's; other_id: its own.
-- office_rfcs: tax numbers of those who buy and pay in the process; a supplier that carries one carries it by mistake.
WITH party AS (
    SELECT source, ocid, id, min(identifier_scheme) AS scheme, min(identifier_id) AS identifier, min(name) AS name
    FROM ocds.party
    GROUP BY source, ocid, id
),
office AS (
    SELECT source, ocid, string_agg(rfc, ' ') AS rfcs
    FROM (
        SELECT source, ocid, parse_rfc(identifier_id)['value'] AS rfc
        FROM ocds.party
        WHERE regexp_like(roles, 'buyer|procuringEntity|payer|funder') AND roles NOT LIKE '%supplier%'
        UNION
        SELECT source, ocid, parse_rfc(payer_id)['value'] AS rfc FROM ocds.transaction
    ) AS every_office
    WHERE rfc IS NOT NULL
    GROUP BY source, ocid
)
SELECT
    concat_ws('/', supplier.ocid, supplier.award_id, supplier.id, supplier.name) AS mention_key,
    'supplier' AS role,
    supplier.ocid AS subject_id,
    coalesce(supplier.name, party.name) AS name,
    party.scheme,
    party.identifier,
    supplier.id AS other_id,
    office.rfcs AS office_rfcs,
    supplier.source, supplier.place, supplier.file_id, supplier.part_id, supplier.record, supplier.element
FROM ocds.award_supplier AS supplier
LEFT JOIN party ON party.source = supplier.source AND party.ocid = supplier.ocid AND party.id = supplier.id
LEFT JOIN office ON office.source = supplier.source AND office.ocid = supplier.ocid
