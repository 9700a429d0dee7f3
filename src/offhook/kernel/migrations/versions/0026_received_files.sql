-- Files of mails that came in, whose bytes are in the object store. A row is written before the first byte and belongs to a
-- mail from the transaction on that keeps the mail. So every object has a row, and a row that belongs to no mail says what
-- to take away: of a reader that was killed after a while, of a mail that is gone at once.
-- mail_in.attachments has `file_id` for what is kept; all else stays in the mailbox.

CREATE TABLE mail_in_file (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    mail_in_id uuid,                                  -- NULL: not yet, or no more
    kept_at timestamptz,                              -- when it came to belong to a mail
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, mail_in_id) REFERENCES mail_in ON DELETE SET NULL (mail_in_id)
);
SELECT guard('mail_in_file');
CREATE INDEX mail_in_file_of_mail ON mail_in_file (organisation_id, mail_in_id) WHERE mail_in_id IS NOT NULL;
CREATE INDEX mail_in_file_of_none ON mail_in_file (organisation_id, created_at) WHERE mail_in_id IS NULL;
