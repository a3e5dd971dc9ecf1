-- The project's row in each edition.
SELECT id AS subject_id, file_id, part_id, record, element, 'project' AS role
FROM oc4ids.project
