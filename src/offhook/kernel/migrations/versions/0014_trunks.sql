-- Where calls leave and arrive. Few rows each; routing reads all trunks of an organisation at once.

CREATE TABLE trunk (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    name text NOT NULL,
    host text NOT NULL,                               -- where requests are sent first
    port int NOT NULL CHECK (port BETWEEN 1 AND 65535),
    transport text NOT NULL CHECK (transport IN ('udp', 'tcp')),
    domain text,                                      -- what From, To and the request's address say; NULL: the host
    username text,
    password text,                                    -- sealed
    registers boolean NOT NULL,
    asserts_identity boolean NOT NULL,                -- sends P-Asserted-Identity
    region text NOT NULL,                             -- ISO 3166-1 alpha-2: how it writes national numbers
    sends_from text[] NOT NULL,                       -- addresses and networks its calls come from
    rates jsonb NOT NULL,                             -- list of {prefix, cost_per_minute, priority}
    is_active boolean NOT NULL,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('trunk');
CREATE UNIQUE INDEX trunk_name ON trunk (organisation_id, lower(name));

CREATE TABLE extension (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    number text NOT NULL,                             -- two to six digits
    user_id uuid NOT NULL,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user
);
SELECT guard('extension');
CREATE UNIQUE INDEX extension_number ON extension (organisation_id, number);

CREATE TABLE phone_number (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    number text NOT NULL,                             -- E.164
    label text NOT NULL,
    trunk_id uuid,                                    -- by which its calls arrive
    user_id uuid,                                     -- whom it rings: one of the three, or nobody
    extension_id uuid,
    team_id uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    CHECK (num_nonnulls(user_id, extension_id, team_id) <= 1),
    FOREIGN KEY (organisation_id, trunk_id) REFERENCES trunk,
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user,
    FOREIGN KEY (organisation_id, extension_id) REFERENCES extension,
    FOREIGN KEY (organisation_id, team_id) REFERENCES team
);
SELECT guard('phone_number');
CREATE UNIQUE INDEX phone_number_number ON phone_number (organisation_id, number);

-- How one user calls (user_id), and what holds for the organisation as a whole.

CREATE TABLE user_calling (
    organisation_id uuid NOT NULL REFERENCES organisation,
    user_id uuid NOT NULL,
    caller_preference text NOT NULL CHECK (caller_preference IN ('organisation', 'local', 'fixed')),
    number_id uuid,                                   -- the user's number, shown when fixed or when none is local
    ring_seconds int NOT NULL CHECK (ring_seconds > 0),
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, user_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user,
    FOREIGN KEY (organisation_id, number_id) REFERENCES phone_number ON DELETE SET NULL (number_id)
);
SELECT guard('user_calling');

CREATE TABLE organisation_calling (
    organisation_id uuid NOT NULL PRIMARY KEY REFERENCES organisation,
    default_number_id uuid,
    emergency_trunk_id uuid,
    version int NOT NULL DEFAULT 1,
    FOREIGN KEY (organisation_id, default_number_id) REFERENCES phone_number
        ON DELETE SET NULL (default_number_id),
    FOREIGN KEY (organisation_id, emergency_trunk_id) REFERENCES trunk
);
SELECT guard('organisation_calling');
