-- One row per process with a budget and a tender value in one currency. passed: they differ by at most $share of the value.
WITH budget AS (
    SELECT *, row_number() OVER (PARTITION BY source, ocid ORDER BY date DESC, id DESC, record DESC) AS age
    FROM ocds.release
    WHERE budget_amount IS NOT NULL
)
SELECT
    budget.source,
    budget.ocid AS subject,
    'planning/budget/amount' AS path,
    concat(budget.budget_amount, ' ', budget.budget_currency, ', tender ', tender.value_amount) AS value,
    abs(tender.value_amount - budget.budget_amount) <= abs(tender.value_amount) * $share AS passed,
    budget.file_id, budget.part_id, budget.record, budget.element
FROM budget
JOIN ocds.tender AS tender
    ON tender.source = budget.source AND tender.ocid = budget.ocid AND tender.value_currency = budget.budget_currency
WHERE budget.age = 1
    AND ((tender.value_amount > 0 AND budget.budget_amount > 0) OR (tender.value_amount < 0 AND budget.budget_amount < 0))
