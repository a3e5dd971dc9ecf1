-- One row per source. value: the share of the most frequent buyer. passed: it is between $least and $most, both left out.
WITH counted AS (
    SELECT source, buyer_id, count(*) AS processes FROM ocds.tender WHERE buyer_id IS NOT NULL GROUP BY source, buyer_id
),
ranked AS (
    SELECT *, sum(processes) OVER (PARTITION BY source) AS total,
        row_number() OVER (PARTITION BY source ORDER BY processes DESC, buyer_id) AS place
    FROM counted
)
SELECT
    source,
    CASE WHEN total >= $enough THEN CAST(processes AS DECIMAL(24, 6)) / total END AS value,
    CASE WHEN total >= $enough THEN processes > total * $least AND processes < total * $most END AS passed,
    concat(buyer_id, ' ', processes, ' of ', total) AS examples,
    CASE WHEN total < $enough THEN 'too_few' END AS note
FROM ranked
WHERE place = 1
