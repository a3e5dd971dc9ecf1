-- One row per project.
-- first_amount: its total budget in the first edition that has one. last_amount: a credible final cost, or the total budget of the latest edition.
-- same_currency: both currencies are published and equal.
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
)
SELECT
    project.id AS subject_id,
    project.source,
    project.place,
    project.name,
    coalesce(compared.last_amount, project.amount) AS amount,
    coalesce(compared.last_currency, project.currency) AS currency,
    compared.first_amount,
    compared.last_amount,
    compared.first_currency = compared.last_currency AS same_currency
FROM (
    SELECT source, id, max(place) AS place, max(title) AS name, max(budget_amount) AS amount, max(budget_currency) AS currency
    FROM published
    GROUP BY source, id
) AS project
LEFT JOIN compared ON compared.source = project.source AND compared.id = project.id
