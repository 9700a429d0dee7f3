-- The one append-only record of what was done with a person. A mistake is corrected by a later row that names
-- the one it corrects; readers take the last.

CREATE TABLE activity (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,                          -- when it was done
    recorded_at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('call', 'email', 'meeting', 'chat', 'sms', 'social', 'note')),
    direction text NOT NULL CHECK (direction IN ('outbound', 'inbound', 'internal')),
    person_id uuid NOT NULL,
    account_id uuid,
    lead_id uuid,
    user_id uuid,                                     -- who did it
    team_id uuid,                                     -- their team then
    disposition text,                                 -- how it ended, in the rep's words (activities/model.py)
    is_connect boolean NOT NULL DEFAULT false,        -- a human answered
    is_conversation boolean NOT NULL DEFAULT false,   -- with the intended person, of the minimum talk time
    seconds int,                                      -- talk time, length of a meeting
    subject text NOT NULL DEFAULT '',
    body text NOT NULL DEFAULT '',
    corrects uuid,                                    -- the activity this one replaces
    external_key text,                                -- the engine's own id, so that it is recorded once
    data jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (organisation_id, id, at)
) PARTITION BY RANGE (at);
SELECT guard('activity');
CREATE INDEX activity_of_person ON activity (organisation_id, person_id, at DESC);
CREATE INDEX activity_of_lead ON activity (organisation_id, lead_id, at DESC) WHERE lead_id IS NOT NULL;
CREATE INDEX activity_of_user ON activity (organisation_id, user_id, at DESC);

-- Holds engines' keys across partitions, where a unique index cannot.

CREATE TABLE activity_key (
    organisation_id uuid NOT NULL,
    external_key text NOT NULL,
    activity_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, external_key)
);
SELECT guard('activity_key');
