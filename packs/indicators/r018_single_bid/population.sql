-- One row per competitive process: open, selective, or by invitation. Cancelled and withdrawn ones have no bids to count.
-- A process whose own words say direct award is none, whatever class it was given.
-- participants: the published number; without it, how many different tenderers are listed.
-- counts_agree: the number and the list say the same, or both say more than one.
-- winners_outside: winners that are not in the list; without a list, winners beyond the number.
-- has_kind: the class leaves no doubt that it was a competition; `limited` alone may be a direct award.
-- amount, currency: what the contracts of the process add up to, if they share a currency; else the estimate.
WITH competition AS (
    SELECT *
    FROM ocds.tender
    WHERE procurement_method IN ('open', 'selective', 'limited')
        AND coalesce(status, '') NOT IN ('cancelled', 'withdrawn')
        AND strpos(coalesce(fold_text(procurement_method_details), ''), 'ADJUDICACION DIRECTA') = 0
),
nameless AS (
    -- Names of those who are listed by their id alone.
    SELECT party.source, party.ocid, party.id, party.name
    FROM (
        SELECT id FROM ocds.tenderer WHERE name IS NULL AND id IS NOT NULL
        UNION
        SELECT id FROM ocds.award_supplier WHERE name IS NULL AND id IS NOT NULL
    ) AS without_name
    JOIN ocds.party AS party ON party.id = without_name.id
),
participant AS (
    -- Tenderers, and the winners of awards that stand.
    SELECT source, ocid, id, name, 1 AS is_tenderer
    FROM ocds.tenderer
    UNION ALL
    SELECT source, ocid, id, name, 0 AS is_tenderer
    FROM ocds.award_supplier AS supplier
    WHERE NOT EXISTS (
        SELECT 1
        FROM ocds.award AS award
        WHERE award.source = supplier.source AND award.ocid = supplier.ocid AND award.id = supplier.award_id
            AND award.status IN ('cancelled', 'unsuccessful')
    )
),
named AS (
    -- The name tells who it is, since one list may give the same firm two ids; the id does where there is no name.
    SELECT
        participant.source,
        participant.ocid,
        participant.id,
        participant.is_tenderer,
        coalesce(nullif(name_key(coalesce(participant.name, nameless.name)), ''), participant.id) AS who
    FROM nameless
    RIGHT JOIN (
        SELECT participant.*
        FROM competition
        JOIN participant ON participant.source = competition.source AND participant.ocid = competition.ocid
    ) AS participant
        ON participant.source = nameless.source AND participant.ocid = nameless.ocid AND participant.id = nameless.id
),
person AS (
    -- One row per process and participant, however often it is written. A winner may be in the list by its id too.
    SELECT
        source,
        ocid,
        who,
        max(is_tenderer) AS is_tenderer,
        max(1 - is_tenderer) AS is_winner,
        max(is_id_listed) AS is_id_listed
    FROM (
        SELECT
            *,
            CASE WHEN id IS NULL THEN 0 ELSE max(is_tenderer) OVER (PARTITION BY source, ocid, id) END AS is_id_listed
        FROM named
        WHERE who IS NOT NULL
    ) AS looked_up
    GROUP BY source, ocid, who
),
counted AS (
    -- unlisted: winners that are among the tenderers neither by name nor by id.
    SELECT
        source,
        ocid,
        sum(is_tenderer) AS listed,
        sum(is_winner) AS winners,
        sum(CASE WHEN is_winner = 1 AND is_tenderer = 0 AND is_id_listed = 0 THEN 1 ELSE 0 END) AS unlisted
    FROM person
    GROUP BY source, ocid
),
contracted AS (
    SELECT contract.source, contract.ocid, sum(contract.value_amount) AS amount, min(contract.value_currency) AS currency
    FROM competition
    JOIN ocds.contract AS contract ON contract.source = competition.source AND contract.ocid = competition.ocid
    WHERE contract.value_amount IS NOT NULL
    GROUP BY contract.source, contract.ocid
    HAVING count(contract.value_currency) = count(*) AND min(contract.value_currency) = max(contract.value_currency)
)
SELECT
    competition.ocid AS subject_id,
    competition.source,
    competition.place,
    competition.title AS name,
    CASE WHEN contracted.currency IS NOT NULL THEN CAST(contracted.amount AS DECIMAL(24, 6)) ELSE competition.value_amount END AS amount,
    CASE WHEN contracted.currency IS NOT NULL THEN contracted.currency ELSE competition.value_currency END AS currency,
    coalesce(competition.number_of_tenderers, nullif(counted.listed, 0)) AS participants,
    competition.number_of_tenderers IS NULL
        OR coalesce(counted.listed, 0) = 0
        OR competition.number_of_tenderers = counted.listed
        OR (competition.number_of_tenderers > 1 AND counted.listed > 1) AS counts_agree,
    CASE
        WHEN counted.listed > 0 THEN counted.unlisted
        ELSE greatest(coalesce(counted.winners, 0) - coalesce(competition.number_of_tenderers, 0), 0)
    END AS winners_outside,
    competition.procurement_method <> 'limited' OR competition.procurement_method_details IS NOT NULL AS has_kind
FROM competition
LEFT JOIN counted ON counted.source = competition.source AND counted.ocid = competition.ocid
LEFT JOIN contracted ON contracted.source = competition.source AND contracted.ocid = competition.ocid
