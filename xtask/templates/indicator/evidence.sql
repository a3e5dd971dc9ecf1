-- ¿Qué filas originales lo muestran? Un renglón por sujeto y fila, con su papel. Corrija lo que sigue. ¿…?
-- Which original rows show it? One row per subject and row, with its role. Correct what follows.
--
-- The contract's own row.
SELECT ocid || '/' || id AS subject_id, file_id, part_id, record, element, 'contract' AS role
FROM ocds.contract
