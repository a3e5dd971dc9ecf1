-- ¿A quién se le pregunta? Un renglón por sujeto, con las columnas que piden los [[requires]]. Corrija lo que sigue. ¿…?
-- Who is asked? One row per subject, with the columns that [[requires]] asks for. Correct what follows.
--
-- One row per contract.
-- maximum_amount: the maximum of the contract's place; null if there is none.
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    max(contract.place) AS place,
    max(contract.title) AS name,
    max(contract.value_amount) AS amount,
    max(contract.value_currency) AS currency,
    max(contract.value_amount) AS value_amount,
    max(parameter.value) AS maximum_amount
FROM ocds.contract AS contract
LEFT JOIN parameter
    ON parameter.indicator = 'CODE'
    AND parameter.name = 'maximum_amount'
    AND parameter.place IN ('', contract.place)
GROUP BY contract.source, contract.ocid, contract.id
