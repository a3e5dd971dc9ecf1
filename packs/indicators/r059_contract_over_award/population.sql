-- One row per contract.
-- awards: awards it can be compared with: the one it names, or the only one of its process when it names none.
-- award_amount: the amount of that award. same_currency: both currencies are published and equal.
WITH only_award AS (
    SELECT source, ocid, min(id) AS id
    FROM ocds.award
    GROUP BY source, ocid
    HAVING count(*) = 1
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    max(contract.place) AS place,
    max(contract.title) AS name,
    max(contract.value_amount) AS amount,
    max(contract.value_currency) AS currency,
    max(contract.value_amount) AS value_amount,
    count(award.id) AS awards,
    max(award.value_amount) AS award_amount,
    bool_or(award.value_currency = contract.value_currency) AS same_currency
FROM ocds.contract AS contract
LEFT JOIN only_award ON only_award.source = contract.source AND only_award.ocid = contract.ocid
LEFT JOIN ocds.award AS award
    ON award.source = contract.source
    AND award.ocid = contract.ocid
    AND award.id = coalesce(contract.award_id, only_award.id)
WHERE contract.id IS NOT NULL
GROUP BY contract.source, contract.ocid, contract.id
