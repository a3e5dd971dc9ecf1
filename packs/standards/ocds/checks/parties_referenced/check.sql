-- One row per party and role. passed: a reference of that role names the party.
WITH role AS (
    SELECT party.*, list.value AS role
    FROM ocds.party AS party
    JOIN asked.source AS source ON source.source = party.source AND source.in_standard
    JOIN asked.list AS list ON concat(';', replace(party.roles, ' ', ''), ';') LIKE concat('%;', list.value, ';%')
    WHERE party.id IS NOT NULL
),
named AS (
    SELECT source, ocid, 'supplier' AS role, id AS id FROM ocds.award_supplier
    UNION
    SELECT source, ocid, 'tenderer' AS role, id AS id FROM ocds.tenderer
    UNION
    SELECT source, ocid, 'procuringEntity' AS role, procuring_entity_id AS id FROM ocds.tender
    UNION
    SELECT source, ocid, 'payer' AS role, payer_id AS id FROM ocds.transaction
    UNION
    SELECT source, ocid, 'payee' AS role, payee_id AS id FROM ocds.transaction
)
SELECT
    role.source,
    role.ocid AS subject,
    'parties/roles' AS path,
    concat(role.role, ' ', role.id) AS value,
    named.id IS NOT NULL AS passed,
    role.file_id, role.part_id, role.record, role.element
FROM role
LEFT JOIN named
    ON named.source = role.source AND named.ocid = role.ocid AND named.role = role.role AND named.id = role.id
