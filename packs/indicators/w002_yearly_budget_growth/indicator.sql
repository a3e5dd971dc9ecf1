-- One row per project with a year whose approved budget is above zero and whose modified budget is known.
-- value: the largest growth of any such year in per cent, rounded once, half up, to six decimals; below zero if it was cut.
-- threshold: the growth that is tolerated. flagged: growth above it.
-- amount, currency: what was added in the year shown. detail: the year shown and its figures.
-- note `year_not_published`: flagged, and the figures do not say their year.
-- Left out: projects without an approved budget above zero, or without the modified budget of the same row.
WITH growth AS (
    SELECT
        project_id,
        source,
        year,
        approved_amount,
        modified_amount,
        spent_amount,
        currency,
        CAST((modified_amount - approved_amount) * 100 / approved_amount AS DECIMAL(24, 6)) AS growth
    FROM oc4ids.finance
    WHERE approved_amount > 0 AND modified_amount IS NOT NULL
),
shown AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY source, project_id
            ORDER BY growth DESC, year DESC NULLS LAST, modified_amount DESC, spent_amount DESC NULLS LAST) AS place_in_line
    FROM growth
),
project AS (
    SELECT DISTINCT source, id
    FROM oc4ids.project
),
number AS (
    SELECT max(value) AS maximum_growth
    FROM parameter
    WHERE indicator = 'W002' AND name = 'maximum_growth_percent' AND place = ''
)
SELECT
    project.id AS subject_id,
    project.source,
    shown.growth > number.maximum_growth AS flagged,
    shown.growth AS value,
    number.maximum_growth AS threshold,
    CASE WHEN shown.growth > 0 THEN CAST(shown.modified_amount - shown.approved_amount AS DECIMAL(24, 6)) END AS amount,
    shown.currency,
    CASE WHEN shown.growth > number.maximum_growth AND shown.year IS NULL THEN 'year_not_published' END AS note,
    json_object(
        'year', CAST(shown.year AS VARCHAR),
        'approved_amount', CAST(CAST(shown.approved_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'modified_amount', CAST(CAST(shown.modified_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'spent', CAST(CAST(shown.spent_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', shown.currency
    ) AS detail
FROM number
CROSS JOIN project
JOIN shown ON shown.source = project.source AND shown.project_id = project.id
WHERE shown.place_in_line = 1
