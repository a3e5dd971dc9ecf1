-- One row per contract with an identifier.
-- contract_date: the day it was signed; without it, the day it starts.
-- suppliers: suppliers with a name or an id, of the contract's award (of every award of the process if it names none).
-- listings: rows of the 69-B list loaded here. listed_to: date of its latest edition.
WITH offered AS (
    -- How many suppliers hang from each award, and from the whole process for contracts that name none.
    SELECT source, ocid, CASE WHEN whose.process = 1 THEN '' ELSE award_id END AS award_key, count(*) AS suppliers
    FROM (VALUES (0), (1)) AS whose (process)
    CROSS JOIN ocds.award_supplier
    WHERE coalesce(id, name) IS NOT NULL
    GROUP BY source, ocid, CASE WHEN whose.process = 1 THEN '' ELSE award_id END
),
listed AS (
    SELECT count(*) AS listings, max(edition_date) AS listed_to
    FROM sanction.sanction
    WHERE list = 'sat_69b'
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    contract.place,
    contract.title AS name,
    contract.value_amount AS amount,
    contract.value_currency AS currency,
    coalesce(contract.date_signed, contract.period_start_date) AS contract_date,
    coalesce(offered.suppliers, 0) AS suppliers,
    listed.listings,
    listed.listed_to
FROM listed
CROSS JOIN ocds.contract AS contract
LEFT JOIN offered
    ON offered.source = contract.source
    AND offered.ocid = contract.ocid
    AND offered.award_key = coalesce(contract.award_id, '')
WHERE contract.id IS NOT NULL
