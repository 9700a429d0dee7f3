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
    PRIMARY KEY (organisation_id, counter, day, team_id, user_id, campaign_id, bucket)
);
SELECT guard('kpi_count');
