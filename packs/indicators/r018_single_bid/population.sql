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
listed AS (
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
contracted AS (
    SELECT source, ocid, sum(value_amount) AS amount, min(value_currency) AS currency
    FROM ocds.contract
    WHERE value_amount IS NOT NULL
    GROUP BY source, ocid
    HAVING count(value_currency) = count(*) AND min(value_currency) = max(value_currency)
)
SELECT
    competition.ocid AS subject_id,
    competition.source,
    competition.place,
    competition.title AS name,
    CASE WHEN contracted.currency IS NOT NULL THEN CAST(contracted.amount AS DECIMAL(24, 6)) ELSE competition.value_amount END AS amount,
    CASE WHEN contracted.currency IS NOT NULL THEN contracted.currency ELSE competition.value_currency END AS currency,
    coalesce(competition.number_of_tenderers, nullif(list_count.listed, 0)) AS participants,
    competition.number_of_tenderers IS NULL
        OR coalesce(list_count.listed, 0) = 0
        OR competition.number_of_tenderers = list_count.listed
        OR (competition.number_of_tenderers > 1 AND list_count.listed > 1) AS counts_agree,
    CASE
        WHEN list_count.listed > 0 THEN coalesce(winner_count.unlisted, 0)
        ELSE greatest(coalesce(winner_count.winners, 0) - coalesce(competition.number_of_tenderers, 0), 0)
    END AS winners_outside,
    competition.procurement_method <> 'limited' OR competition.procurement_method_details IS NOT NULL AS has_kind
FROM competition
LEFT JOIN list_count ON list_count.source = competition.source AND list_count.ocid = competition.ocid
LEFT JOIN winner_count ON winner_count.source = competition.source AND winner_count.ocid = competition.ocid
LEFT JOIN contracted ON contracted.source = competition.source AND contracted.ocid = competition.ocid
