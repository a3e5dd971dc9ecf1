-- One row per source. value: the share of the most frequent category. passed: it is at most $most.
WITH counted AS (
    SELECT source, main_procurement_category AS code, count(*) AS things
    FROM ocds.tender
    WHERE main_procurement_category IS NOT NULL
    GROUP BY source, main_procurement_category
),
shared AS (
    SELECT *, CAST(things AS DECIMAL(24, 6)) / sum(things) OVER (PARTITION BY source) AS share
    FROM counted
)
SELECT
    source,
    max(share) AS value,
    max(share) <= $most AS passed,
    string_agg(concat(code, ' ', things), '; ' ORDER BY things DESC, code) AS examples,
    CAST(NULL AS VARCHAR) AS note
FROM shared
GROUP BY source
