-- One row per contract; a record without an identifier is none.
-- is_amended: what the office says of this contract. amendments: its published amendments.
-- listed: amendments of any contract in the same publication, which tells a list without amendments from no list.
-- A publication is the rows of one source, layout and prefix of process identifiers.
WITH publication AS (
    SELECT source, layout, CASE WHEN ocid LIKE 'ocds-%' THEN substr(ocid, 1, 11) ELSE '' END AS prefix, count(*) AS listed
    FROM ocds.amendment
    GROUP BY source, layout, CASE WHEN ocid LIKE 'ocds-%' THEN substr(ocid, 1, 11) ELSE '' END
),
amended AS (
    SELECT source, ocid, contract_id, count(*) AS amendments
    FROM ocds.amendment
    GROUP BY source, ocid, contract_id
)
SELECT
    contract.ocid || '/' || contract.id AS subject_id,
    contract.source,
    max(contract.place) AS place,
    max(contract.title) AS name,
    max(contract.value_amount) AS amount,
    max(contract.value_currency) AS currency,
    bool_or(contract.is_amended) AS is_amended,
    coalesce(max(amended.amendments), 0) AS amendments,
    coalesce(max(publication.listed), 0) AS listed
FROM ocds.contract AS contract
LEFT JOIN amended
    ON amended.source = contract.source AND amended.ocid = contract.ocid AND amended.contract_id = contract.id
LEFT JOIN publication
    ON publication.source = contract.source
    AND publication.layout = contract.layout
    AND publication.prefix = CASE WHEN contract.ocid LIKE 'ocds-%' THEN substr(contract.ocid, 1, 11) ELSE '' END
WHERE contract.id IS NOT NULL
GROUP BY contract.source, contract.ocid, contract.id
