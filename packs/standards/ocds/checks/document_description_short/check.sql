-- One row per document with a description. passed: it has at most $most characters.
SELECT
    source,
    ocid AS subject,
    concat(section, '/documents/description') AS path,
    concat(length(description), ': ', substr(description, 1, 80)) AS value,
    length(description) <= $most AS passed,
    file_id, part_id, record, element
FROM ocds.document
WHERE description IS NOT NULL
