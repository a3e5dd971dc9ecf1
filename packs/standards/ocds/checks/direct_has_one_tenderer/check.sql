-- One row per direct process with a number of tenderers. passed: there was none or one.
SELECT
    source,
    ocid AS subject,
    'tender/numberOfTenderers' AS path,
    CAST(number_of_tenderers AS VARCHAR) AS value,
    number_of_tenderers BETWEEN 0 AND $most AS passed,
    file_id, part_id, record, element
FROM ocds.tender
WHERE procurement_method = $direct AND number_of_tenderers IS NOT NULL
