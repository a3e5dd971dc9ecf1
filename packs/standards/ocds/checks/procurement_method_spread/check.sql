-- One row per source: the share of each code among the things that have one. value: the share of the most frequent code.
-- passed: every code of $tested occurs, in no fewer than $least and no more than $most of the cases.
WITH coded AS (
    SELECT source, procurement_method AS code FROM ocds.tender WHERE procurement_method IS NOT NULL
),
counted AS (
    SELECT source, code, count(*) AS things FROM coded GROUP BY source, code
),
shared AS (
    SELECT
        *,
        CAST(things AS DECIMAL(24, 6)) / sum(things) OVER (PARTITION BY source) AS share,
        row_number() OVER (PARTITION BY source ORDER BY things DESC, code) AS place
    FROM counted
)
SELECT
    source,
    max(share) AS value,
    count(*) FILTER (WHERE code IN $tested AND share BETWEEN $least AND $most) = $wanted AS passed,
    string_agg(concat(code, ' ', things), '; ' ORDER BY things DESC, code) FILTER (WHERE place <= $shown) AS examples,
    CAST(NULL AS VARCHAR) AS note
FROM shared
GROUP BY source
