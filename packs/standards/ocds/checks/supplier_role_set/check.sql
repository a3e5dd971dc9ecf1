-- One row per reference to a party of the same process. passed: the party has the role $role.
SELECT
    reference.source,
    reference.ocid AS subject,
    'awards/suppliers/id' AS path,
    reference.id AS value,
    coalesce(concat(';', replace(party.roles, ' ', ''), ';') LIKE concat('%;', $role, ';%'), false) AS passed,
    reference.file_id, reference.part_id, reference.record, reference.element
FROM ocds.award_supplier AS reference
JOIN asked.source AS source ON source.source = reference.source AND source.in_standard
JOIN ocds.party AS party
    ON party.source = reference.source AND party.ocid = reference.ocid AND party.id = reference.id
