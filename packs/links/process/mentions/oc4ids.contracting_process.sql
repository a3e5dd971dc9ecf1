-- One row per process that a work names.
SELECT
    concat_ws('/', project_id, id) AS mention_key,
    'work' AS role,
    project_id AS subject_id,
    ocid,
    source, place, file_id, part_id, record, element
FROM oc4ids.contracting_process
WHERE ocid IS NOT NULL
