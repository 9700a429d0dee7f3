-- Accounts and persons. Rows are written by the thousand during an import, so the hot tables carry no foreign
-- keys (each would cost a look-up a row); `offhook doctor` checks what they would have held.

CREATE TABLE account (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    domain text,                                      -- registrable domain, ASCII, lower case
    phone text,                                       -- E.164
    street text, city text, postal_code text, region text,
    country text,                                     -- ISO 3166-1 alpha-2
    industry text,
    employees int,
    attributes jsonb NOT NULL DEFAULT '{}',           -- columns that mapped to nothing known
    variants jsonb NOT NULL DEFAULT '[]',             -- what records about the same said otherwise, for matching
    sort_name text COLLATE "C" GENERATED ALWAYS AS (lower(name)) STORED,
    merged_into uuid,                                 -- set: this row was absorbed, read the living survivor
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('account');
CREATE INDEX account_domain ON account (organisation_id, domain) WHERE domain IS NOT NULL;
CREATE INDEX account_name ON account (organisation_id, sort_name, id) WHERE merged_into IS NULL;

CREATE TABLE person (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    account_id uuid,
    first_name text, last_name text,
    full_name text,                                   -- as shown; NULL when only an external id is known
    title text,
    company_name text,                                -- as received, whatever account it led to
    street text, city text, postal_code text, region text,
    country text,                                     -- ISO 3166-1 alpha-2
    born_on date,
    time_zone text,                                   -- IANA name, worked out from phone, region, country
    language text,                                    -- BCP 47
    domain text, industry text, employees int,        -- of their company, as received
    do_not_call boolean NOT NULL DEFAULT false,
    do_not_email boolean NOT NULL DEFAULT false,
    attributes jsonb NOT NULL DEFAULT '{}',
    variants jsonb NOT NULL DEFAULT '[]',             -- what records about the same said otherwise, for matching
    -- "last first", lower case: what a search by the beginning of a name runs along
    sort_name text COLLATE "C" GENERATED ALWAYS AS
        (lower(ltrim(coalesce(last_name, '') || ' ' || coalesce(first_name, '')))) STORED,
    merged_into uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('person');
CREATE INDEX person_name ON person (organisation_id, sort_name, id) WHERE merged_into IS NULL;
CREATE INDEX person_of_account ON person (organisation_id, account_id) WHERE account_id IS NOT NULL;

-- How a person can be known or reached. kind: email, phone, external_id. One switchboard number or info@
-- address may be several people's, so the value alone is not unique.

CREATE TABLE contact_point (
    organisation_id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,                              -- lower-case address, E.164, or "source:id"
    label text NOT NULL DEFAULT '',                   -- work, mobile, …; as received
    extension text NOT NULL DEFAULT '',               -- what to dial after a phone number
    is_primary boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, person_id, kind, value)
);
SELECT guard('contact_point');
CREATE INDEX contact_point_value ON contact_point (organisation_id, kind, value);

-- Blocking for identity resolution: records that share a key are compared. kind: person, account. The keys of an
-- absorbed record stay: they lead through merged_into to the survivor, which was known by them too.

CREATE TABLE match_key (
    organisation_id uuid NOT NULL,
    kind text NOT NULL,
    key bigint NOT NULL,                              -- 64-bit hash of the key's name and value
    record_id uuid NOT NULL
);
SELECT guard('match_key');
-- No more than what is looked for: a unique index over all of it would be twice the size, for the largest table.
CREATE INDEX match_key_key ON match_key (organisation_id, key);

CREATE TABLE merge (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person', 'account')),
    survivor_id uuid NOT NULL,
    absorbed_id uuid NOT NULL,
    score double precision NOT NULL,                              -- probability that the two are one
    explanation jsonb NOT NULL,                       -- which fields spoke for it, by how much
    before jsonb NOT NULL,                            -- what undo puts back
    merged_at timestamptz NOT NULL,
    merged_by text NOT NULL,
    undone_at timestamptz,
    undone_by text,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('merge');
CREATE INDEX merge_of_record ON merge (organisation_id, absorbed_id);
CREATE INDEX merge_into_record ON merge (organisation_id, survivor_id);

CREATE TABLE match_review (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person', 'account')),
    left_id uuid NOT NULL,
    right_id uuid NOT NULL,
    score double precision NOT NULL,                              -- probability that the two are one
    explanation jsonb NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'merged', 'distinct')),
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text,
    PRIMARY KEY (organisation_id, id),
    CHECK (left_id < right_id)
);
SELECT guard('match_review');
CREATE UNIQUE INDEX match_review_pair ON match_review (organisation_id, kind, left_id, right_id);
CREATE INDEX match_review_right ON match_review (organisation_id, kind, right_id);
CREATE INDEX match_review_status ON match_review (organisation_id, status, id);
CREATE INDEX match_review_likeliest ON match_review (organisation_id, score DESC, id) WHERE status = 'open';
