-- What a user lets us do at a provider. Tokens are sealed; `lapsed_at`: since then the user must sign in again.

CREATE TABLE oauth_grant (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    provider text NOT NULL CHECK (provider IN ('google', 'microsoft')),
    purpose text NOT NULL CHECK (purpose IN ('mail', 'calendar')),
    subject text NOT NULL,                            -- the provider's own fixed name of the account
    address text NOT NULL,
    username text NOT NULL,                           -- by which the account signs in at the provider's servers
    scopes text[] NOT NULL,
    access_token text NOT NULL,                       -- sealed
    refresh_token text NOT NULL,                      -- sealed
    expires_at timestamptz NOT NULL,
    refresh_at timestamptz NOT NULL,                  -- when the access token is renewed
    lapsed_at timestamptz,                            -- NULL: it holds
    problem text NOT NULL DEFAULT '',
    failures int NOT NULL DEFAULT 0,                  -- in a row
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES app_user
);
SELECT guard('oauth_grant');
CREATE UNIQUE INDEX oauth_grant_of_account ON oauth_grant (organisation_id, user_id, provider, purpose, subject);
CREATE INDEX oauth_grant_due ON oauth_grant (organisation_id, refresh_at) WHERE lapsed_at IS NULL;

-- A mailbox or calendar has a password, or the address of a feed, or what its user granted.

ALTER TABLE mailbox
    ADD COLUMN grant_id uuid,
    ADD CONSTRAINT mailbox_login CHECK ((password = '') = (grant_id IS NOT NULL)),
    ADD FOREIGN KEY (organisation_id, grant_id) REFERENCES oauth_grant;

ALTER TABLE calendar_connection
    ADD COLUMN grant_id uuid,
    ADD CONSTRAINT calendar_connection_login CHECK ((secret = '') = (grant_id IS NOT NULL)),
    ADD FOREIGN KEY (organisation_id, grant_id) REFERENCES oauth_grant;
