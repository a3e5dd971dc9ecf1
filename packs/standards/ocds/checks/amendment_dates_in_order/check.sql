-- One row per pair of an amendment's date and another; path says which two. passed: the first is not after the second.
WITH dated AS (
    SELECT source, ocid, file_id, part_id, record, element, 'tender/amendments/date' AS path, date AS day FROM ocds.tender_amendment WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'awards/amendments/date' AS path, date AS day FROM ocds.award_amendment WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'contracts/amendments/date' AS path, date AS day FROM ocds.amendment WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
),
pair AS (
    SELECT dated.source, dated.ocid, dated.file_id, dated.part_id, dated.record, dated.element,
        concat(dated.path, ' <= date') AS path, dated.day AS first, release.release_date AS second
    FROM dated
    JOIN ocds.tender AS release ON release.source = dated.source AND release.ocid = dated.ocid
    UNION ALL
    SELECT own.source, own.ocid, own.file_id, own.part_id, own.record, own.element,
        'tender/tenderPeriod/startDate <= tender/amendments/date', tender.tender_period_start_date, own.date
    FROM ocds.tender_amendment AS own
    JOIN ocds.tender AS tender ON tender.source = own.source AND tender.ocid = own.ocid
    WHERE coalesce(own.date_precision, 'day') NOT IN $coarse AND coalesce(tender.tender_period_start_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT own.source, own.ocid, own.file_id, own.part_id, own.record, own.element,
        'awards/date <= awards/amendments/date', award.date, own.date
    FROM ocds.award_amendment AS own
    JOIN ocds.award AS award ON award.source = own.source AND award.ocid = own.ocid AND award.id = own.award_id
    WHERE coalesce(own.date_precision, 'day') NOT IN $coarse AND coalesce(award.date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT own.source, own.ocid, own.file_id, own.part_id, own.record, own.element,
        'contracts/dateSigned <= contracts/amendments/date', contract.date_signed, own.date
    FROM ocds.amendment AS own
    JOIN ocds.contract AS contract
        ON contract.source = own.source AND contract.ocid = own.ocid AND contract.id = own.contract_id
    WHERE coalesce(own.date_precision, 'day') NOT IN $coarse AND coalesce(contract.date_signed_precision, 'day') NOT IN $coarse
)
SELECT
    source,
    ocid AS subject,
    path,
    concat(first, ' > ', second) AS value,
    first <= second AS passed,
    file_id, part_id, record, element
FROM pair
WHERE first IS NOT NULL AND second IS NOT NULL
