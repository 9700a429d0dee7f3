-- Signing in on screen: sessions, second factors, links of entry (invitations and resets), failed attempts.

-- A session is shown as a cookie; we keep the SHA-256 of its random secret, as of a token's.

CREATE TABLE session (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    waits_for_factor boolean NOT NULL,                -- the password was right, the second factor is still to come
    challenge text,                                   -- that a passkey is to sign now
    agent text NOT NULL DEFAULT '',                   -- the browser, as it calls itself
    address text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,                     -- kept to five minutes
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user ON DELETE CASCADE
);
SELECT guard('session');
CREATE INDEX session_of_user ON session (organisation_id, user_id, expires_at);

-- As shown_token: takes the transaction into the organisation and tells what to check the session by.

CREATE FUNCTION shown_session(organisation uuid, session_id uuid)
    RETURNS TABLE (secret_hash bytea, waits_for_factor boolean, challenge text, seen_at timestamptz,
        expires_at timestamptz, ended_at timestamptz, user_id uuid, role text, team_id uuid, is_active boolean)
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('offhook.organisation_id', organisation::text, true);
    RETURN QUERY SELECT s.secret_hash, s.waits_for_factor, s.challenge, s.seen_at, s.expires_at, s.ended_at,
            u.id, u.role, u.team_id, u.is_active
        FROM session s JOIN app_user u ON u.id = s.user_id WHERE s.id = session_id;
END $$;

-- Whoever signs in says their address, not their organisation.

CREATE POLICY found_across ON app_user FOR SELECT
    USING (current_setting('offhook.across_organisations', true) = 'on');
CREATE INDEX app_user_address ON app_user (email);

-- Second factors.

CREATE TABLE authenticator (                          -- time-based one-time passwords (RFC 6238)
    organisation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    secret text NOT NULL,                             -- sealed
    confirmed_at timestamptz,                         -- NULL: begun, not yet in force
    last_step bigint NOT NULL DEFAULT 0,              -- a code is good once
    PRIMARY KEY (organisation_id, user_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user ON DELETE CASCADE
);
SELECT guard('authenticator');

CREATE TABLE passkey (                                -- WebAuthn level 2
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user ON DELETE CASCADE
);
SELECT guard('passkey');
CREATE UNIQUE INDEX passkey_credential ON passkey (organisation_id, credential_id);

CREATE TABLE recovery_code (                          -- for whoever lost the second factor; good once
    organisation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    PRIMARY KEY (organisation_id, user_id, code_hash),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user ON DELETE CASCADE
);
SELECT guard('recovery_code');

-- Links by which somebody sets a password: when they are invited, or have lost theirs. Good once.

CREATE TABLE entry_link (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    secret_hash bytea NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,                              -- or taken back
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user ON DELETE CASCADE
);
SELECT guard('entry_link');
CREATE INDEX entry_link_of_user ON entry_link (organisation_id, user_id) WHERE used_at IS NULL;

-- Attempts at signing in that failed, by user: what slows down whoever tries passwords.

CREATE TABLE failed_sign_in (
    organisation_id uuid NOT NULL,
    user_id uuid NOT NULL,
    at timestamptz NOT NULL,
    address text NOT NULL,
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user ON DELETE CASCADE
);
SELECT guard('failed_sign_in');
CREATE INDEX failed_sign_in_of_user ON failed_sign_in (organisation_id, user_id, at);
