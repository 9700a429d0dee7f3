-- Webhooks by the Standard Webhooks specification: who wants which events, and each delivery of one.

CREATE TABLE webhook_endpoint (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    url text NOT NULL,
    description text NOT NULL,
    kinds text[] NOT NULL,                            -- event kinds; 'lead.*' and '*' allowed
    secret text NOT NULL,                             -- encrypted; shown once as whsec_…
    previous_secret text,                             -- likewise; signs too until …
    previous_secret_until timestamptz,                -- … then, so that a receiver can change over
    is_active boolean NOT NULL DEFAULT true,
    inactive_because text,                            -- set when the sender deactivated it
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('webhook_endpoint');

-- What a message tells is read from the event when it is sent; here stands only how far it has come.

CREATE TABLE webhook_delivery (
    organisation_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    position bigint NOT NULL,                         -- of the event
    event_id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts int NOT NULL DEFAULT 0,                  -- begun since it was put in line
    try_at timestamptz NOT NULL,
    leased_until timestamptz,                         -- a sender has it in hand; after that it is lost and sent again
    last_status int,
    last_error text,
    last_attempt_at timestamptz,
    ended_at timestamptz,
    PRIMARY KEY (organisation_id, endpoint_id, position)
);
SELECT guard('webhook_delivery');
CREATE INDEX webhook_delivery_due ON webhook_delivery (organisation_id, endpoint_id, try_at, position)
    WHERE state = 'waiting';
CREATE INDEX webhook_delivery_order ON webhook_delivery (organisation_id, endpoint_id, subject, position)
    WHERE state = 'waiting';
CREATE INDEX webhook_delivery_dead ON webhook_delivery (organisation_id, endpoint_id, position)
    WHERE state = 'dead';
