-- One row per source. value: how many identifiers stand in two processes or more. passed: none does.
WITH counted AS (
    SELECT source, id, count(DISTINCT ocid) AS processes FROM ocds.tender WHERE id IS NOT NULL GROUP BY source, id
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY source ORDER BY processes DESC, id) AS place FROM counted
)
SELECT
    source,
    count(*) FILTER (WHERE processes > 1) AS value,
    count(*) FILTER (WHERE processes > 1) = 0 AS passed,
    string_agg(concat(id, ': ', processes), '; ' ORDER BY place) FILTER (WHERE processes > 1 AND place <= $shown) AS examples,
    CAST(NULL AS VARCHAR) AS note
FROM ranked
GROUP BY source
