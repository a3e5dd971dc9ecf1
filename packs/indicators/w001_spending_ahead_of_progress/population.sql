-- One row per project.
-- with_progress, with_basis, with_spending, with_budget: years that have physical progress; also its basis; also the spending; also a budget above zero.
WITH latest_project AS (
    -- A project published in several editions is one subject: the latest edition speaks for it.
    SELECT *
    FROM (
        SELECT *, row_number() OVER (PARTITION BY source, id ORDER BY edition_date DESC NULLS LAST, layout DESC, file_id DESC, record) AS place_in_line
        FROM oc4ids.project
    ) AS ordered
    WHERE place_in_line = 1
),
finance AS (
    -- The budget to hold spending against, and the spending, on the basis on which progress is published.
    SELECT
        project.source,
        project.id,
        finance.year,
        finance.physical_progress,
        CASE WHEN finance.physical_progress_basis IN ('year', 'cumulative') THEN finance.physical_progress_basis END AS basis,
        CASE finance.physical_progress_basis
            WHEN 'cumulative' THEN CASE WHEN finance.spent_amount IS NOT NULL THEN CAST(sum(earlier.spent_amount) AS DECIMAL(24, 6)) END
            ELSE finance.spent_amount
        END AS spent,
        CASE finance.physical_progress_basis
            WHEN 'cumulative' THEN CASE
                WHEN project.budget_currency IS NULL OR finance.currency IS NULL OR project.budget_currency = finance.currency
                THEN project.budget_amount
            END
            ELSE coalesce(finance.modified_amount, finance.approved_amount)
        END AS budget,
        coalesce(finance.currency, project.budget_currency) AS currency
    FROM latest_project AS project
    JOIN oc4ids.finance AS finance ON finance.source = project.source AND finance.project_id = project.id
    LEFT JOIN oc4ids.finance AS earlier
        ON earlier.source = finance.source
        AND earlier.project_id = finance.project_id
        AND earlier.year <= finance.year
    GROUP BY
        project.source, project.id, project.budget_amount, project.budget_currency,
        finance.year, finance.physical_progress, finance.physical_progress_basis,
        finance.spent_amount, finance.modified_amount, finance.approved_amount, finance.currency
),
filled AS (
    SELECT
        source,
        id,
        count(*) FILTER (WHERE physical_progress IS NOT NULL) AS with_progress,
        count(*) FILTER (WHERE physical_progress IS NOT NULL AND basis IS NOT NULL) AS with_basis,
        count(*) FILTER (WHERE physical_progress IS NOT NULL AND basis IS NOT NULL AND spent IS NOT NULL) AS with_spending,
        count(*) FILTER (WHERE physical_progress IS NOT NULL AND basis IS NOT NULL AND spent IS NOT NULL AND budget > 0) AS with_budget
    FROM finance
    GROUP BY source, id
)
SELECT
    project.id AS subject_id,
    project.source,
    project.place,
    project.title AS name,
    project.budget_amount AS amount,
    project.budget_currency AS currency,
    coalesce(filled.with_progress, 0) AS with_progress,
    coalesce(filled.with_basis, 0) AS with_basis,
    coalesce(filled.with_spending, 0) AS with_spending,
    coalesce(filled.with_budget, 0) AS with_budget
FROM latest_project AS project
LEFT JOIN filled ON filled.source = project.source AND filled.id = project.id
