-- The guard. Every table with organisation_id is passed to guard(); its rows are then seen and written only in
-- a transaction that says which organisation it belongs to. FORCE holds table owners too; superusers step down
-- to offhook_app (kernel/database.py), which kernel/migrate.py looks after.

CREATE FUNCTION current_organisation() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('offhook.organisation_id', true), '')::uuid;

CREATE FUNCTION guard(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY own_organisation ON %s '
        'USING (organisation_id = (SELECT current_organisation())) '
        'WITH CHECK (organisation_id = (SELECT current_organisation()))', guarded);
    EXECUTE format('ALTER TABLE %s ALTER organisation_id SET DEFAULT current_organisation()', guarded);
END $$;

-- Organisations: the one table that the relay and the sign-in may list across organisations.

CREATE TABLE organisation (
    organisation_id uuid PRIMARY KEY,
    name text NOT NULL,
    slug text NOT NULL UNIQUE,
    time_zone text NOT NULL,          -- IANA name; the zone of everything that has none of its own
    region text NOT NULL,             -- ISO 3166-1 alpha-2; how national phone numbers are read
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);
SELECT guard('organisation');
CREATE POLICY listed_across ON organisation
    USING (current_setting('offhook.across_organisations', true) = 'on')
    WITH CHECK (current_setting('offhook.across_organisations', true) = 'on');

-- History tables are partitioned by month; a partition is made before the first row that needs it.
-- ATTACH takes only SHARE UPDATE EXCLUSIVE on the parent, so reading and writing go on meanwhile.

CREATE FUNCTION ensure_month(history regclass, month date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first_day date := date_trunc('month', month);
    partition text := history::text || to_char(first_day, '_YYYY_MM');
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext(history::text));
    IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', partition, history);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', history, partition,
        first_day::text || ' 00:00+00', (first_day + interval '1 month')::date::text || ' 00:00+00');
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'offhook_app') THEN
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO offhook_app', partition);
    END IF;
END $$;

-- The outbox. Theory: kernel/events.py.

CREATE SEQUENCE event_position;

CREATE TABLE event (
    organisation_id uuid NOT NULL,
    position bigint NOT NULL DEFAULT nextval('event_position'),
    id uuid NOT NULL,
    kind text NOT NULL,
    version smallint NOT NULL,
    subject text NOT NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL,           -- when it happened
    recorded_at timestamptz NOT NULL,  -- when we learned of it
    actor text NOT NULL,
    cause uuid,
    PRIMARY KEY (organisation_id, position, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX event_by_subject ON event (organisation_id, subject, position);
SELECT guard('event');

-- The lock's number carries a mark in its upper 16 bits and the position in the lower 48;
-- pg_locks shows the two 32-bit halves as classid and objid.

CREATE FUNCTION announce_events() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock_shared((x'0ff4'::bigint << 48) | nextval('event_position'))
$$;

CREATE FUNCTION wake_consumers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('offhook_event', current_organisation()::text);
    RETURN NULL;
END $$;
CREATE TRIGGER event_appended AFTER INSERT ON event FOR EACH STATEMENT EXECUTE FUNCTION wake_consumers();

CREATE FUNCTION event_horizon() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    reached bigint;
    announced bigint;
BEGIN
    SELECT last_value INTO reached FROM event_position;
    SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) INTO announced FROM pg_locks
        WHERE locktype = 'advisory' AND classid::bigint >> 16 = x'0ff4'::bigint AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    RETURN least(reached, announced - 1);
END $$;

-- Consumers of the outbox: how far each has come, and what it could not digest.

CREATE TABLE event_cursor (
    organisation_id uuid NOT NULL,
    consumer text NOT NULL,
    position bigint NOT NULL,
    attempts int NOT NULL DEFAULT 0,       -- failures in a row at this position
    retry_at timestamptz,                  -- not before
    last_error text,
    PRIMARY KEY (organisation_id, consumer)
);
SELECT guard('event_cursor');

CREATE TABLE dead_letter (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    consumer text NOT NULL,
    position bigint NOT NULL,
    event_id uuid NOT NULL,
    subject text NOT NULL,
    error text NOT NULL,
    failed_at timestamptz NOT NULL,
    replayed_at timestamptz,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('dead_letter');
CREATE INDEX dead_letter_waiting ON dead_letter (organisation_id, consumer, position) WHERE replayed_at IS NULL;

-- Answers of POST requests that carried an Idempotency-Key, replayed to whoever repeats the request.

CREATE TABLE idempotency_key (
    organisation_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint,
    body bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, key)
);
SELECT guard('idempotency_key');
CREATE INDEX idempotency_key_age ON idempotency_key (organisation_id, created_at);
