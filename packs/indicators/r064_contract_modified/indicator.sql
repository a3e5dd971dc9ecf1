-- One row per contract of which it is known whether it was amended.
-- value: its published amendments; 1 if the office only says that it was amended. threshold: 0.
-- flagged: at least one amendment, or the office says so.
-- note `only_said`: the office says so and publishes no amendment.
-- Left out: contracts without amendments in a publication that lists none, and of which the office says nothing.
WITH publication AS (
    SELECT source, layout, CASE WHEN ocid LIKE 'ocds-%' THEN substr(ocid, 1, 11) ELSE '' END AS prefix, count(*) AS listed
    FROM ocds.amendment
    GROUP BY source, layout, CASE WHEN ocid LIKE 'ocds-%' THEN substr(ocid, 1, 11) ELSE '' END
),
amended AS (
    SELECT
        source,
        ocid,
        contract_id,
        count(*) AS amendments,
        min(date) AS first_date,
        max(date) AS last_date
    FROM ocds.amendment
    GROUP BY source, ocid, contract_id
),
contract AS (
    SELECT
        contract.source,
        contract.ocid,
        contract.id,
        max(contract.value_amount) AS value_amount,
        max(contract.value_currency) AS value_currency,
        bool_or(contract.is_amended) AS is_amended,
        coalesce(max(amended.amendments), 0) AS amendments,
        max(amended.first_date) AS first_date,
        max(amended.last_date) AS last_date,
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
)
SELECT
    ocid || '/' || id AS subject_id,
    source,
    amendments > 0 OR coalesce(is_amended, false) AS flagged,
    CAST(CASE WHEN amendments = 0 AND coalesce(is_amended, false) THEN 1 ELSE amendments END AS DECIMAL(24, 6)) AS value,
    CAST(0 AS DECIMAL(24, 6)) AS threshold,
    value_amount AS amount,
    value_currency AS currency,
    CASE WHEN amendments = 0 AND is_amended THEN 'only_said' END AS note,
    json_object(
        'amendments', CAST(amendments AS VARCHAR),
        'first_amendment', CAST(first_date AS VARCHAR),
        'last_amendment', CAST(last_date AS VARCHAR)
    ) AS detail
FROM contract
WHERE is_amended IS NOT NULL OR amendments > 0 OR listed > 0
