-- One row per identifier of an organization with a scheme.
-- passed: true when the scheme is in the list, false when it has not the form of one, null when it may be newer than the list.
WITH found AS (
    SELECT source, ocid, file_id, part_id, record, element, 'parties/identifier/scheme' AS path, identifier_scheme AS scheme
    FROM ocds.party
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'parties/additionalIdentifiers/scheme' AS path, scheme
    FROM ocds.party_identifier
)
SELECT
    found.source,
    found.ocid AS subject,
    found.path,
    found.scheme AS value,
    CASE
        WHEN list.value IS NOT NULL THEN true
        WHEN NOT regexp_like(found.scheme, $form) THEN false
    END AS passed,
    found.file_id, found.part_id, found.record, found.element
FROM found
LEFT JOIN asked.list AS list ON list.value = found.scheme
WHERE found.scheme IS NOT NULL
