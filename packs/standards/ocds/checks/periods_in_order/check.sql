-- One row per period with both ends. passed: it does not start after it ends; whole days are compared.
WITH period AS (
    SELECT source, ocid, file_id, part_id, record, element, 'tender/tenderPeriod' AS path, tender_period_start_date AS start_date, tender_period_end_date AS end_date
    FROM ocds.tender
    WHERE tender_period_start_date IS NOT NULL AND tender_period_end_date IS NOT NULL
        AND coalesce(tender_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(tender_period_end_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'tender/enquiryPeriod' AS path, enquiry_period_start_date AS start_date, enquiry_period_end_date AS end_date
    FROM ocds.tender
    WHERE enquiry_period_start_date IS NOT NULL AND enquiry_period_end_date IS NOT NULL
        AND coalesce(enquiry_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(enquiry_period_end_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'tender/awardPeriod' AS path, award_period_start_date AS start_date, award_period_end_date AS end_date
    FROM ocds.tender
    WHERE award_period_start_date IS NOT NULL AND award_period_end_date IS NOT NULL
        AND coalesce(award_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(award_period_end_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'tender/contractPeriod' AS path, contract_period_start_date AS start_date, contract_period_end_date AS end_date
    FROM ocds.tender
    WHERE contract_period_start_date IS NOT NULL AND contract_period_end_date IS NOT NULL
        AND coalesce(contract_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(contract_period_end_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'awards/contractPeriod' AS path, contract_period_start_date AS start_date, contract_period_end_date AS end_date
    FROM ocds.award
    WHERE contract_period_start_date IS NOT NULL AND contract_period_end_date IS NOT NULL
        AND coalesce(contract_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(contract_period_end_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'contracts/period' AS path, period_start_date AS start_date, period_end_date AS end_date
    FROM ocds.contract
    WHERE period_start_date IS NOT NULL AND period_end_date IS NOT NULL
        AND coalesce(period_start_date_precision, 'day') NOT IN $coarse AND coalesce(period_end_date_precision, 'day') NOT IN $coarse
)
SELECT
    source,
    ocid AS subject,
    path,
    concat(start_date, ' > ', end_date) AS value,
    start_date <= end_date AS passed,
    file_id, part_id, record, element
FROM period
