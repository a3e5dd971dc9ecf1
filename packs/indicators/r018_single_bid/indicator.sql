-- One row per competitive process whose tenderers can be counted.
-- value: tenderers, by the published number; without it, by the list. threshold: 1. flagged: exactly one.
-- note: `winner_not_listed`, `counts_differ`, on processes of more than one tenderer, where neither decides the answer.
-- detail: the number, the list and the winners, each as published.
-- Left out: no number and no list; a number against its list, or a winner outside it, where that decides; `limited` without its local name.
WITH competition AS (
    SELECT *
    FROM ocds.tender
    WHERE procurement_method IN ('open', 'selective', 'limited')
        AND coalesce(status, '') NOT IN ('cancelled', 'withdrawn')
        AND strpos(coalesce(fold_text(procurement_method_details), ''), 'ADJUDICACION DIRECTA') = 0
),
listed AS (
    -- A tenderer written twice counts once; the name tells it, since one list may give the same firm two ids.
    SELECT
        tenderer.source,
        tenderer.ocid,
        tenderer.id,
        coalesce(nullif(name_key(coalesce(tenderer.name, party.name)), ''), tenderer.id) AS tenderer
    FROM ocds.tenderer AS tenderer
    LEFT JOIN ocds.party AS party
        ON party.source = tenderer.source AND party.ocid = tenderer.ocid AND party.id = tenderer.id
),
winner AS (
    SELECT DISTINCT
        supplier.source,
        supplier.ocid,
        supplier.id,
        coalesce(nullif(name_key(coalesce(supplier.name, party.name)), ''), supplier.id) AS winner
    FROM ocds.award_supplier AS supplier
    LEFT JOIN ocds.award AS award
        ON award.source = supplier.source AND award.ocid = supplier.ocid AND award.id = supplier.award_id
    LEFT JOIN ocds.party AS party
        ON party.source = supplier.source AND party.ocid = supplier.ocid AND party.id = supplier.id
    WHERE coalesce(award.status, '') NOT IN ('cancelled', 'unsuccessful')
),
list_count AS (
    SELECT source, ocid, count(DISTINCT tenderer) AS listed
    FROM listed
    GROUP BY source, ocid
),
winner_count AS (
    SELECT
        winner.source,
        winner.ocid,
        count(DISTINCT winner.winner) AS winners,
        count(DISTINCT winner.winner) FILTER (WHERE by_name.tenderer IS NULL AND by_id.id IS NULL) AS unlisted
    FROM winner
    LEFT JOIN (SELECT DISTINCT source, ocid, tenderer FROM listed) AS by_name
        ON by_name.source = winner.source AND by_name.ocid = winner.ocid AND by_name.tenderer = winner.winner
    LEFT JOIN (SELECT DISTINCT source, ocid, id FROM listed) AS by_id
        ON by_id.source = winner.source AND by_id.ocid = winner.ocid AND by_id.id = winner.id
    GROUP BY winner.source, winner.ocid
),
counted AS (
    SELECT
        competition.source,
        competition.ocid,
        competition.procurement_method AS method,
        competition.procurement_method_details AS kind,
        competition.number_of_tenderers AS number,
        coalesce(list_count.listed, 0) AS listed,
        coalesce(winner_count.winners, 0) AS winners,
        coalesce(winner_count.unlisted, 0) AS unlisted,
        coalesce(competition.number_of_tenderers, list_count.listed) AS participants
    FROM competition
    LEFT JOIN list_count ON list_count.source = competition.source AND list_count.ocid = competition.ocid
    LEFT JOIN winner_count ON winner_count.source = competition.source AND winner_count.ocid = competition.ocid
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
FROM counted
WHERE (number IS NOT NULL OR listed > 0)
    AND (number IS NULL OR listed = 0 OR number = listed OR (number > 1 AND listed > 1))
    AND (
        participants > 1
        OR (
            (method <> 'limited' OR kind IS NOT NULL)
            AND CASE WHEN listed > 0 THEN unlisted = 0 ELSE winners <= number END
        )
    )
