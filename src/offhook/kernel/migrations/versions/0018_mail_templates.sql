-- What mails are made of. Some hundreds an organisation: read by name, searched by a look at all of them.

CREATE TABLE mail_template (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'snippet')),
    name text NOT NULL,
    folder text NOT NULL,                             -- '': in none
    owner_id uuid NOT NULL,                           -- who made it; unless shared they alone see it
    is_shared boolean NOT NULL,
    is_archived boolean NOT NULL DEFAULT false,
    sort_name text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, owner_id) REFERENCES app_user
);
SELECT guard('mail_template');
CREATE UNIQUE INDEX mail_template_shared_name ON mail_template (organisation_id, kind, sort_name)
    WHERE is_shared AND NOT is_archived;
CREATE UNIQUE INDEX mail_template_own_name ON mail_template (organisation_id, owner_id, kind, sort_name)
    WHERE NOT is_shared AND NOT is_archived;

-- What a template says: one text, or several of which each is sent as often as its weight among them.

CREATE TABLE mail_template_variant (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    template_id uuid NOT NULL,
    position smallint NOT NULL,
    name text NOT NULL,
    weight smallint NOT NULL CHECK (weight BETWEEN 0 AND 100),
    subject text NOT NULL,                            -- '': a snippet's
    body text NOT NULL,
    PRIMARY KEY (organisation_id, id),
    UNIQUE (organisation_id, template_id, position),
    FOREIGN KEY (organisation_id, template_id) REFERENCES mail_template ON DELETE CASCADE
);
SELECT guard('mail_template_variant');
