-- One row per contracting process.
SELECT
    ocid AS mention_key,
    'process' AS role,
    ocid AS subject_id,
    title AS name,
    ocid,
    id AS number,
    name_key(coalesce(buyer_name, procuring_entity_name)) AS buyer_key,
    source, place, file_id, part_id, record, element
FROM ocds.tender
