-- One row per bidder of a tender. identifier: its party's; other_id: its own.
WITH party AS (
    SELECT source, ocid, id, min(identifier_scheme) AS scheme, min(identifier_id) AS identifier, min(name) AS name
    FROM ocds.party
    GROUP BY source, ocid, id
)
SELECT
    concat_ws('/', tenderer.ocid, tenderer.id, tenderer.name) AS mention_key,
    'tenderer' AS role,
    tenderer.ocid AS subject_id,
    coalesce(tenderer.name, party.name) AS name,
    party.scheme,
    party.identifier,
    tenderer.id AS other_id,
    tenderer.source, tenderer.place, tenderer.file_id, tenderer.part_id, tenderer.record, tenderer.element
FROM ocds.tenderer AS tenderer
LEFT JOIN party ON party.source = tenderer.source AND party.ocid = tenderer.ocid AND party.id = tenderer.id
