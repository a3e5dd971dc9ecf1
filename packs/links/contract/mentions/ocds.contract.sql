-- One row per contract. supplier_key: the name of its one supplier; a contract of several has none.
WITH supplier AS (
    SELECT source, ocid, award_id, min(name_key(name)) AS supplier_key
    FROM ocds.award_supplier
    GROUP BY source, ocid, award_id
    HAVING min(name_key(name)) = max(name_key(name))
),
tender AS (
    SELECT source, ocid, min(name_key(coalesce(buyer_name, procuring_entity_name))) AS buyer_key
    FROM ocds.tender
    GROUP BY source, ocid
)
SELECT
    concat_ws('/', contract.ocid, contract.id) AS mention_key,
    'contract' AS role,
    concat_ws('/', contract.ocid, contract.id) AS subject_id,
    contract.title AS name,
    contract.ocid,
    contract.id AS number,
    tender.buyer_key,
    supplier.supplier_key,
    coalesce(contract.date_signed, contract.period_start_date) AS date,
    contract.source, contract.place, contract.file_id, contract.part_id, contract.record, contract.element
FROM ocds.contract AS contract
LEFT JOIN supplier
    ON supplier.source = contract.source AND supplier.ocid = contract.ocid AND supplier.award_id = contract.award_id
LEFT JOIN tender ON tender.source = contract.source AND tender.ocid = contract.ocid
