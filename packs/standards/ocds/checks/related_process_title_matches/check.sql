-- One row per source. value: the share of related processes that are mentioned by their title. passed: all are.
WITH related AS (
    SELECT
        related.source,
        related.ocid,
        related.identifier,
        related.title = tender.title AS is_same,
        row_number() OVER (PARTITION BY related.source ORDER BY related.title = tender.title, related.ocid, related.identifier) AS place
    FROM ocds.related_process AS related
    JOIN ocds.tender AS tender ON tender.source = related.source AND tender.ocid = related.identifier
    WHERE related.scheme = $scheme AND related.title IS NOT NULL AND tender.title IS NOT NULL
)
SELECT
    source,
    CAST(count(*) FILTER (WHERE is_same) AS DECIMAL(24, 6)) / count(*) AS value,
    count(*) FILTER (WHERE is_same) = count(*) AS passed,
    string_agg(concat(ocid, ' → ', identifier), '; ' ORDER BY place) FILTER (WHERE NOT is_same AND place <= $shown) AS examples,
    CAST(NULL AS VARCHAR) AS note
FROM related
GROUP BY source
