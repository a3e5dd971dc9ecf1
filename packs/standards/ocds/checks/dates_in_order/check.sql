-- One row per pair of dates of a process that must be in order; path says which two.
-- passed: the first is not after the second; whole days are compared.
WITH tender AS (
    SELECT * FROM ocds.tender WHERE coalesce(tender_period_end_date_precision, 'day') NOT IN $coarse
),
award AS (
    SELECT * FROM ocds.award WHERE date IS NOT NULL AND coalesce(date_precision, 'day') NOT IN $coarse
),
contract AS (
    SELECT * FROM ocds.contract WHERE date_signed IS NOT NULL AND coalesce(date_signed_precision, 'day') NOT IN $coarse
),
pair AS (
    SELECT source, ocid, file_id, part_id, record, element,
        'tender/tenderPeriod/endDate <= tender/contractPeriod/startDate' AS path,
        tender_period_end_date AS first, contract_period_start_date AS second
    FROM tender
    WHERE coalesce(contract_period_start_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT award.source, award.ocid, award.file_id, award.part_id, award.record, award.element,
        'tender/tenderPeriod/endDate <= awards/date', tender.tender_period_end_date, award.date
    FROM award
    JOIN tender ON tender.source = award.source AND tender.ocid = award.ocid
    UNION ALL
    SELECT contract.source, contract.ocid, contract.file_id, contract.part_id, contract.record, contract.element,
        'tender/tenderPeriod/endDate <= contracts/dateSigned', tender.tender_period_end_date, contract.date_signed
    FROM contract
    JOIN tender ON tender.source = contract.source AND tender.ocid = contract.ocid
    UNION ALL
    SELECT contract.source, contract.ocid, contract.file_id, contract.part_id, contract.record, contract.element,
        'awards/date <= contracts/dateSigned', award.date, contract.date_signed
    FROM contract
    JOIN award ON award.source = contract.source AND award.ocid = contract.ocid AND award.id = contract.award_id
    UNION ALL
    SELECT paid.source, paid.ocid, paid.file_id, paid.part_id, paid.record, paid.element,
        'contracts/dateSigned <= contracts/implementation/transactions/date', contract.date_signed, paid.date
    FROM ocds.transaction AS paid
    JOIN contract ON contract.source = paid.source AND contract.ocid = paid.ocid AND contract.id = paid.contract_id
    WHERE coalesce(paid.date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT award.source, award.ocid, award.file_id, award.part_id, award.record, award.element,
        'awards/date <= date', award.date, released.release_date
    FROM award
    JOIN ocds.tender AS released ON released.source = award.source AND released.ocid = award.ocid
    UNION ALL
    SELECT contract.source, contract.ocid, contract.file_id, contract.part_id, contract.record, contract.element,
        'contracts/dateSigned <= date', contract.date_signed, released.release_date
    FROM contract
    JOIN ocds.tender AS released ON released.source = contract.source AND released.ocid = contract.ocid
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
