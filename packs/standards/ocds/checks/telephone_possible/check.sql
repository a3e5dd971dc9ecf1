-- One row per telephone or fax number. Digits may belong to a person and are shown as 9.
WITH found AS (
    SELECT source, ocid, file_id, part_id, record, element,
        unnest(make_array('parties/contactPoint/telephone',
        'parties/contactPoint/faxNumber')) AS path,
        unnest(make_array(contact_telephone,
        contact_fax)) AS number
    FROM ocds.party
),
plain AS (
    -- An extension after the number is no part of it.
    SELECT *, trim(regexp_replace(lower(number), $extension, '')) AS dialled
    FROM found
    WHERE number IS NOT NULL
)
SELECT
    source,
    ocid AS subject,
    path,
    regexp_replace(number, '[0-9]', '9', 'g') AS value,
    regexp_like(dialled, $form)
        AND length(regexp_replace(dialled, '[^0-9]', '', 'g')) BETWEEN $least AND $most AS passed,
    file_id, part_id, record, element
FROM plain
