-- One row per listing. A suppressed identity is nobody: it is not even read.
SELECT
    concat_ws('/', list, id) AS mention_key,
    'listed' AS role,
    concat_ws('/', list, id) AS subject_id,
    name,
    identifier_scheme AS scheme,
    identifier_id AS identifier,
    notification_date AS date,
    source, place, file_id, part_id, record, element
FROM sanction.sanction
WHERE NOT coalesce(is_suppressed, false)
