-- How responses came in: files, forms, webhooks, API batches. What was received is kept verbatim.

CREATE TABLE import_run (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    file_name text NOT NULL,
    file_path text NOT NULL,                          -- relative to the data folder
    file_sha256 bytea NOT NULL,
    mapping jsonb NOT NULL,                           -- column -> field, "attribute" or "ignore"
    options jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled')),
    rows_total int,
    rows_done int NOT NULL DEFAULT 0,                 -- where a resumed run goes on
    imported int NOT NULL DEFAULT 0,
    merged int NOT NULL DEFAULT 0,
    rejected int NOT NULL DEFAULT 0,
    error text,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    actor text NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('import_run');
CREATE INDEX import_run_of_file ON import_run (organisation_id, campaign_id, file_sha256);

-- One row per row received, by whichever way. source_id: import run, form, inbound hook, or API batch.

CREATE TABLE intake_record (
    organisation_id uuid NOT NULL,
    source_id uuid NOT NULL,
    row_number bigint NOT NULL,                       -- as a person would count it in the file; else a sequence
    received text NOT NULL,                           -- JSON, byte for byte as understood from the file
    outcome text NOT NULL CHECK (outcome IN ('imported', 'merged', 'rejected')),
    person_id uuid,
    errors jsonb,                                     -- [{column, value, reason}]
    received_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, source_id, row_number)
);
SELECT guard('intake_record');
CREATE INDEX intake_record_of_person ON intake_record (organisation_id, person_id) WHERE person_id IS NOT NULL;

-- Mappings a person corrected, remembered by the set of headers.

CREATE TABLE column_mapping (
    organisation_id uuid NOT NULL,
    headers_hash bytea NOT NULL,
    mapping jsonb NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, headers_hash)
);
SELECT guard('column_mapping');

CREATE TABLE form (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,                                 -- also its public address, with the organisation's id
    name text NOT NULL,
    campaign_id uuid NOT NULL,
    fields jsonb NOT NULL,
    consent_wording text NOT NULL DEFAULT '',
    thanks text NOT NULL DEFAULT '',
    allowed_origins text[] NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('form');

CREATE TABLE inbound_hook (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    campaign_id uuid NOT NULL,
    secret text NOT NULL,                             -- encrypted; Standard Webhooks signature
    mapping jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('inbound_hook');

-- Webhook messages already taken (their `webhook-id`), so that a repeated one changes nothing.

CREATE TABLE inbound_message (
    organisation_id uuid NOT NULL,
    hook_id uuid NOT NULL,
    message_id text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, hook_id, message_id)
);
SELECT guard('inbound_message');

-- What a person agreed to, when, how and in which words.

CREATE TABLE consent_record (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    purpose text NOT NULL,                            -- contact
    wording text NOT NULL,
    obtained_by text NOT NULL,                        -- form:<id>
    obtained_at timestamptz NOT NULL,
    evidence jsonb NOT NULL,                          -- address of the page, form version, client address
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('consent_record');
CREATE INDEX consent_of_person ON consent_record (organisation_id, person_id, obtained_at);
