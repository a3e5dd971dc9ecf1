-- The contracts of each buyer and year: those of December, and the others.
-- Contracts whose month is not known, or without an amount, are not in the share, and not here.
SELECT
    contract.source || '/' || coalesce(tender.buyer_id, tender.buyer_name) || '/'
        || CAST(EXTRACT(YEAR FROM coalesce(contract.period_start_date, contract.date_signed)) AS VARCHAR) AS subject_id,
    contract.file_id,
    contract.part_id,
    contract.record,
    contract.element,
    CASE
        WHEN EXTRACT(MONTH FROM coalesce(contract.period_start_date, contract.date_signed)) = 12 THEN 'december_contract'
        ELSE 'other_contract'
    END AS role
FROM ocds.contract AS contract
JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
WHERE contract.value_amount > 0
    AND coalesce(tender.buyer_id, tender.buyer_name) IS NOT NULL
    AND coalesce(contract.period_start_date, contract.date_signed) IS NOT NULL
    AND coalesce(CASE
        WHEN contract.period_start_date IS NOT NULL THEN contract.period_start_date_precision
        ELSE contract.date_signed_precision
    END, 'day') <> 'year'
