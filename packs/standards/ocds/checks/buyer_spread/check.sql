-- One row per source. value: the share of buyers with one process. passed: it is below $most; null below $enough processes.
WITH counted AS (
    SELECT source, buyer_id, count(*) AS processes FROM ocds.tender WHERE buyer_id IS NOT NULL GROUP BY source, buyer_id
),
summed AS (
    SELECT
        source,
        sum(processes) AS processes,
        count(*) AS buyers,
        count(*) FILTER (WHERE processes = 1) AS single
    FROM counted
    GROUP BY source
)
SELECT
    source,
    CASE WHEN processes >= $enough THEN CAST(single AS DECIMAL(24, 6)) / buyers END AS value,
    CASE WHEN processes >= $enough THEN single < buyers * $most END AS passed,
    concat(buyers, ' buyers, ', single, ' with one process, ', processes, ' processes') AS examples,
    CASE WHEN processes < $enough THEN 'too_few' END AS note
FROM summed
