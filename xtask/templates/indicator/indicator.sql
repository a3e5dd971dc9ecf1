-- ¿Qué se calcula? Un renglón por sujeto calculable, con exactamente estas columnas. Corrija lo que sigue. ¿…?
-- What is computed? One row per computable subject, with exactly these columns. Correct what follows.
--
-- One row per contract with an amount above zero and a maximum.
-- value: the amount. threshold: the maximum. flagged: above it; exactly the maximum is not flagged.
-- Left out: contracts without an amount, or without a maximum for their place.
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    contract.value_amount > max(parameter.value) AS flagged,
    contract.value_amount AS value,
    max(parameter.value) AS threshold,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    CAST(NULL AS VARCHAR) AS note,
    json_object('date_signed', CAST(contract.date_signed AS VARCHAR)) AS detail
FROM ocds.contract AS contract
JOIN parameter
    ON parameter.indicator = 'CODE'
    AND parameter.name = 'maximum_amount'
    AND parameter.place IN ('', contract.place)
WHERE contract.value_amount > 0
GROUP BY
    contract.source, contract.ocid, contract.id,
    contract.value_amount, contract.value_currency, contract.date_signed
