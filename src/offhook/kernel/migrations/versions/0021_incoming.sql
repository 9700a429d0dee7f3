-- How far each mailbox's INBOX has been read (RFC 3501, section 2.3.1.1: a UID means something only together with
-- UIDVALIDITY). The row is locked and moved in the transaction that keeps what was read. What concerns nobody here is
-- counted and not kept.

CREATE TABLE mailbox_reading (
    organisation_id uuid NOT NULL REFERENCES organisation,
    mailbox_id uuid NOT NULL,
    uid_validity bigint,                              -- NULL: not read yet
    last_uid bigint NOT NULL DEFAULT 0,
    since timestamptz NOT NULL,                       -- what came before is not looked at when a folder is new
    read_at timestamptz,                              -- when it was last looked into
    kept bigint NOT NULL DEFAULT 0,
    others bigint NOT NULL DEFAULT 0,
    refusing_since timestamptz,                       -- NULL: all is well
    problem text NOT NULL DEFAULT '',
    retry_at timestamptz,
    failures int NOT NULL DEFAULT 0,                  -- in a row
    PRIMARY KEY (organisation_id, mailbox_id),
    FOREIGN KEY (organisation_id, mailbox_id) REFERENCES mailbox ON DELETE CASCADE
);
SELECT guard('mailbox_reading');

-- One thread of mails with a person. `state` is what is to be done by its assignee.

CREATE TABLE mail_conversation (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    user_id uuid NOT NULL,                            -- whose mailbox it came through
    mailbox_id uuid NOT NULL,                         -- history outlives the mailbox
    assignee_id uuid NOT NULL,
    person_id uuid NOT NULL,
    lead_id uuid,
    subject text NOT NULL,
    state text NOT NULL CHECK (state IN ('to_answer', 'waiting', 'snoozed', 'done')),
    snoozed_until timestamptz,
    last_at timestamptz NOT NULL,                     -- of its latest mail, theirs or ours
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    CHECK ((state = 'snoozed') = (snoozed_until IS NOT NULL))
);
SELECT guard('mail_conversation');
CREATE INDEX mail_conversation_of_assignee ON mail_conversation (organisation_id, assignee_id, state, last_at, id);
CREATE INDEX mail_conversation_newest ON mail_conversation (organisation_id, last_at, id);
CREATE INDEX mail_conversation_of_person ON mail_conversation (organisation_id, person_id, last_at);
CREATE INDEX mail_conversation_of_lead ON mail_conversation (organisation_id, lead_id, last_at)
    WHERE lead_id IS NOT NULL;
CREATE INDEX mail_conversation_snoozed ON mail_conversation (organisation_id, snoozed_until) WHERE state = 'snoozed';

-- Which conversation a Message-ID belongs to: of theirs and of ours.

CREATE TABLE mail_thread_id (
    organisation_id uuid NOT NULL REFERENCES organisation,
    message_id text NOT NULL,
    conversation_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, message_id)
);
SELECT guard('mail_thread_id');
CREATE INDEX mail_thread_id_of_conversation ON mail_thread_id (organisation_id, conversation_id);

-- A mail that came in and concerns a person or a conversation. `fingerprint` keeps it from being kept twice, whichever
-- mailbox it is read from and however often.

CREATE TABLE mail_in (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    fingerprint text NOT NULL,
    mailbox_id uuid NOT NULL,
    user_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    lead_id uuid,
    account_id uuid,
    answers_mail_id uuid,                             -- the mail of ours that it answers, or that came back
    kind text NOT NULL CHECK (kind IN ('reply', 'out_of_office', 'auto_reply', 'other', 'bounce')),
    is_from_another boolean NOT NULL,                 -- in the thread, but from neither the person nor their company
    from_address text NOT NULL,
    from_name text NOT NULL,
    to_addresses text[] NOT NULL,
    cc_addresses text[] NOT NULL,
    subject text NOT NULL,
    message_id text,
    in_reply_to text,
    reference_ids text[] NOT NULL,
    body_text text NOT NULL,
    quoted_text text NOT NULL,                        -- what it repeats of mails before it
    body_html text,                                   -- as received: only ever shown through the sanitiser
    attachments jsonb NOT NULL,                       -- name, media type, bytes; they stay in the mailbox
    left_out text[] NOT NULL,                         -- what of it was not read, in words
    calendars jsonb NOT NULL DEFAULT '[]',            -- text/calendar parts (RFC 6047): method, text
    back_on date,                                     -- out of office: until when, if it is told
    bounces jsonb NOT NULL DEFAULT '[]',              -- of a bounce: addresses, status, words
    received_at timestamptz NOT NULL,
    uid_validity bigint NOT NULL,
    uid bigint NOT NULL,
    activity_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('mail_in');
CREATE UNIQUE INDEX mail_in_fingerprint ON mail_in (organisation_id, fingerprint);
CREATE INDEX mail_in_of_conversation ON mail_in (organisation_id, conversation_id, received_at);
CREATE INDEX mail_in_message_id ON mail_in (organisation_id, message_id) WHERE message_id IS NOT NULL;
CREATE INDEX mail_in_answering ON mail_in (organisation_id, answers_mail_id) WHERE answers_mail_id IS NOT NULL;

-- Mail to an address came back for good: shown with the address until mail to it arrives again or it is changed.
ALTER TABLE contact_point ADD COLUMN bounced_at timestamptz;

ALTER TABLE lead DROP CONSTRAINT lead_next_touch_because_check;
ALTER TABLE lead ADD CONSTRAINT lead_next_touch_because_check
    CHECK (next_touch_because IN ('call_back', 'follow_up', 'returned', 'snoozed', 'replied'));

-- Leads whose person wrote and waits for an answer: they stand above all others, in whatever zone they sleep.
CREATE INDEX lead_queue_to_answer ON lead (organisation_id, desk_id, next_touch_at)
    WHERE stage IN ('mql', 'working') AND next_touch_because = 'replied';
