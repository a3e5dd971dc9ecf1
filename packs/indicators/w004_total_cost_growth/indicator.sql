-- One row per project with a total budget above zero and, in the same currency, a later one or a credible final cost.
-- value: growth of the latest total amount over the first in per cent, rounded once, half up, to six decimals; below zero if it shrank.
-- threshold: the growth that is tolerated. flagged: growth above it.
-- amount, currency: what the work costs above its first amount, when it grew.
-- note `prices`: flagged, two editions are compared, and the growth is not above what prices may have grown in the years between.
-- Left out: projects without a budget, with one edition and no credible final cost, or in two currencies.
WITH edition AS (
    -- The year of an edition without a date of its own: the latest year of its figures.
    SELECT source, layout, max(year) AS year
    FROM oc4ids.finance
    GROUP BY source, layout
),
published AS (
    SELECT
        project.source,
        project.place,
        project.id,
        project.title,
        project.budget_amount,
        project.budget_currency,
        project.completion_final_value_amount AS final_amount,
        project.completion_final_value_currency AS final_currency,
        project.layout,
        project.file_id,
        project.record,
        CAST(coalesce(
            EXTRACT(YEAR FROM project.edition_date),
            EXTRACT(YEAR FROM project.updated),
            edition.year) AS BIGINT) AS year
    FROM oc4ids.project AS project
    LEFT JOIN edition ON edition.source = project.source AND edition.layout = project.layout
),
budgeted AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY source, id ORDER BY year NULLS FIRST, layout, file_id, record) AS from_first,
        row_number() OVER (PARTITION BY source, id ORDER BY year DESC NULLS LAST, layout DESC, file_id DESC, record DESC) AS from_last
    FROM published
    WHERE budget_amount > 0
),
finished AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY source, id ORDER BY year DESC NULLS LAST, layout DESC, file_id DESC, record DESC) AS from_last
    FROM published
    WHERE final_amount > 0
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'maximum_growth_percent') AS maximum_growth,
        max(value) FILTER (WHERE name = 'yearly_price_percent') AS yearly_price,
        max(value) FILTER (WHERE name = 'minimum_final_percent') AS minimum_final
    FROM parameter
    WHERE indicator = 'W004' AND place = ''
),
compared AS (
    -- A credible final cost comes first; otherwise the budget of the latest edition, if it is of a later year than the first.
    SELECT
        first.source,
        first.id,
        first.budget_amount AS first_amount,
        first.budget_currency AS first_currency,
        first.year AS first_year,
        CASE WHEN finished.final_amount * 100 >= first.budget_amount * number.minimum_final THEN 'completion'
            WHEN last.year > first.year THEN 'edition' END AS compared_with,
        CASE WHEN finished.final_amount * 100 >= first.budget_amount * number.minimum_final THEN finished.final_amount
            WHEN last.year > first.year THEN last.budget_amount END AS last_amount,
        CASE WHEN finished.final_amount * 100 >= first.budget_amount * number.minimum_final THEN finished.final_currency
            WHEN last.year > first.year THEN last.budget_currency END AS last_currency,
        CASE WHEN finished.final_amount * 100 >= first.budget_amount * number.minimum_final THEN finished.year
            WHEN last.year > first.year THEN last.year END AS last_year
    FROM number
    CROSS JOIN budgeted AS first
    JOIN budgeted AS last ON last.source = first.source AND last.id = first.id AND last.from_last = 1
    LEFT JOIN finished ON finished.source = first.source AND finished.id = first.id AND finished.from_last = 1
    WHERE first.from_first = 1
),
growth AS (
    SELECT
        *,
        CAST((last_amount - first_amount) * 100 / first_amount AS DECIMAL(24, 6)) AS growth,
        CAST(last_year - first_year AS DECIMAL(24, 6)) AS years
    FROM compared
    WHERE last_amount > 0 AND first_currency = last_currency
)
SELECT
    growth.id AS subject_id,
    growth.source,
    growth.growth > number.maximum_growth AS flagged,
    growth.growth AS value,
    number.maximum_growth AS threshold,
    CASE WHEN growth.growth > 0 THEN CAST(growth.last_amount - growth.first_amount AS DECIMAL(24, 6)) END AS amount,
    growth.first_currency AS currency,
    CASE WHEN growth.growth > number.maximum_growth
        AND growth.compared_with = 'edition'
        AND growth.growth <= growth.years * number.yearly_price THEN 'prices' END AS note,
    json_object(
        'first_amount', CAST(CAST(growth.first_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'last_amount', CAST(CAST(growth.last_amount AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', growth.first_currency,
        'first_year', CAST(growth.first_year AS VARCHAR),
        'last_year', CAST(growth.last_year AS VARCHAR),
        'compared_with', growth.compared_with
    ) AS detail
FROM number
CROSS JOIN growth
