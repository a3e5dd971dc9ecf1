-- One row per date that could be read. passed: it is not before $earliest nor after $latest.
-- A text that is no date at all has a problem of its own, and no day to judge.
WITH found AS (
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('date',
        'tender/tenderPeriod/startDate',
        'tender/tenderPeriod/endDate',
        'tender/tenderPeriod/maxExtentDate',
        'tender/enquiryPeriod/startDate',
        'tender/enquiryPeriod/endDate',
        'tender/enquiryPeriod/maxExtentDate',
        'tender/awardPeriod/startDate',
        'tender/awardPeriod/endDate',
        'tender/awardPeriod/maxExtentDate',
        'tender/contractPeriod/startDate',
        'tender/contractPeriod/endDate',
        'tender/contractPeriod/maxExtentDate')) AS path,
        unnest(make_array(release_date,
        tender_period_start_date,
        tender_period_end_date,
        tender_period_max_extent_date,
        enquiry_period_start_date,
        enquiry_period_end_date,
        enquiry_period_max_extent_date,
        award_period_start_date,
        award_period_end_date,
        award_period_max_extent_date,
        contract_period_start_date,
        contract_period_end_date,
        contract_period_max_extent_date)) AS day
    FROM ocds.tender
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('awards/date',
        'awards/contractPeriod/startDate',
        'awards/contractPeriod/endDate',
        'awards/contractPeriod/maxExtentDate')) AS path,
        unnest(make_array(date,
        contract_period_start_date,
        contract_period_end_date,
        contract_period_max_extent_date)) AS day
    FROM ocds.award
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('contracts/dateSigned',
        'contracts/period/startDate',
        'contracts/period/endDate',
        'contracts/period/maxExtentDate')) AS path,
        unnest(make_array(date_signed,
        period_start_date,
        period_end_date,
        period_max_extent_date)) AS day
    FROM ocds.contract
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('contracts/implementation/transactions/date')) AS path,
        unnest(make_array(date)) AS day
    FROM ocds.transaction
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('tender/amendments/date')) AS path,
        unnest(make_array(date)) AS day
    FROM ocds.tender_amendment
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('awards/amendments/date')) AS path,
        unnest(make_array(date)) AS day
    FROM ocds.award_amendment
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('contracts/amendments/date')) AS path,
        unnest(make_array(date)) AS day
    FROM ocds.amendment
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array(concat(section, '/documents/datePublished'),
        concat(section, '/documents/dateModified'))) AS path,
        unnest(make_array(date_published,
        date_modified)) AS day
    FROM ocds.document
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array(concat(section, '/milestones/dueDate'),
        concat(section, '/milestones/dateMet'),
        concat(section, '/milestones/dateModified'))) AS path,
        unnest(make_array(due_date,
        date_met,
        date_modified)) AS day
    FROM ocds.milestone
)
SELECT
    source,
    ocid AS subject,
    path,
    CAST(day AS VARCHAR) AS value,
    day BETWEEN $earliest AND $latest AS passed,
    file_id, part_id, record, element
FROM found
WHERE day IS NOT NULL
