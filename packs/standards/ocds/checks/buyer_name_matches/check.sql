-- One row per reference with a name to a party of the same process with a name. passed: the names are equal, letter by letter.
SELECT
    reference.source,
    reference.ocid AS subject,
    'buyer/name' AS path,
    concat(reference.buyer_name, ' / ', party.name) AS value,
    reference.buyer_name = party.name AS passed,
    reference.file_id, reference.part_id, reference.record, reference.element
FROM ocds.tender AS reference
JOIN ocds.party AS party
    ON party.source = reference.source AND party.ocid = reference.ocid AND party.id = reference.buyer_id
WHERE reference.buyer_name IS NOT NULL AND party.name IS NOT NULL
