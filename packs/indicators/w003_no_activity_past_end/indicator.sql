-- One row per project whose planned end can be believed and whose figures are dated.
-- value: days from the planned end to the last day of the figures, for works neither finished nor active; below zero if the end had not come.
-- threshold: the days that are tolerated. flagged: neither finished nor active, and more days than the threshold.
-- amount, currency: the work's total budget. detail: the dates, the progress and the spending that decided.
-- Left out: projects without a believable end, without a date of their figures, or past their end without a known state or spending.
WITH latest_project AS (
    -- A project published in several editions is one subject: the latest edition speaks for it.
    SELECT
        *,
        coalesce(updated, edition_date) AS data_date,
        CASE period_end_date_precision
            WHEN 'year' THEN make_date(CAST(EXTRACT(YEAR FROM period_end_date) AS INT), 12, 31)
            WHEN 'month' THEN CAST(add_months(period_end_date, CAST(1 AS BIGINT)) - INTERVAL '1 day' AS DATE)
            ELSE period_end_date
        END AS planned_end
    FROM (
        SELECT *, row_number() OVER (PARTITION BY source, id ORDER BY edition_date DESC NULLS LAST, layout DESC, file_id DESC, record) AS place_in_line
        FROM oc4ids.project
    ) AS ordered
    WHERE place_in_line = 1
),
number AS (
    SELECT
        max(value) FILTER (WHERE name = 'maximum_days') AS maximum_days,
        max(value) FILTER (WHERE name = 'minimum_projects') AS minimum_projects
    FROM parameter
    WHERE indicator = 'W003' AND place = ''
),
edition AS (
    -- Works of an edition with both dates; those that end in another year than they begin; those that end before they begin.
    SELECT
        source,
        layout,
        count(*) AS projects,
        count(*) FILTER (WHERE EXTRACT(YEAR FROM period_end_date) <> EXTRACT(YEAR FROM period_start_date)) AS across_years,
        count(*) FILTER (WHERE period_end_date < period_start_date) AS backwards
    FROM oc4ids.project
    WHERE period_start_date IS NOT NULL AND period_end_date IS NOT NULL
    GROUP BY source, layout
),
figures AS (
    -- The latest year of figures, of the project's own edition if that has any.
    SELECT
        finance.source,
        finance.project_id,
        finance.layout,
        finance.year,
        max(finance.physical_progress) AS physical_progress,
        CAST(sum(finance.spent_amount) AS DECIMAL(24, 6)) AS spent,
        row_number() OVER (PARTITION BY finance.source, finance.project_id
            ORDER BY CASE WHEN finance.layout = max(project.layout) THEN 0 ELSE 1 END, finance.year DESC NULLS LAST, finance.layout DESC) AS place_in_line
    FROM oc4ids.finance AS finance
    JOIN latest_project AS project ON project.source = finance.source AND project.id = finance.project_id
    GROUP BY finance.source, finance.project_id, finance.layout, finance.year
),
payment AS (
    -- Money accrued or paid, by its date; what was only approved or committed is no activity.
    SELECT source, project_id, count(*) AS payments, max(update_date) FILTER (WHERE value_amount > 0) AS last_payment
    FROM oc4ids.budget_measure
    WHERE fold_text(id) IN ('ACCRUED', 'EXECUTED', 'PAID', 'DEVENGADO', 'EJERCIDO', 'PAGADO') AND update_date IS NOT NULL
    GROUP BY source, project_id
),
dated AS (
    SELECT
        project.source,
        project.place,
        project.id,
        project.title,
        project.budget_amount,
        project.budget_currency,
        project.status,
        project.completion_end_date,
        project.planned_end,
        figures.year,
        figures.physical_progress,
        figures.spent,
        payment.payments,
        payment.last_payment,
        project.planned_end IS NOT NULL
            AND (project.period_start_date IS NULL OR project.planned_end >= project.period_start_date)
            AND NOT (coalesce(edition.across_years, 1) = 0 AND edition.backwards > 0 AND CAST(edition.projects AS DECIMAL(24, 6)) >= number.minimum_projects)
            AS has_end,
        -- The earlier of the last day of the figures' year and the date of the data: the figures of a running year end with the data.
        CASE
            WHEN figures.year IS NULL THEN project.data_date
            WHEN project.data_date < make_date(CAST(figures.year AS INT), 12, 31) THEN project.data_date
            ELSE make_date(CAST(figures.year AS INT), 12, 31)
        END AS as_of
    FROM number
    CROSS JOIN latest_project AS project
    LEFT JOIN edition ON edition.source = project.source AND edition.layout = project.layout
    LEFT JOIN figures ON figures.source = project.source AND figures.project_id = project.id AND figures.place_in_line = 1
    LEFT JOIN payment ON payment.source = project.source AND payment.project_id = project.id
),
judged AS (
    SELECT
        *,
        CAST(as_of - planned_end AS BIGINT) AS days,
        as_of > planned_end AS past,
        coalesce(physical_progress >= 100, false)
            OR coalesce(completion_end_date <= as_of, false)
            OR coalesce(status IN ('completion', 'completed', 'maintenance', 'decommissioning', 'decommissioned', 'cancelled',
                'calendar_concluded', 'ex_post_evaluation', 'registration_being_cancelled'), false) AS finished,
        coalesce(spent > 0, false) OR coalesce(last_payment > planned_end, false) AS active
    FROM dated
)
SELECT
    judged.id AS subject_id,
    judged.source,
    coalesce(judged.past AND NOT judged.finished AND NOT judged.active
        AND CAST(judged.days AS DECIMAL(24, 6)) > number.maximum_days, false) AS flagged,
    CASE WHEN NOT judged.past OR NOT (judged.finished OR judged.active) THEN CAST(judged.days AS DECIMAL(24, 6)) END AS value,
    number.maximum_days AS threshold,
    judged.budget_amount AS amount,
    judged.budget_currency AS currency,
    CAST(NULL AS VARCHAR) AS note,
    json_object(
        'planned_end', CAST(judged.planned_end AS VARCHAR),
        'as_of', CAST(judged.as_of AS VARCHAR),
        'year', CAST(judged.year AS VARCHAR),
        'physical_progress', CAST(CAST(judged.physical_progress AS DECIMAL(24, 2)) AS VARCHAR),
        'spent', CAST(CAST(judged.spent AS DECIMAL(24, 2)) AS VARCHAR),
        'last_payment', CAST(judged.last_payment AS VARCHAR),
        'project_status', judged.status,
        'currency', judged.budget_currency
    ) AS detail
FROM number
CROSS JOIN judged
WHERE judged.has_end
    AND judged.as_of IS NOT NULL
    AND (NOT judged.past OR (
        (judged.physical_progress IS NOT NULL OR judged.finished
        OR coalesce(judged.status IN ('identification', 'preparation', 'implementation'), false))
        AND (judged.finished OR judged.spent IS NOT NULL OR coalesce(judged.payments, 0) > 0)))
