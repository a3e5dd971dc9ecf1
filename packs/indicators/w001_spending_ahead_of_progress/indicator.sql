-- One row per project with a year whose progress, basis, spending and budget are known.
-- value: the largest gap of any such year: spending over budget minus physical progress, in percentage points; below zero if progress leads.
-- The share is divided once and rounded, half up, to six decimals.
-- threshold: the gap that is tolerated. flagged: a gap above it.
-- amount, currency: what was spent in the year shown (up to that year, on a cumulative basis).
-- detail: the year shown, its basis, spending, budget and progress.
-- Left out: projects without physical progress, its basis, spending, or a budget above zero in the same currency.
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
gap AS (
    SELECT
        source,
        id,
        year,
        basis,
        spent,
        budget,
        physical_progress,
        currency,
        CAST(spent * 100 / budget AS DECIMAL(24, 6)) AS financial_progress,
        CAST(CAST(spent * 100 / budget AS DECIMAL(24, 6)) - physical_progress AS DECIMAL(24, 6)) AS gap
    FROM finance
    WHERE physical_progress IS NOT NULL AND basis IS NOT NULL AND spent IS NOT NULL AND budget > 0
),
shown AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY source, id ORDER BY gap DESC, year DESC, spent DESC, budget) AS place_in_line
    FROM gap
),
number AS (
    SELECT max(value) AS maximum_gap
    FROM parameter
    WHERE indicator = 'W001' AND name = 'maximum_gap_points' AND place = ''
)
SELECT
    shown.id AS subject_id,
    shown.source,
    shown.gap > number.maximum_gap AS flagged,
    shown.gap AS value,
    number.maximum_gap AS threshold,
    shown.spent AS amount,
    shown.currency,
    CAST(NULL AS VARCHAR) AS note,
    json_object(
        'year', CAST(shown.year AS VARCHAR),
        'basis', shown.basis,
        'spent', CAST(CAST(shown.spent AS DECIMAL(24, 2)) AS VARCHAR),
        'budget', CAST(CAST(shown.budget AS DECIMAL(24, 2)) AS VARCHAR),
        'currency', shown.currency,
        'financial_progress', CAST(CAST(shown.financial_progress AS DECIMAL(24, 2)) AS VARCHAR),
        'physical_progress', CAST(CAST(shown.physical_progress AS DECIMAL(24, 2)) AS VARCHAR)
    ) AS detail
FROM number
CROSS JOIN shown
WHERE shown.place_in_line = 1
