-- Campaigns, responses, leads and what happens to them on the way to SQL.

CREATE TABLE campaign (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL DEFAULT 'other',               -- webinar, trade_show, content, search, social, email, other
    starts_on date, ends_on date,
    default_region text,                              -- how national phone numbers of its responders are read
    responders_are_mql boolean NOT NULL DEFAULT false,-- marketing has qualified them: no threshold
    attributes jsonb NOT NULL DEFAULT '{}',
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('campaign');
CREATE UNIQUE INDEX campaign_name ON campaign (organisation_id, lower(name));

CREATE TABLE response (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    person_id uuid NOT NULL,
    lead_id uuid NOT NULL,                            -- the qualification pass it opened or fed
    responded_at timestamptz NOT NULL,
    source text,                                      -- channel: organic_search, referral, …
    content text,                                     -- what was answered: the asset, page, session
    attributes jsonb NOT NULL DEFAULT '{}',
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, person_id, campaign_id) -- nobody responds to a campaign twice
);
SELECT guard('response');
-- One person responds to one campaign once (Salesforce: CampaignMember).
CREATE INDEX response_of_campaign ON response (organisation_id, campaign_id, responded_at);
CREATE INDEX response_of_lead ON response (organisation_id, lead_id);

CREATE TABLE lead (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    account_id uuid,
    campaign_id uuid,                                 -- of the response that opened it; NULL: outbound
    stage text NOT NULL CHECK (stage IN
        ('inquiry', 'mql', 'working', 'sal', 'sql', 'recycled', 'disqualified')),
    is_open boolean NOT NULL GENERATED ALWAYS AS (stage IN ('inquiry', 'mql', 'working', 'sal')) STORED,
    owner_id uuid,                                    -- the rep who works it
    team_id uuid,                                     -- whose pool it is in when owner_id is NULL
    ae_id uuid,                                       -- who received it
    score real NOT NULL DEFAULT 0,
    fit real NOT NULL DEFAULT 0,
    engagement real NOT NULL DEFAULT 0,               -- as of scored_at; decays (scoring.py)
    scored_at timestamptz NOT NULL,
    score_reasons jsonb NOT NULL DEFAULT '[]',
    opened_at timestamptz NOT NULL,                   -- first response, or when the rep opened it
    mql_at timestamptz,
    assigned_at timestamptz,
    first_attempt_at timestamptz,
    last_attempt_at timestamptz,
    conversed_at timestamptz,                         -- first conversation
    attempts int NOT NULL DEFAULT 0,
    attempts_to_contact int,                          -- attempts when conversed_at was set
    next_touch_at timestamptz,                        -- call back, due step; not offered before
    next_touch_because text CHECK (next_touch_because IN ('call_back', 'follow_up', 'returned', 'snoozed')),
    sal_at timestamptz,
    sql_at timestamptz,
    closed_at timestamptz,                            -- recycled or disqualified
    close_reason text,
    recycle_until date,                               -- when a recycled one comes back
    verdict text NOT NULL DEFAULT 'open' CHECK (verdict IN ('in', 'out', 'open')),
    criteria_id uuid,                                 -- the version it is judged by, kept from the first answer
    time_zone text NOT NULL,                          -- the person's, for the calling window
    due_at timestamptz,                               -- earliest running SLA limit
    claimed_by uuid,                                  -- holds it on screen now
    claimed_until timestamptz,
    -- What the queue's indexes run along. Columns, as COALESCE is not leakproof: under row-level security an index on
    -- the expression would never be used.
    desk_id uuid NOT NULL GENERATED ALWAYS AS
        (coalesce(owner_id, team_id, '00000000-0000-0000-0000-000000000000')) STORED,
    pressing_at timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(due_at, mql_at, opened_at)) STORED,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('lead');
-- A person has at most one open lead.
CREATE UNIQUE INDEX lead_open_of_person ON lead (organisation_id, person_id) WHERE is_open;
CREATE INDEX lead_of_person ON lead (organisation_id, person_id, opened_at);
CREATE INDEX lead_of_account ON lead (organisation_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX lead_recycled ON lead (organisation_id, recycle_until) WHERE stage = 'recycled';

-- The work queue (leads/queue). A lead lies on the desk of its owner, else of the team whose pool it is in, else on
-- nobody's (the nil id). Each bucket of a desk and zone is read from one end: untouched ones by promise or age and
-- by score, touched ones by when the next touch is due.
CREATE INDEX lead_queue_promise ON lead (organisation_id, desk_id, time_zone, pressing_at)
    WHERE stage IN ('mql', 'working') AND next_touch_at IS NULL;
CREATE INDEX lead_queue_score ON lead (organisation_id, desk_id, time_zone, score)
    WHERE stage IN ('mql', 'working') AND next_touch_at IS NULL;
CREATE INDEX lead_queue_touch ON lead (organisation_id, desk_id, time_zone, next_touch_at)
    WHERE stage IN ('mql', 'working') AND next_touch_at IS NOT NULL;
CREATE INDEX lead_claimed ON lead (organisation_id, claimed_by) WHERE claimed_by IS NOT NULL;

-- Which rep (or, between reps, which team's pool) a lead went to and why. Append-only; the last row holds.

CREATE TABLE assignment (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    user_id uuid,
    team_id uuid,
    at timestamptz NOT NULL,
    because text NOT NULL,                            -- named_account, territory, round_robin, manual, sla, import, pool
    explanation jsonb NOT NULL,                       -- "why me?" (routing.py)
    PRIMARY KEY (organisation_id, lead_id, at, id)
);
SELECT guard('assignment');

-- Territory rules, tried by position; conditions in the rule language of leads/conditions.py.

CREATE TABLE routing_rule (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    purpose text NOT NULL DEFAULT 'rep' CHECK (purpose IN ('rep', 'ae')),
    position int NOT NULL,
    name text NOT NULL,
    conditions jsonb NOT NULL,
    team_id uuid,                                     -- exactly one of team and user
    user_id uuid,
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, id),
    CHECK (num_nonnulls(team_id, user_id) = 1)
);
SELECT guard('routing_rule');

-- The weighted round robin's memory (smooth weighted round robin): credit of each member in each pool.

CREATE TABLE rotation (
    organisation_id uuid NOT NULL,
    pool text NOT NULL,                               -- "rep:<team>" or "ae:<team>"
    user_id uuid NOT NULL,
    credit bigint NOT NULL DEFAULT 0,
    assigned bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (organisation_id, pool, user_id)
);
SELECT guard('rotation');

CREATE TABLE scoring_model (
    organisation_id uuid NOT NULL,
    version int NOT NULL,
    mql_threshold real NOT NULL,
    half_life_days real NOT NULL,                     -- of engagement
    rules jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (organisation_id, version)
);
SELECT guard('scoring_model');

CREATE TABLE sla_policy (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    promise text NOT NULL CHECK (promise IN ('first_attempt', 'hand_off_decision')),
    minutes int NOT NULL CHECK (minutes > 0),         -- business minutes until the limit
    warn_minutes int NOT NULL,                        -- business minutes until the warning
    reassign_minutes int,                             -- business minutes until it goes to another; NULL: never
    team_id uuid,                                     -- NULL: all teams
    is_active boolean NOT NULL DEFAULT true,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, id),
    CHECK (warn_minutes < minutes AND (reassign_minutes IS NULL OR reassign_minutes >= minutes))
);
SELECT guard('sla_policy');

CREATE TABLE sla_timer (
    organisation_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    promise text NOT NULL,
    started_at timestamptz NOT NULL,
    policy_id uuid NOT NULL,
    hand_off_id uuid,
    warn_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    reassign_at timestamptz,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'warned', 'breached', 'reassigned', 'met', 'cancelled')),
    check_at timestamptz,                             -- next moment something changes; NULL: nothing more will
    ended_at timestamptz,
    PRIMARY KEY (organisation_id, lead_id, promise, started_at)
);
SELECT guard('sla_timer');
CREATE INDEX sla_timer_due ON sla_timer (organisation_id, check_at) WHERE check_at IS NOT NULL;
CREATE INDEX sla_timer_open ON sla_timer (organisation_id, due_at, lead_id)
    WHERE ended_at IS NULL AND state IN ('warned', 'breached');

-- Qualification: criteria are editions that never change once published.

CREATE TABLE criteria (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    edition int NOT NULL,                             -- 1, 2, … of those agreed under this name
    framework text NOT NULL,                          -- BANT, CHAMP, MEDDICC, own
    questions jsonb NOT NULL,                         -- with minimum_points (qualification/model.py: Agreement)
    status text NOT NULL CHECK (status IN ('draft', 'published', 'retired')),
    agreed_with text NOT NULL DEFAULT '',             -- who in sales agreed
    version int NOT NULL DEFAULT 1,                   -- of the draft
    created_at timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('criteria');
CREATE UNIQUE INDEX criteria_edition ON criteria (organisation_id, lower(name), edition);
CREATE UNIQUE INDEX criteria_in_force ON criteria (organisation_id) WHERE status = 'published';

CREATE TABLE answer (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    criteria_id uuid NOT NULL,
    question text NOT NULL,
    value jsonb NOT NULL,
    activity_id uuid,                                 -- the evidence: which activity said so
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    user_id uuid,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('answer');
CREATE INDEX answer_of_lead ON answer (organisation_id, lead_id, at);

CREATE TABLE hand_off (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    rep_id uuid,
    rep_team_id uuid,
    ae_id uuid NOT NULL,
    mode text NOT NULL CHECK (mode IN ('live', 'scheduled')),
    meeting_at timestamptz,
    meeting_outcome text CHECK (meeting_outcome IN ('held', 'no_show', 'cancelled')),
    briefing jsonb NOT NULL,
    explanation jsonb NOT NULL,                       -- why this AE
    status text NOT NULL DEFAULT 'offered' CHECK (status IN ('offered', 'accepted', 'rejected', 'confirmed', 'withdrawn')),
    reason text,
    is_first boolean NOT NULL,                        -- the lead's first: the one that counts as SAL
    at timestamptz NOT NULL,
    accepted_at timestamptz,                          -- kept when it is rejected after all
    decided_at timestamptz,
    confirmed_at timestamptz,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, id),
    CHECK (mode = 'live' OR meeting_at IS NOT NULL)
);
SELECT guard('hand_off');
CREATE INDEX hand_off_of_lead ON hand_off (organisation_id, lead_id, at);
CREATE INDEX hand_off_of_ae ON hand_off (organisation_id, ae_id, status, at);
CREATE INDEX hand_off_meeting ON hand_off (organisation_id, ae_id, meeting_at) WHERE meeting_at IS NOT NULL;

CREATE TABLE named_list (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    team_id uuid,                                     -- exactly one of team and user is told to open them
    user_id uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    CHECK (num_nonnulls(team_id, user_id) = 1)
);
SELECT guard('named_list');
CREATE UNIQUE INDEX named_list_name ON named_list (organisation_id, lower(name));

CREATE TABLE named_account (
    organisation_id uuid NOT NULL,
    account_id uuid NOT NULL,                         -- an account is on one list at a time
    list_id uuid NOT NULL,
    added_at timestamptz NOT NULL,
    through_id uuid,                                  -- the absorbed account whose place it takes since a merge
    PRIMARY KEY (organisation_id, account_id),
    FOREIGN KEY (organisation_id, list_id) REFERENCES named_list ON DELETE CASCADE
);
SELECT guard('named_account');
CREATE INDEX named_account_of_list ON named_account (organisation_id, list_id);

-- What followed whom when two persons or accounts were merged, so that undoing the merge brings it back.

CREATE TABLE merge_move (
    organisation_id uuid NOT NULL,
    merge_id uuid NOT NULL,
    what text NOT NULL CHECK (what IN ('lead', 'closed_lead', 'response', 'account_of_lead')),
    id uuid NOT NULL,                                 -- of the lead or response; closed_lead: one too many
    PRIMARY KEY (organisation_id, merge_id, what, id)
);
SELECT guard('merge_move');
