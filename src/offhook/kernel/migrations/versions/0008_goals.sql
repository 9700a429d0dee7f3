-- Goals, and the counts that KPIs are made of. Counts are derived from events and can be rebuilt from them.

CREATE TABLE goal (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    counter text NOT NULL,                            -- what is counted: sals, sqls, dials, conversations, …
    period text NOT NULL CHECK (period IN ('day', 'week', 'month')),
    target int NOT NULL CHECK (target > 0),
    team_id uuid,                                     -- exactly one of team and user
    user_id uuid,
    starts_on date NOT NULL,
    ends_on date,                                     -- last day, NULL: until changed
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (organisation_id, id),
    CHECK (num_nonnulls(team_id, user_id) = 1)
);
SELECT guard('goal');

-- One row per counter, day (cut in the team's zone), team, user and campaign. bucket splits a distribution
-- (attempts to contact, minutes to first attempt) into its values, for medians; 0 for plain counters.
-- Absent ids are the nil UUID, so that the primary key can hold them.

CREATE TABLE kpi_count (
    organisation_id uuid NOT NULL,
    counter text NOT NULL,
    day date NOT NULL,
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    bucket int NOT NULL DEFAULT 0,
    count bigint NOT NULL,
    PRIMARY KEY (organisation_id, user_id, day, counter, campaign_id, team_id, bucket)
);
SELECT guard('kpi_count');
CREATE INDEX kpi_count_of_campaign ON kpi_count (organisation_id, campaign_id, day);

-- The same counts summed over spans of 1, 4, 16, 64 and 256 days, of each rep, of each campaign and of all, so
-- that a question over any days reads a handful of rows of each (goals/spans.py says what lies at which place).

CREATE TABLE kpi_span (
    organisation_id uuid NOT NULL,
    of text NOT NULL CHECK (of IN ('rep', 'campaign', 'all')),
    days int NOT NULL,
    first_day date NOT NULL,
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    counts bigint[] NOT NULL,
    blocks int[] NOT NULL,
    spreads int[] NOT NULL,
    PRIMARY KEY (organisation_id, of, days, first_day, user_id, team_id, campaign_id)
);
SELECT guard('kpi_span');
-- Read place by place: unpacking a whole array for each place would cost more than the room saved is worth.
ALTER TABLE kpi_span ALTER counts SET STORAGE PLAIN, ALTER blocks SET STORAGE PLAIN, ALTER spreads SET STORAGE PLAIN;
