-- The project's row, and the rows of its yearly figures.
SELECT id AS subject_id, file_id, part_id, record, element, 'project' AS role
FROM oc4ids.project
UNION ALL
SELECT project_id AS subject_id, file_id, part_id, record, element, 'finance' AS role
FROM oc4ids.finance
