-- Webhooks by the Standard Webhooks specification: who wants which events, and each delivery of one.

CREATE TABLE webhook_endpoint (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    url text NOT NULL,
    kinds text[] NOT NULL,                            -- event kinds; 'lead.*' and '*' allowed
    secret text NOT NULL,                             -- encrypted; shown once as whsec_…
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('webhook_endpoint');

CREATE TABLE webhook_delivery (
    organisation_id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    position bigint NOT NULL,                         -- of the event
    event_id uuid NOT NULL,
    subject text NOT NULL,
    body jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts int NOT NULL DEFAULT 0,
    try_at timestamptz NOT NULL,
    last_status int,
    last_error text,
    ended_at timestamptz,
    PRIMARY KEY (organisation_id, endpoint_id, position)
);
SELECT guard('webhook_delivery');
CREATE INDEX webhook_delivery_due ON webhook_delivery (organisation_id, try_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_order ON webhook_delivery (organisation_id, endpoint_id, subject, position)
    WHERE state = 'waiting';
