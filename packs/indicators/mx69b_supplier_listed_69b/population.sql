-- One row per contract.
-- contract_date: the day it was signed; without it, the day it starts.
-- suppliers: suppliers with a name or an id, of the contract's award (of every award of the process if it names none).
-- listings: rows of the 69-B list loaded here. listed_to: date of its latest edition.
WITH supplied AS (
    SELECT contract.source, contract.ocid, contract.id, count(*) AS suppliers
    FROM ocds.contract AS contract
    JOIN ocds.award_supplier AS supplier
        ON supplier.source = contract.source
        AND supplier.ocid = contract.ocid
        AND (contract.award_id IS NULL OR supplier.award_id = contract.award_id)
    WHERE coalesce(supplier.id, supplier.name) IS NOT NULL
    GROUP BY contract.source, contract.ocid, contract.id
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
    coalesce(supplied.suppliers, 0) AS suppliers,
    listed.listings,
    listed.listed_to
FROM listed
CROSS JOIN ocds.contract AS contract
LEFT JOIN supplied
    ON supplied.source = contract.source AND supplied.ocid = contract.ocid AND supplied.id = contract.id
