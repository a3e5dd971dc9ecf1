-- The row of each competitive process, those of its tenderers, and those of its winners.
WITH competition AS (
    SELECT source, ocid, file_id, part_id, record, element
    FROM ocds.tender
    WHERE procurement_method IN ('open', 'selective', 'limited')
)
SELECT ocid AS subject_id, file_id, part_id, record, element, 'tender' AS role
FROM competition
UNION ALL
SELECT tenderer.ocid AS subject_id, tenderer.file_id, tenderer.part_id, tenderer.record, tenderer.element, 'tenderer' AS role
FROM competition
JOIN ocds.tenderer AS tenderer ON tenderer.source = competition.source AND tenderer.ocid = competition.ocid
UNION ALL
SELECT supplier.ocid AS subject_id, supplier.file_id, supplier.part_id, supplier.record, supplier.element, 'supplier' AS role
FROM competition
JOIN ocds.award_supplier AS supplier ON supplier.source = competition.source AND supplier.ocid = competition.ocid
