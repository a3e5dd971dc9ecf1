-- One row per source. value: the share of related processes that are processes of the source. passed: all are.
WITH known AS (
    SELECT DISTINCT source, ocid FROM ocds.tender
),
related AS (
    SELECT
        related.source,
        related.ocid,
        related.identifier,
        known.ocid IS NOT NULL AS is_there,
        row_number() OVER (PARTITION BY related.source ORDER BY known.ocid IS NOT NULL, related.ocid, related.identifier) AS place
    FROM ocds.related_process AS related
    LEFT JOIN known ON known.source = related.source AND known.ocid = related.identifier
    WHERE related.scheme = $scheme AND related.identifier IS NOT NULL
)
SELECT
    source,
    CAST(count(*) FILTER (WHERE is_there) AS DECIMAL(24, 6)) / count(*) AS value,
    count(*) FILTER (WHERE is_there) = count(*) AS passed,
    string_agg(concat(ocid, ' → ', identifier), '; ' ORDER BY place) FILTER (WHERE NOT is_there AND place <= $shown) AS examples,
    CAST(NULL AS VARCHAR) AS note
FROM related
GROUP BY source
