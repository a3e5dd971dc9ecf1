-- One row per payee of a payment.
SELECT
    concat_ws('/', ocid, contract_id, id) AS mention_key,
    'payee' AS role,
    ocid AS subject_id,
    payee_name AS name,
    payee_id AS other_id,
    date,
    source, place, file_id, part_id, record, element
FROM ocds.transaction
WHERE payee_id IS NOT NULL OR payee_name IS NOT NULL
