-- Addresses that must not be mailed, whoever they belong to.

CREATE TABLE mail_suppression (
    organisation_id uuid NOT NULL REFERENCES organisation,
    address text NOT NULL,                            -- normalised, lower case
    because text NOT NULL CHECK (because IN ('by_hand', 'unsubscribed', 'bounced', 'complained')),
    reason text NOT NULL,
    added_at timestamptz NOT NULL,
    added_by text NOT NULL,                           -- as events name actors
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, address)
);
SELECT guard('mail_suppression');
CREATE INDEX mail_suppression_newest ON mail_suppression (organisation_id, added_at, address);

-- One mailbox a user: where their mail is handed in and read. `refusing_since` and what follows: how it stands.

CREATE TABLE mailbox (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    address text NOT NULL,
    shown_name text NOT NULL,
    smtp_host text NOT NULL,
    smtp_port int NOT NULL CHECK (smtp_port BETWEEN 1 AND 65535),
    smtp_security text NOT NULL CHECK (smtp_security IN ('starttls', 'tls')),
    imap_host text NOT NULL,
    imap_port int NOT NULL CHECK (imap_port BETWEEN 1 AND 65535),
    imap_security text NOT NULL CHECK (imap_security IN ('starttls', 'tls')),
    username text NOT NULL,
    password text NOT NULL,                           -- sealed
    saves_sent boolean NOT NULL,                      -- the server keeps a copy of what it sends by itself
    refusing_since timestamptz,                       -- NULL: all is well
    problem text NOT NULL DEFAULT '',
    retry_at timestamptz,                             -- nothing is tried before
    failures int NOT NULL DEFAULT 0,                  -- in a row
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user
);
SELECT guard('mailbox');
CREATE UNIQUE INDEX mailbox_user ON mailbox (organisation_id, user_id);
CREATE UNIQUE INDEX mailbox_address ON mailbox (organisation_id, address);

-- The ledger: one row a mail, written before anything is sent. `claim` is the attempt that may settle it;
-- `handed_over_at` is set before a mail's content goes to the server, so that who finds it set knows that it may
-- have been taken, and who finds it NULL knows that it was not.

CREATE TABLE mail_message (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    key text,                                         -- who asks for a mail twice by one key gets one mail
    mailbox_id uuid NOT NULL,                         -- history outlives the mailbox
    user_id uuid NOT NULL,
    person_id uuid NOT NULL,
    lead_id uuid,
    from_address text NOT NULL,
    from_name text NOT NULL,
    to_address text NOT NULL,
    to_name text NOT NULL,
    subject text NOT NULL,
    body_text text NOT NULL,
    body_html text,
    message_id text NOT NULL,                         -- with its angle brackets; the same in every attempt
    in_reply_to text,
    reference_ids text[] NOT NULL,                    -- the conversation, oldest first
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'in_doubt', 'withdrawn')),
    reason text NOT NULL DEFAULT '',                  -- of the last attempt that did not succeed
    attempts int NOT NULL DEFAULT 0,
    send_at timestamptz,                              -- queued: not before
    claim uuid,
    dated_at timestamptz,                             -- the Date of the mail as it was last handed over
    handed_over_at timestamptz,
    sent_at timestamptz,
    activity_id uuid,
    file_at timestamptz,                              -- when to look into the Sent folder; NULL: nothing to do there
    filing_tries int NOT NULL DEFAULT 0,
    filing_problem text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('mail_message');
CREATE UNIQUE INDEX mail_message_key ON mail_message (organisation_id, key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX mail_message_message_id ON mail_message (organisation_id, message_id);
CREATE INDEX mail_message_due ON mail_message (organisation_id, mailbox_id, send_at) WHERE state = 'queued';
CREATE INDEX mail_message_sending ON mail_message (organisation_id, id) WHERE state = 'sending';
CREATE INDEX mail_message_to_file ON mail_message (organisation_id, file_at) WHERE file_at IS NOT NULL;
CREATE INDEX mail_message_of_person ON mail_message (organisation_id, person_id, id);
CREATE INDEX mail_message_of_lead ON mail_message (organisation_id, lead_id, id);
