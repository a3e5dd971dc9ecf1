-- The contracts each share was counted from: direct awards, and the others.
-- Contracts without a known procedure are not in the share, and not here.
SELECT
    contract.source || '/' || coalesce(tender.buyer_id, tender.buyer_name) || '/'
        || CAST(EXTRACT(YEAR FROM coalesce(contract.period_start_date, contract.date_signed)) AS VARCHAR) AS subject_id,
    contract.file_id,
    contract.part_id,
    contract.record,
    contract.element,
    CASE WHEN tender.procurement_method = 'direct' THEN 'direct_award' ELSE 'other_procedure' END AS role
FROM ocds.contract AS contract
JOIN ocds.tender AS tender ON tender.source = contract.source AND tender.ocid = contract.ocid
WHERE tender.procurement_method IS NOT NULL
    AND coalesce(tender.buyer_id, tender.buyer_name) IS NOT NULL
    AND coalesce(contract.period_start_date, contract.date_signed) IS NOT NULL
