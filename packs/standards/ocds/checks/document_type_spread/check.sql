-- One row per source: the share of each code among the things that have one. value: the share of the most frequent code.
-- Nothing is judged: passed is always null.
WITH coded AS (
    SELECT source, document_type AS code FROM ocds.document WHERE document_type IS NOT NULL
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
    CAST(NULL AS BOOLEAN) AS passed,
    string_agg(concat(code, ' ', things), '; ' ORDER BY things DESC, code) FILTER (WHERE place <= $shown) AS examples,
    CAST(NULL AS VARCHAR) AS note
FROM shared
GROUP BY source
