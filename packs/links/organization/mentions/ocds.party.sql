-- One row per party of a process: whoever it is there, with its identifier.
-- A party whose scheme has no identifier beside it carries it in its own id.
SELECT
    concat_ws('/', ocid, id) AS mention_key,
    CASE WHEN regexp_like(roles, 'buyer|procuringEntity|payer|funder') THEN 'buyer' ELSE 'party' END AS role,
    ocid AS subject_id,
    coalesce(name, identifier_legal_name) AS name,
    CASE WHEN regexp_like(id, '^[0-9]{3}[0-9A-Z]{3}[0-9]{3}$') THEN 'MX-COMPRANET-UC' ELSE identifier_scheme END AS scheme,
    identifier_id AS identifier,
    id AS other_id,
    source, place, file_id, part_id, record, element
FROM ocds.party
