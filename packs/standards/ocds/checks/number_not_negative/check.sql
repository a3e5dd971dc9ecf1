-- One row per number that counts or measures something. passed: it is $least or more.
WITH found AS (
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('tender/numberOfTenderers',
        'tender/tenderPeriod/durationInDays',
        'tender/enquiryPeriod/durationInDays',
        'tender/awardPeriod/durationInDays',
        'tender/contractPeriod/durationInDays')) AS path,
        unnest(make_array(CAST(number_of_tenderers AS DECIMAL(24, 6)),
        CAST(tender_period_duration_in_days AS DECIMAL(24, 6)),
        CAST(enquiry_period_duration_in_days AS DECIMAL(24, 6)),
        CAST(award_period_duration_in_days AS DECIMAL(24, 6)),
        CAST(contract_period_duration_in_days AS DECIMAL(24, 6)))) AS number
    FROM ocds.tender
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('awards/contractPeriod/durationInDays')) AS path,
        unnest(make_array(CAST(contract_period_duration_in_days AS DECIMAL(24, 6)))) AS number
    FROM ocds.award
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('contracts/period/durationInDays')) AS path,
        unnest(make_array(CAST(period_duration_in_days AS DECIMAL(24, 6)))) AS number
    FROM ocds.contract
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('contracts/implementation/transactions/value/amount')) AS path,
        unnest(make_array(value_amount)) AS number
    FROM ocds.transaction
    UNION ALL
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array(concat(section, '/items/quantity'),
        concat(section, '/items/unit/value/amount'))) AS path,
        unnest(make_array(quantity,
        unit_value_amount)) AS number
    FROM ocds.item
)
SELECT
    source,
    ocid AS subject,
    path,
    CAST(number AS VARCHAR) AS value,
    number >= $least AS passed,
    file_id, part_id, record, element
FROM found
WHERE number IS NOT NULL
