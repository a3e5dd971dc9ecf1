-- One row per contact with an e-mail address. What stands before the @ may name a person and is not repeated here.
SELECT
    source,
    ocid AS subject,
    'parties/contactPoint/email' AS path,
    regexp_replace(contact_email, '^[^@]*', '…') AS value,
    regexp_like(contact_email, $form) AS passed,
    file_id, part_id, record, element
FROM ocds.party
WHERE contact_email IS NOT NULL
