-- Who works here. "user" is a reserved word in SQL, hence app_user.

CREATE TABLE team (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    name text NOT NULL,
    time_zone text NOT NULL,                          -- KPI days, weeks and months are cut here
    manager_id uuid,                                  -- escalations go there
    minimum_talk_seconds int NOT NULL DEFAULT 30,     -- a connect of at least this is a conversation
    sal_counts_at text NOT NULL DEFAULT 'hand_off' CHECK (sal_counts_at IN ('hand_off', 'acceptance')),
    engaged_people int NOT NULL DEFAULT 2,            -- k of the KPI "penetration"
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('team');
CREATE UNIQUE INDEX team_name ON team (organisation_id, lower(name));

CREATE TABLE app_user (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    email text NOT NULL,                              -- lower case
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('rep', 'ae', 'demand_generation', 'manager', 'admin')),
    team_id uuid,
    time_zone text NOT NULL,
    routing_weight int NOT NULL DEFAULT 1 CHECK (routing_weight >= 0),  -- share in the weighted round robin
    capacity int CHECK (capacity >= 0),               -- most open leads (AE: undecided hand-offs); NULL: no limit
    is_active boolean NOT NULL DEFAULT true,
    password_hash text,                               -- argon2id
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES team
);
SELECT guard('app_user');
CREATE UNIQUE INDEX app_user_email ON app_user (organisation_id, email);

CREATE TABLE absence (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user ON DELETE CASCADE
);
SELECT guard('absence');
CREATE INDEX absence_of_user ON absence (organisation_id, user_id, ends_at);

-- A token is shown once; we keep its SHA-256 (it is random, so a slow hash would add nothing).

CREATE TABLE api_token (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    user_id uuid NOT NULL,                            -- whose rights it carries, narrowed by scopes
    secret_hash bytea NOT NULL,
    scopes text[] NOT NULL,                           -- permissions; '*' for all of the user's
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,                         -- kept to the hour
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user ON DELETE CASCADE
);
SELECT guard('api_token');

-- Takes the transaction into the organisation that a token claims to be of, and tells what to check it by, in one
-- round trip, as every request over HTTP begins with it. Row-level security holds inside.

CREATE FUNCTION shown_token(organisation uuid, token uuid)
    RETURNS TABLE (secret_hash bytea, scopes text[], expires_at timestamptz, revoked_at timestamptz,
        last_used_at timestamptz, user_id uuid, role text, team_id uuid, is_active boolean)
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('offhook.organisation_id', organisation::text, true);
    RETURN QUERY SELECT t.secret_hash, t.scopes, t.expires_at, t.revoked_at, t.last_used_at,
            u.id, u.role, u.team_id, u.is_active
        FROM api_token t JOIN app_user u ON u.id = t.user_id WHERE t.id = token;
END $$;

-- Working time of a team or of the organisation (team_id NULL): week is a list of seven lists of
-- ["09:00", "17:30"] pairs, Monday first.

CREATE TABLE business_hours (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    team_id uuid,
    time_zone text NOT NULL,
    week jsonb NOT NULL,
    holidays date[] NOT NULL DEFAULT '{}',
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, team_id) REFERENCES team ON DELETE CASCADE
);
SELECT guard('business_hours');
CREATE UNIQUE INDEX business_hours_team ON business_hours
    (organisation_id, coalesce(team_id, '00000000-0000-0000-0000-000000000000'));
