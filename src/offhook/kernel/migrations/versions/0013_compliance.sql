-- May we call? An organisation's own limits, the numbers not to be called, and what was answered each time.

CREATE TABLE calling_settings (
    organisation_id uuid PRIMARY KEY REFERENCES organisation,
    countries text[] NOT NULL,                        -- besides the home country; ISO 3166-1
    attempts_per_day int NOT NULL CHECK (attempts_per_day > 0),
    attempts_per_week int NOT NULL CHECK (attempts_per_week > 0),
    calls_per_minute_of_user int NOT NULL CHECK (calls_per_minute_of_user > 0),
    calls_per_minute int NOT NULL CHECK (calls_per_minute > 0),
    abroad_calls_per_day int NOT NULL CHECK (abroad_calls_per_day > 0),
    abroad_minutes_per_day int NOT NULL CHECK (abroad_minutes_per_day > 0),
    opens time, closes time,                          -- NULL: as the rules say
    days int[] NOT NULL,                              -- Monday is 0
    recording text NOT NULL CHECK (recording IN ('by_law', 'announce', 'never')),
    announcement text NOT NULL,                       -- empty: our own words
    own_regions text[] NOT NULL,                      -- where the callers sit; ISO 3166
    businesses_as_consumers boolean NOT NULL,
    unknown_are_businesses boolean NOT NULL,
    emergency_calls boolean NOT NULL,
    version int NOT NULL
);
SELECT guard('calling_settings');

-- The organisation's own list. It keeps numbers, not persons: it holds whoever answers there.

CREATE TABLE dnc_number (
    organisation_id uuid NOT NULL,
    number bigint NOT NULL,                           -- E.164 without the plus
    reason text NOT NULL,
    source text NOT NULL CHECK (source IN ('by_hand', 'disposition', 'import')),
    added_at timestamptz NOT NULL,
    added_by text NOT NULL,                           -- as events name actors
    person_id uuid,                                   -- who asked, if known
    activity_id uuid,                                 -- the call in which they did
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, number)
);
SELECT guard('dnc_number');
CREATE INDEX dnc_number_newest ON dnc_number (organisation_id, added_at, number);

-- Lists of others (national and state registries), imported as a whole or by what changed. They hold until they expire.

CREATE TABLE dnc_list (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    numbers bigint NOT NULL,
    imported_at timestamptz NOT NULL,
    imported_by text NOT NULL,
    expires_at timestamptz,                           -- NULL: never
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('dnc_list');
CREATE UNIQUE INDEX dnc_list_name ON dnc_list (organisation_id, lower(name));

-- Millions of rows: no foreign key, nothing besides the one question asked of it.

CREATE TABLE dnc_list_number (
    organisation_id uuid NOT NULL,
    number bigint NOT NULL,
    list_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, number, list_id)
);
SELECT guard('dnc_list_number');
-- "All of one list", to replace or remove it.
CREATE INDEX dnc_list_number_list ON dnc_list_number (organisation_id, list_id);

-- Every answer to "may we call?" that was asked in order to call. Append-only; an allowed one is the permit of that id.

CREATE TABLE contact_verdict (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    number text NOT NULL,                             -- as understood: E.164
    person_id uuid,
    lead_id uuid,
    user_id uuid,                                     -- who wanted to call
    purpose text NOT NULL,
    is_allowed boolean NOT NULL,
    is_abroad boolean NOT NULL,
    recording text NOT NULL,
    refusals jsonb NOT NULL,                          -- code, why, source, until of each
    override_reason text,                             -- why hours and caps were lifted, and
    lifted jsonb NOT NULL,                            -- which refusals that took away
    until timestamptz,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('contact_verdict');
CREATE INDEX contact_verdict_at ON contact_verdict (organisation_id, at) INCLUDE (user_id, is_abroad) WHERE is_allowed;
CREATE INDEX contact_verdict_number ON contact_verdict (organisation_id, number, at);
CREATE INDEX contact_verdict_person ON contact_verdict (organisation_id, person_id, at) WHERE person_id IS NOT NULL;
CREATE INDEX contact_verdict_newest ON contact_verdict (organisation_id, at, id);
