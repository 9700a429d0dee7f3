-- An organisation's own limits for mail, within the law's.

CREATE TABLE mailing_settings (
    organisation_id uuid PRIMARY KEY REFERENCES organisation,
    mails_per_day int NOT NULL CHECK (mails_per_day > 0),                 -- of one mailbox, in 24 hours
    ramps_up boolean NOT NULL,                                            -- a new mailbox begins small
    spacing_seconds int NOT NULL CHECK (spacing_seconds >= 0),            -- between automatic mails of one mailbox
    mails_per_domain_per_hour int NOT NULL CHECK (mails_per_domain_per_hour > 0),
    opens time NOT NULL, closes time NOT NULL,                            -- on the receiver's clock
    days int[] NOT NULL,                                                  -- Monday is 0
    skips_holidays boolean NOT NULL,
    holds_manual boolean NOT NULL,                                        -- mails by hand wait for these hours, too
    tracks_opens boolean NOT NULL,
    tracks_clicks boolean NOT NULL,
    has_footer boolean NOT NULL,                                          -- the way out stands in the text, too
    footer text NOT NULL,                                                 -- empty: our own words
    postal_address text NOT NULL,
    language text NOT NULL,                                               -- of whom we know none of
    dkim_selectors text[] NOT NULL,
    version int NOT NULL
);
SELECT guard('mailing_settings');

-- Every answer that was given to a mail about to be sent. Append-only; an allowed one is the leave to hand it in, and
-- what the limits count: several of one mail (a server that takes it at the second attempt) count once.

CREATE TABLE mail_verdict (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    mail_id uuid NOT NULL,
    mailbox_id uuid NOT NULL,
    user_id uuid NOT NULL,
    person_id uuid NOT NULL,
    lead_id uuid,
    address text NOT NULL,
    domain text NOT NULL,
    is_automatic boolean NOT NULL,
    is_transactional boolean NOT NULL,                -- about what was agreed with its reader; sells nothing
    is_allowed boolean NOT NULL,
    refusals jsonb NOT NULL,                          -- code, why, source, until of each
    until timestamptz,                                -- not before; NULL: allowed, or not by waiting
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('mail_verdict');
CREATE INDEX mail_verdict_mailbox ON mail_verdict (organisation_id, mailbox_id, at) INCLUDE (mail_id) WHERE is_allowed;
CREATE INDEX mail_verdict_domain ON mail_verdict (organisation_id, domain, at) INCLUDE (mail_id) WHERE is_allowed;
CREATE INDEX mail_verdict_person ON mail_verdict (organisation_id, person_id, at, id);
CREATE INDEX mail_verdict_newest ON mail_verdict (organisation_id, at, id);

-- "Addresses that begin so."
CREATE INDEX mail_suppression_address ON mail_suppression (organisation_id, address COLLATE "C");

-- A mailbox that has sent enough for now: its automatic mails wait until then, without each being asked about.

ALTER TABLE mailbox ADD COLUMN paced_until timestamptz, ADD COLUMN paced_because text NOT NULL DEFAULT '';

ALTER TABLE mail_message
    ADD COLUMN is_automatic boolean NOT NULL DEFAULT false,   -- sent by a plan, not by somebody's hand
    ADD COLUMN is_transactional boolean NOT NULL DEFAULT false,
    ADD COLUMN language text NOT NULL DEFAULT 'en',           -- of its footer and of the page it leads to
    ADD COLUMN has_way_out boolean NOT NULL DEFAULT false,    -- List-Unsubscribe, as it was sent
    ADD COLUMN footer text,                                   -- as it was sent; NULL: none
    ADD COLUMN tracks_opens boolean NOT NULL DEFAULT false,   -- as it was sent
    ADD COLUMN tracks_clicks boolean NOT NULL DEFAULT false,
    ADD COLUMN opened_at timestamptz,                         -- first, by a person as far as can be told
    ADD COLUMN clicked_at timestamptz,
    ADD COLUMN unsubscribed_at timestamptz;

-- What was seen of a mail: one row for each thing that happened, however often. No address and no program of the
-- reader is kept.

CREATE TABLE mail_seen (
    organisation_id uuid NOT NULL,
    mail_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('opened', 'clicked')),
    url text NOT NULL,                                -- clicked; '' for opened
    by_machine boolean NOT NULL,
    because text NOT NULL,                            -- why a machine is supposed; '' for persons
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    times int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, mail_id, kind, by_machine, url)
);
SELECT guard('mail_seen');
