-- When users are busy, as each source (a connected calendar, a booked meeting) says it.

CREATE TABLE busy_time (
    organisation_id uuid NOT NULL REFERENCES organisation,
    user_id uuid NOT NULL,
    source_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    PRIMARY KEY (organisation_id, source_id, starts_at)
);
SELECT guard('busy_time');
CREATE INDEX busy_time_of_user ON busy_time (organisation_id, user_id, ends_at);

-- A user's calendar elsewhere, read every few minutes. `refusing_since` and what follows: how it stands.

CREATE TABLE calendar_connection (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('caldav', 'ics')),
    name text NOT NULL,
    address text NOT NULL,                            -- of the server or collection; of a feed its host alone
    username text NOT NULL,
    secret text NOT NULL,                             -- sealed: the password, or the address of a feed
    collection text NOT NULL,                         -- the calendar on the server; '' until one is found
    takes_meetings boolean NOT NULL,                  -- meetings are written to it
    mark text NOT NULL DEFAULT '',                    -- what the server gave when it was read: etag or ctag
    synced_at timestamptz,
    synced_until timestamptz,
    sync_at timestamptz NOT NULL,                     -- when it is read next
    refusing_since timestamptz,                       -- NULL: all is well
    problem text NOT NULL DEFAULT '',
    failures int NOT NULL DEFAULT 0,                  -- in a row
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user
);
SELECT guard('calendar_connection');
CREATE INDEX calendar_connection_of_user ON calendar_connection (organisation_id, user_id, id);
CREATE UNIQUE INDEX calendar_connection_taking ON calendar_connection (organisation_id, user_id) WHERE takes_meetings;
CREATE INDEX calendar_connection_due ON calendar_connection (organisation_id, sync_at);

-- A public page on which persons book a time of its host, or of one of a pool in turn.

CREATE TABLE booking_page (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    slug text NOT NULL,
    title text NOT NULL,
    welcome text NOT NULL,
    location text NOT NULL,                           -- where to meet, in words or as a link
    owner_id uuid,                                    -- whose own page; NULL: a pool's
    campaign_id uuid NOT NULL,                        -- what bookings are responses to
    minutes int NOT NULL CHECK (minutes BETWEEN 1 AND 480),
    step_minutes int NOT NULL CHECK (step_minutes BETWEEN 1 AND 240),
    before_minutes int NOT NULL CHECK (before_minutes BETWEEN 0 AND 240),
    after_minutes int NOT NULL CHECK (after_minutes BETWEEN 0 AND 240),
    notice_minutes int NOT NULL CHECK (notice_minutes BETWEEN 0 AND 43200),
    horizon_days int NOT NULL CHECK (horizon_days BETWEEN 1 AND 366),
    daily_limit int CHECK (daily_limit BETWEEN 1 AND 50),
    reminder_minutes int[] NOT NULL,
    consent_wording text NOT NULL,
    is_active boolean NOT NULL,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('booking_page');
CREATE UNIQUE INDEX booking_page_slug ON booking_page (organisation_id, slug);

CREATE TABLE booking_host (
    organisation_id uuid NOT NULL REFERENCES organisation,
    page_id uuid NOT NULL,
    user_id uuid NOT NULL,
    weight int NOT NULL CHECK (weight BETWEEN 1 AND 100),
    PRIMARY KEY (organisation_id, page_id, user_id),
    FOREIGN KEY (organisation_id, page_id) REFERENCES booking_page ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user
);
SELECT guard('booking_host');

-- Meetings that are booked. One that belongs to a hand-off follows it: `leads` decides about its time and outcome.

CREATE TABLE meeting (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    host_id uuid NOT NULL,
    page_id uuid,
    person_id uuid NOT NULL,
    lead_id uuid,
    hand_off_id uuid,
    title text NOT NULL,
    location text NOT NULL,
    note text NOT NULL,                               -- what the person wrote
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    state text NOT NULL CHECK (state IN ('booked', 'held', 'no_show', 'cancelled')),
    because text NOT NULL DEFAULT '',                 -- why it was called off
    sequence int NOT NULL DEFAULT 0,                  -- RFC 5546, section 2.1.4
    address text NOT NULL,                            -- who is invited; '' when nobody is
    answer text NOT NULL DEFAULT 'none' CHECK (answer IN ('none', 'accepted', 'declined', 'tentative')),
    answered_at timestamptz,                          -- the DTSTAMP of the answer that counts
    language text NOT NULL,
    time_zone text NOT NULL,                          -- the person's
    reminder_minutes int[] NOT NULL,
    connection_id uuid,                               -- the calendar that it is written to
    remote_state text NOT NULL DEFAULT 'none' CHECK (remote_state IN ('none', 'to_write', 'written', 'to_remove')),
    remote_etag text NOT NULL DEFAULT '',
    remote_at timestamptz,                            -- when the calendar is written next
    remote_failures int NOT NULL DEFAULT 0,
    remote_problem text NOT NULL DEFAULT '',
    booked_by text NOT NULL,                          -- as events name actors
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('meeting');
CREATE UNIQUE INDEX meeting_of_hand_off ON meeting (organisation_id, hand_off_id) WHERE hand_off_id IS NOT NULL;
CREATE INDEX meeting_of_host ON meeting (organisation_id, host_id, starts_at);
CREATE INDEX meeting_of_lead ON meeting (organisation_id, lead_id, starts_at);
CREATE INDEX meeting_of_page ON meeting (organisation_id, page_id, created_at) WHERE page_id IS NOT NULL;
CREATE INDEX meeting_to_write ON meeting (organisation_id, remote_at) WHERE remote_state IN ('to_write', 'to_remove');
CREATE INDEX meeting_on_calendar ON meeting (organisation_id, connection_id, starts_at) WHERE remote_state = 'written';

-- What is mailed about a meeting: one row a mail, handed to the ledger of mails once, by its key.

CREATE TABLE meeting_mail (
    organisation_id uuid NOT NULL REFERENCES organisation,
    meeting_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('request', 'cancel', 'reminder')),
    sequence int NOT NULL,
    minutes int NOT NULL DEFAULT 0,                   -- of a reminder: how long before
    due_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'handed', 'dropped', 'failed')),
    mail_id uuid,
    problem text NOT NULL DEFAULT '',
    tries int NOT NULL DEFAULT 0,
    PRIMARY KEY (organisation_id, meeting_id, kind, sequence, minutes),
    FOREIGN KEY (organisation_id, meeting_id) REFERENCES meeting
);
SELECT guard('meeting_mail');
CREATE INDEX meeting_mail_due ON meeting_mail (organisation_id, due_at) WHERE state = 'waiting';

-- A mail's iCalendar part (RFC 6047), where it has one.

ALTER TABLE mail_message ADD calendar_method text;
ALTER TABLE mail_message ADD calendar_text text;
