-- One row per quotation with a name. Nobody publishes an identifier there.
SELECT
    concat_ws('/', ocid, id, supplier_name) AS mention_key,
    'quoted' AS role,
    ocid AS subject_id,
    supplier_name AS name,
    source, place, file_id, part_id, record, element
FROM ocds.quotation
WHERE supplier_name IS NOT NULL
