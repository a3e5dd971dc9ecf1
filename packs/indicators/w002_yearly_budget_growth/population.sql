-- One row per project.
-- with_approved, with_modified: rows of yearly figures with an approved budget above zero; also with the modified one.
WITH latest_project AS (
    -- A project published in several editions is one subject: the latest edition speaks for it.
    SELECT *
    FROM (
        SELECT *, row_number() OVER (PARTITION BY source, id ORDER BY edition_date DESC NULLS LAST, layout DESC, file_id DESC, record) AS place_in_line
        FROM oc4ids.project
    ) AS ordered
    WHERE place_in_line = 1
),
filled AS (
    SELECT
        source,
        project_id,
        count(*) FILTER (WHERE approved_amount > 0) AS with_approved,
        count(*) FILTER (WHERE approved_amount > 0 AND modified_amount IS NOT NULL) AS with_modified
    FROM oc4ids.finance
    GROUP BY source, project_id
)
SELECT
    project.id AS subject_id,
    project.source,
    project.place,
    project.title AS name,
    project.budget_amount AS amount,
    project.budget_currency AS currency,
    coalesce(filled.with_approved, 0) AS with_approved,
    coalesce(filled.with_modified, 0) AS with_modified
FROM latest_project AS project
LEFT JOIN filled ON filled.source = project.source AND filled.project_id = project.id
