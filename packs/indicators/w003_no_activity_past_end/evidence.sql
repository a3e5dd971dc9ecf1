-- The project's row in each edition, the rows of its yearly figures, and its payments.
SELECT id AS subject_id, file_id, part_id, record, element, 'project' AS role
FROM oc4ids.project
UNION ALL
SELECT project_id AS subject_id, file_id, part_id, record, element, 'finance' AS role
FROM oc4ids.finance
UNION ALL
SELECT project_id AS subject_id, file_id, part_id, record, element, 'payment' AS role
FROM oc4ids.budget_measure
WHERE fold_text(id) IN ('ACCRUED', 'EXECUTED', 'PAID', 'DEVENGADO', 'EJERCIDO', 'PAGADO')
