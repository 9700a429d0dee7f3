-- A touch may be planned by a cadence, which says what is to be done.

ALTER TABLE lead ADD COLUMN next_touch_note text;
ALTER TABLE lead DROP CONSTRAINT lead_next_touch_because_check;
ALTER TABLE lead ADD CONSTRAINT lead_next_touch_because_check
    CHECK (next_touch_because IN ('call_back', 'follow_up', 'returned', 'snoozed', 'replied', 'cadence'));

-- A cadence and its draft. `edition`: the number of the latest published one, 0 before the first.

CREATE TABLE cadence (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    draft jsonb NOT NULL,                             -- steps and ends_on (cadences/plans.py)
    edition int NOT NULL DEFAULT 0,
    runs_beside boolean NOT NULL DEFAULT false,       -- persons may be in it while in another
    is_archived boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('cadence');
CREATE UNIQUE INDEX cadence_name ON cadence (organisation_id, lower(name)) WHERE NOT is_archived;

-- What was published never changes: who is enrolled goes on by what they began with.

CREATE TABLE cadence_edition (
    organisation_id uuid NOT NULL REFERENCES organisation,
    cadence_id uuid NOT NULL,
    number int NOT NULL,
    plan jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    published_by uuid,
    PRIMARY KEY (organisation_id, cadence_id, number),
    FOREIGN KEY (organisation_id, cadence_id) REFERENCES cadence
);
SELECT guard('cadence_edition');

CREATE FUNCTION refuse_to_change_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published edition of a cadence never changes';
END $$;
CREATE TRIGGER cadence_edition_never_changes BEFORE UPDATE ON cadence_edition
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_edition();

-- Campaigns whose responders are enrolled when they become MQLs; each into one cadence.

CREATE TABLE cadence_campaign (
    organisation_id uuid NOT NULL REFERENCES organisation,
    campaign_id uuid NOT NULL,
    cadence_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, campaign_id),
    FOREIGN KEY (organisation_id, cadence_id) REFERENCES cadence
);
SELECT guard('cadence_campaign');
CREATE INDEX cadence_campaign_of ON cadence_campaign (organisation_id, cadence_id);

-- One lead in one cadence (cadences/model.py). No foreign keys, as in all tables that are written often.

CREATE TABLE cadence_enrolment (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    cadence_id uuid NOT NULL,
    edition int NOT NULL,
    lead_id uuid NOT NULL,
    person_id uuid NOT NULL,
    user_id uuid,                                     -- who enrolled it; NULL: a campaign's rule
    is_beside boolean NOT NULL,                       -- as its cadence was then
    phase text NOT NULL CHECK (phase IN ('waiting', 'sending', 'task', 'trouble', 'finished')),
    step int NOT NULL CHECK (step >= 1),
    due_at timestamptz,
    is_paused boolean NOT NULL DEFAULT false,
    mail_id uuid,                                     -- of the present step
    problem_code text NOT NULL DEFAULT '',
    problem text NOT NULL DEFAULT '',
    because text CHECK (because IN ('completed', 'reply', 'meeting', 'hand_off', 'unsubscribed', 'bounced',
        'closed', 'branch', 'merged', 'by_hand')),
    replied_at timestamptz,
    opened_at timestamptz,
    clicked_at timestamptz,
    met_at timestamptz,
    disposition text,                                 -- of the last touch by hand
    enrolled_at timestamptz NOT NULL,
    finished_at timestamptz,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, id),
    CHECK ((phase = 'finished') = (because IS NOT NULL)),
    CHECK (phase <> 'waiting' OR due_at IS NOT NULL)
);
SELECT guard('cadence_enrolment');
-- What the scheduler looks along: nothing that waits for later, or for somebody, costs it anything.
CREATE INDEX cadence_enrolment_due ON cadence_enrolment (organisation_id, due_at, id)
    WHERE phase = 'waiting' AND NOT is_paused;
-- A person is in one cadence at a time, and in none twice, whoever enrols them at once.
CREATE UNIQUE INDEX cadence_enrolment_alone ON cadence_enrolment (organisation_id, person_id)
    WHERE phase <> 'finished' AND NOT is_beside;
CREATE UNIQUE INDEX cadence_enrolment_once ON cadence_enrolment (organisation_id, person_id, cadence_id)
    WHERE phase <> 'finished';
CREATE INDEX cadence_enrolment_of_person ON cadence_enrolment (organisation_id, person_id, id);
CREATE INDEX cadence_enrolment_of_lead ON cadence_enrolment (organisation_id, lead_id, id);
CREATE INDEX cadence_enrolment_of_cadence ON cadence_enrolment (organisation_id, cadence_id, id);
CREATE INDEX cadence_enrolment_troubled ON cadence_enrolment (organisation_id, cadence_id, id)
    WHERE phase = 'trouble';

-- The ledger of steps: what an enrolment has come to at each, once. Its key is why a step is done once.

CREATE TABLE cadence_step (
    organisation_id uuid NOT NULL,
    enrolment_id uuid NOT NULL,
    step int NOT NULL,
    cadence_id uuid NOT NULL,
    edition int NOT NULL,
    kind text NOT NULL,
    begun_at timestamptz NOT NULL,
    closed_at timestamptz,
    outcome text CHECK (outcome IN ('done', 'skipped', 'branched', 'cancelled')),
    disposition text,
    mail_id uuid,
    opened_at timestamptz,
    clicked_at timestamptz,
    replied_at timestamptz,                           -- this was the last step done before the person replied
    PRIMARY KEY (organisation_id, enrolment_id, step)
);
SELECT guard('cadence_step');
CREATE UNIQUE INDEX cadence_step_mail ON cadence_step (organisation_id, mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX cadence_step_of_cadence ON cadence_step (organisation_id, cadence_id, edition, step);

-- Many are enrolled in a run, which goes on where it stood when a process dies.

CREATE TABLE cadence_run (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    cadence_id uuid NOT NULL,
    user_id uuid,                                     -- who asked; NULL: a campaign's rule, or the system
    status text NOT NULL CHECK (status IN ('running', 'done', 'failed')),
    total int NOT NULL,
    enrolled int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    error text,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, cadence_id) REFERENCES cadence
);
SELECT guard('cadence_run');
CREATE INDEX cadence_run_of_cadence ON cadence_run (organisation_id, cadence_id, id);
CREATE INDEX cadence_run_running ON cadence_run (organisation_id, id) WHERE status = 'running';

CREATE TABLE cadence_run_lead (
    organisation_id uuid NOT NULL,
    run_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    refusal text,                                     -- a code; '' once enrolled; NULL: not come to yet
    told text NOT NULL DEFAULT '',
    PRIMARY KEY (organisation_id, run_id, lead_id)
);
SELECT guard('cadence_run_lead');
CREATE INDEX cadence_run_lead_left ON cadence_run_lead (organisation_id, run_id, lead_id) WHERE refusal IS NULL;
