-- One row per reference with a name to a party of the same process with a name. passed: the names are equal, letter by letter.
SELECT
    reference.source,
    reference.ocid AS subject,
    'contracts/implementation/transactions/payee/name' AS path,
    concat(reference.payee_name, ' / ', party.name) AS value,
    reference.payee_name = party.name AS passed,
    reference.file_id, reference.part_id, reference.record, reference.element
FROM ocds.transaction AS reference
JOIN ocds.party AS party
    ON party.source = reference.source AND party.ocid = reference.ocid AND party.id = reference.payee_id
WHERE reference.payee_name IS NOT NULL AND party.name IS NOT NULL
