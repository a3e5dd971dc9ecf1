-- One row per source, over amounts of zero or more in its most used currency.
-- value: the share of the dearest in the sum, one of $one_in. passed: it is at most $most; null below $enough amounts.
WITH amount AS (
    SELECT source, ocid, value_currency AS currency, value_amount AS amount,
        count(*) OVER (PARTITION BY source, value_currency) AS alike
    FROM ocds.tender
    WHERE value_amount >= 0 AND value_currency IS NOT NULL
),
main AS (
    SELECT source, currency, row_number() OVER (PARTITION BY source ORDER BY max(alike) DESC, currency) AS place
    FROM amount
    GROUP BY source, currency
),
ranked AS (
    SELECT
        amount.*,
        row_number() OVER (PARTITION BY amount.source ORDER BY amount.amount DESC, amount.ocid) AS place,
        amount.alike / $one_in AS top
    FROM amount
    JOIN main ON main.source = amount.source AND main.currency = amount.currency AND main.place = 1
),
summed AS (
    SELECT
        source,
        currency,
        count(*) AS things,
        sum(amount) AS total,
        coalesce(sum(amount) FILTER (WHERE place <= top), 0) AS dearest,
        string_agg(concat(ocid, ' ', amount, ' ', currency), '; ' ORDER BY place) FILTER (WHERE place <= top AND place <= $shown) AS examples
    FROM ranked
    GROUP BY source, currency
)
SELECT
    source,
    CASE WHEN things >= $enough AND total > 0 THEN CAST(dearest AS DOUBLE) / CAST(total AS DOUBLE) END AS value,
    CASE WHEN things >= $enough AND total > 0 THEN CAST(dearest AS DOUBLE) <= CAST(total AS DOUBLE) * CAST($most AS DOUBLE) END AS passed,
    examples,
    CASE WHEN things < $enough OR total = 0 THEN 'too_few' END AS note
FROM summed
