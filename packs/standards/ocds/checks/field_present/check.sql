-- One row per field of each layout of a source: passed is 1 when any row of the layout has it.
-- Cells are read without blanks, so a field that is there and always empty counts as absent.
SELECT
    coverage.source,
    field.path,
    1 AS applicable,
    CASE WHEN coverage.filled > 0 THEN 1 ELSE 0 END AS passed
FROM coverage
JOIN asked.field AS field ON field.table_name = coverage."table" AND field.field = coverage.field
WHERE coverage.standard = 'ocds' AND coverage."rows" > 0
