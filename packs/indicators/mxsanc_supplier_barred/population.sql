-- One row per contract with an identifier.
-- contract_date: the day it was signed; without it, the day it starts.
-- suppliers: suppliers with a name or an id, of the contract's award (of every award of the process if it names none).
-- listings: bars in the lists that are published whole. listed_to: the latest day those lists know of.
WITH offered AS (
    -- How many suppliers hang from each award, and from the whole process for contracts that name none.
    SELECT source, ocid, CASE WHEN whose.process = 1 THEN '' ELSE award_id END AS award_key, count(*) AS suppliers
    FROM (VALUES (0), (1)) AS whose (process)
    CROSS JOIN ocds.award_supplier
    WHERE coalesce(id, name) IS NOT NULL
    GROUP BY source, ocid, CASE WHEN whose.process = 1 THEN '' ELSE award_id END
),
whole_list AS (
    -- Only a list that is published whole can say that somebody is not in it. Without the date of an edition, its latest sanction dates it.
    SELECT
        count(*) AS listings,
        max(coalesce(bar.edition_date, bar.notification_date, bar.resolution_date)) AS listed_to
    FROM (SELECT source, min(covers) AS covers FROM source_info GROUP BY source) AS list
    JOIN sanction.sanction AS bar ON bar.source = list.source
    WHERE list.covers = 'all'
        AND bar.list NOT IN ('sat_69b', 'pdn_s3_official')
        AND bar.status IN ('barred', 'fined_and_barred')
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
    whole_list.listings,
    whole_list.listed_to
FROM whole_list
CROSS JOIN ocds.contract AS contract
LEFT JOIN offered
    ON offered.source = contract.source
    AND offered.ocid = contract.ocid
    AND offered.award_key = coalesce(contract.award_id, '')
WHERE contract.id IS NOT NULL
