-- One row per competitive process whose tenderers can be counted.
-- value: tenderers, by the published number; without it, by the list. threshold: 1. flagged: exactly one.
-- note: `winner_not_listed`, `counts_differ`, on processes of more than one tenderer, where neither decides the answer.
-- detail: the number, the list and the winners, each as published.
-- Left out: no number and no list; a number against its list, or a winner outside it, where that decides; `limited` without its local name.
WITH competition AS (
    SELECT source, ocid, procurement_method AS method, procurement_method_details AS kind, number_of_tenderers AS number
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
process AS (
    SELECT
        competition.source,
        competition.ocid,
        competition.method,
        competition.kind,
        competition.number,
        coalesce(counted.listed, 0) AS listed,
        coalesce(counted.winners, 0) AS winners,
        coalesce(counted.unlisted, 0) AS unlisted,
        coalesce(competition.number, counted.listed) AS participants
    FROM competition
    LEFT JOIN counted ON counted.source = competition.source AND counted.ocid = competition.ocid
)
SELECT
    ocid AS subject_id,
    source,
    participants = 1 AS flagged,
    CAST(participants AS DECIMAL(24, 6)) AS value,
    CAST(1 AS DECIMAL(24, 6)) AS threshold,
    CAST(NULL AS DECIMAL(24, 6)) AS amount,
    CAST(NULL AS VARCHAR) AS currency,
    CASE
        WHEN listed > 0 AND unlisted > 0 THEN 'winner_not_listed'
        WHEN listed > 0 AND number <> listed THEN 'counts_differ'
    END AS note,
    json_object(
        'method', method,
        'method_details', kind,
        'number_published', CAST(number AS VARCHAR),
        'tenderers_listed', CAST(nullif(listed, 0) AS VARCHAR),
        'winners', CAST(winners AS VARCHAR),
        'winners_not_listed', CAST(CASE WHEN listed > 0 THEN unlisted END AS VARCHAR)
    ) AS detail
FROM process
WHERE (number IS NOT NULL OR listed > 0)
    AND (number IS NULL OR listed = 0 OR number = listed OR (number > 1 AND listed > 1))
    AND (
        participants > 1
        OR (
            (method <> 'limited' OR kind IS NOT NULL)
            AND CASE WHEN listed > 0 THEN unlisted = 0 ELSE winners <= number END
        )
    )
