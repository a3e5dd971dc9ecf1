-- One row per source. value: the share of the $top most frequent amounts with their currency. passed: it is below $most; null below $enough amounts.
WITH counted AS (
    SELECT source, value_amount AS amount, value_currency AS currency, count(*) AS things
    FROM ocds.tender
    WHERE value_amount IS NOT NULL AND value_currency IS NOT NULL
    GROUP BY source, value_amount, value_currency
),
ranked AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY source ORDER BY things DESC, amount, currency) AS place,
        sum(things) OVER (PARTITION BY source) AS all_things
    FROM counted
)
SELECT
    source,
    CASE WHEN max(all_things) >= $enough
        THEN CAST(sum(things) FILTER (WHERE place <= $top) AS DECIMAL(24, 6)) / max(all_things) END AS value,
    CASE WHEN max(all_things) >= $enough
        THEN CAST(sum(things) FILTER (WHERE place <= $top) AS DECIMAL(24, 6)) < max(all_things) * $most END AS passed,
    string_agg(concat(amount, ' ', currency, ': ', things), '; ' ORDER BY place) FILTER (WHERE place <= $shown) AS examples,
    CASE WHEN max(all_things) < $enough THEN 'too_few' END AS note
FROM ranked
GROUP BY source
