-- Calls: the record of each, kept up while it lasts, so that whatever dies nothing of it is lost.

CREATE TABLE call (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    direction text NOT NULL CHECK (direction IN ('outbound', 'inbound')),
    status text NOT NULL CHECK (status IN ('dialing', 'ringing', 'talking', 'message', 'ended')),
    owner_id uuid,                                    -- whose call it is; NULL: nobody has taken it
    person_id uuid,                                   -- NULL: a caller nobody knows
    account_id uuid,
    lead_id uuid,
    number text,                                      -- the person's, E.164; NULL: withheld
    own_number text,                                  -- ours: shown to the person, or the one that was called
    trunk_id uuid,
    permit_id uuid,                                   -- what let it be placed (compliance)
    opened_at timestamptz NOT NULL,
    rang_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    cause text,                                       -- why it ended, in our words
    code int,                                         -- and the SIP code of a refusal
    heard text CHECK (heard IN ('human', 'machine')), -- who answered, by the sound
    message_left boolean NOT NULL DEFAULT false,      -- our recorded message is at the person's voicemail
    is_message boolean NOT NULL DEFAULT false,        -- the caller left us a message
    quality jsonb,                                    -- loss, jitter, MOS of the person's leg
    exchange_id uuid,                                 -- the running process that has it; another one ends what it left
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('call');
CREATE INDEX call_of_person ON call (organisation_id, person_id, opened_at DESC) WHERE person_id IS NOT NULL;
CREATE INDEX call_of_lead ON call (organisation_id, lead_id, opened_at DESC) WHERE lead_id IS NOT NULL;
CREATE INDEX call_of_owner ON call (organisation_id, owner_id, opened_at DESC);
CREATE INDEX call_open ON call (organisation_id, opened_at) WHERE ended_at IS NULL;
CREATE INDEX call_message ON call (organisation_id, owner_id, opened_at DESC) WHERE is_message;

-- One user's part in a call: what they note and log of it. Whatever they do not log, a job logs as suggested.
CREATE TABLE call_part (
    organisation_id uuid NOT NULL,
    call_id uuid NOT NULL,
    user_id uuid NOT NULL,
    part text NOT NULL CHECK (part IN ('owner', 'colleague')),
    began_at timestamptz NOT NULL,
    talked_at timestamptz,                            -- since when they talked with the person
    ended_at timestamptz,
    seconds int NOT NULL DEFAULT 0,                   -- of talk with the person
    notes text NOT NULL DEFAULT '',
    suggested text,                                   -- disposition, from what happened
    activity_id uuid,                                 -- the entry in the record
    PRIMARY KEY (organisation_id, call_id, user_id)
);
SELECT guard('call_part');
CREATE INDEX call_part_unlogged ON call_part (organisation_id, user_id, ended_at) WHERE activity_id IS NULL;

-- Running phone legs of running calls: what is needed to end them from another process. Gone when they are.
CREATE TABLE call_leg (
    organisation_id uuid NOT NULL,
    call_id uuid NOT NULL,
    leg text NOT NULL,
    dialog jsonb NOT NULL,
    PRIMARY KEY (organisation_id, call_id, leg)
);
SELECT guard('call_leg');

-- Pieces of speech as the engine writes them; a recording is made of them when the call is over.
CREATE TABLE recording_piece (
    organisation_id uuid NOT NULL,
    call_id uuid NOT NULL,
    stem text NOT NULL,                               -- of the engine's file, in the installation's folder
    is_outside boolean NOT NULL,                      -- the person's channel
    began_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, call_id, stem)
);
SELECT guard('recording_piece');

CREATE TABLE recording (
    organisation_id uuid NOT NULL,
    call_id uuid NOT NULL,
    object text,                                      -- its key in the store of sound; NULL: nothing could be made
    failure text,                                     -- why not
    seconds real NOT NULL,
    bytes bigint NOT NULL,
    began_at timestamptz NOT NULL,
    made_at timestamptz NOT NULL,
    wave jsonb NOT NULL,                              -- peaks of both channels
    silences jsonb NOT NULL,                          -- spans in which nobody speaks, in seconds
    PRIMARY KEY (organisation_id, call_id)
);
SELECT guard('recording');
