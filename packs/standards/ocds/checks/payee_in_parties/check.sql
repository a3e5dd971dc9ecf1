-- One row per reference of a publication in the standard. passed: it has an id, and a party of its process has the same.
SELECT
    reference.source,
    reference.ocid AS subject,
    'contracts/implementation/transactions/payee/id' AS path,
    coalesce(reference.payee_id, reference.payee_name) AS value,
    party.id IS NOT NULL AS passed,
    reference.file_id, reference.part_id, reference.record, reference.element
FROM ocds.transaction AS reference
JOIN asked.source AS source ON source.source = reference.source AND source.in_standard
LEFT JOIN ocds.party AS party
    ON party.source = reference.source AND party.ocid = reference.ocid AND party.id = reference.payee_id
WHERE reference.payee_id IS NOT NULL OR reference.payee_name IS NOT NULL
