-- One row per amount with a currency of the list. least and most: units of the currency a dollar has bought since 1999.
-- passed: true when the amount is within $limit dollars at any of those rates, false when it is beyond at all of them.
WITH amount AS (
    SELECT source, ocid, file_id, part_id, record, element, 'tender/value' AS path, value_amount AS amount, value_currency AS currency FROM ocds.tender
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'tender/minValue' AS path, min_value_amount AS amount, min_value_currency AS currency FROM ocds.tender
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'awards/value' AS path, value_amount AS amount, value_currency AS currency FROM ocds.award
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'contracts/value' AS path, value_amount AS amount, value_currency AS currency FROM ocds.contract
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'planning/budget/amount' AS path, budget_amount AS amount, budget_currency AS currency FROM ocds.release
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'contracts/implementation/transactions/value' AS path, value_amount AS amount, value_currency AS currency FROM ocds.transaction
)
SELECT
    amount.source,
    amount.ocid AS subject,
    amount.path,
    concat(amount.amount, ' ', amount.currency) AS value,
    CASE
        WHEN abs(CAST(amount.amount AS DOUBLE)) <= CAST($limit AS DOUBLE) * CAST(list.least AS DOUBLE) THEN true
        WHEN abs(CAST(amount.amount AS DOUBLE)) > CAST($limit AS DOUBLE) * CAST(list.most AS DOUBLE) THEN false
    END AS passed,
    amount.file_id, amount.part_id, amount.record, amount.element
FROM amount
JOIN asked.list AS list ON list.value = amount.currency
WHERE amount.amount IS NOT NULL
