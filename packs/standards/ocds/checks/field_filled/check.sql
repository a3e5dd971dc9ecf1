-- One row per field of each layout of a source that has it: applicable counts rows, passed those with a value.
SELECT
    coverage.source,
    field.path,
    coverage."rows" AS applicable,
    coverage.filled AS passed
FROM coverage
JOIN asked.field AS field ON field.table_name = coverage."table" AND field.field = coverage.field
WHERE coverage.standard = 'ocds' AND coverage.filled > 0
