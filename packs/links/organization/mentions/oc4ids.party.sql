-- One row per organisation of a work: who builds, who bids, who buys.
SELECT
    concat_ws('/', project_id, id) AS mention_key,
    CASE
        WHEN roles LIKE '%supplier%' THEN 'work_supplier'
        WHEN roles LIKE '%tenderer%' THEN 'work_tenderer'
        WHEN regexp_like(roles, 'buyer|procuringEntity|payer|funder|publicAuthority') THEN 'buyer'
        ELSE 'party'
    END AS role,
    project_id AS subject_id,
    name,
    identifier_scheme AS scheme,
    identifier_id AS identifier,
    id AS other_id,
    source, place, file_id, part_id, record, element
FROM oc4ids.party
