-- One row per period with a duration and both dates. passed: the days between them, or $more if the last day counts.
WITH period AS (
    SELECT source, ocid, file_id, part_id, record, element, 'tender/tenderPeriod/durationInDays' AS path, tender_period_duration_in_days AS days,
        tender_period_start_date AS start_date, coalesce(tender_period_end_date, tender_period_max_extent_date) AS end_date
    FROM ocds.tender
    WHERE tender_period_duration_in_days IS NOT NULL AND coalesce(tender_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(tender_period_end_date_precision, 'day') NOT IN $coarse AND coalesce(tender_period_max_extent_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'tender/enquiryPeriod/durationInDays' AS path, enquiry_period_duration_in_days AS days,
        enquiry_period_start_date AS start_date, coalesce(enquiry_period_end_date, enquiry_period_max_extent_date) AS end_date
    FROM ocds.tender
    WHERE enquiry_period_duration_in_days IS NOT NULL AND coalesce(enquiry_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(enquiry_period_end_date_precision, 'day') NOT IN $coarse AND coalesce(enquiry_period_max_extent_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'tender/awardPeriod/durationInDays' AS path, award_period_duration_in_days AS days,
        award_period_start_date AS start_date, coalesce(award_period_end_date, award_period_max_extent_date) AS end_date
    FROM ocds.tender
    WHERE award_period_duration_in_days IS NOT NULL AND coalesce(award_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(award_period_end_date_precision, 'day') NOT IN $coarse AND coalesce(award_period_max_extent_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'tender/contractPeriod/durationInDays' AS path, contract_period_duration_in_days AS days,
        contract_period_start_date AS start_date, coalesce(contract_period_end_date, contract_period_max_extent_date) AS end_date
    FROM ocds.tender
    WHERE contract_period_duration_in_days IS NOT NULL AND coalesce(contract_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(contract_period_end_date_precision, 'day') NOT IN $coarse AND coalesce(contract_period_max_extent_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'awards/contractPeriod/durationInDays' AS path, contract_period_duration_in_days AS days,
        contract_period_start_date AS start_date, coalesce(contract_period_end_date, contract_period_max_extent_date) AS end_date
    FROM ocds.award
    WHERE contract_period_duration_in_days IS NOT NULL AND coalesce(contract_period_start_date_precision, 'day') NOT IN $coarse AND coalesce(contract_period_end_date_precision, 'day') NOT IN $coarse AND coalesce(contract_period_max_extent_date_precision, 'day') NOT IN $coarse
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element, 'contracts/period/durationInDays' AS path, period_duration_in_days AS days,
        period_start_date AS start_date, coalesce(period_end_date, period_max_extent_date) AS end_date
    FROM ocds.contract
    WHERE period_duration_in_days IS NOT NULL AND coalesce(period_start_date_precision, 'day') NOT IN $coarse AND coalesce(period_end_date_precision, 'day') NOT IN $coarse AND coalesce(period_max_extent_date_precision, 'day') NOT IN $coarse
)
SELECT
    source,
    ocid AS subject,
    path,
    concat(days, ', ', start_date, ' to ', end_date) AS value,
    days BETWEEN CAST(end_date AS INT) - CAST(start_date AS INT) AND CAST(end_date AS INT) - CAST(start_date AS INT) + $more AS passed,
    file_id, part_id, record, element
FROM period
WHERE start_date IS NOT NULL AND end_date IS NOT NULL
