-- One row per document with a format. passed: it is a media type by its form, or $print.
SELECT
    source,
    ocid AS subject,
    concat(section, '/documents/format') AS path,
    format AS value,
    format = $print OR regexp_like(format, $form) AS passed,
    file_id, part_id, record, element
FROM ocds.document
WHERE format IS NOT NULL
