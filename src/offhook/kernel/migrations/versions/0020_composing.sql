-- A variant that is taken out of its template stays, retired: mails name it. Its wording counts from `worded_at`.

ALTER TABLE mail_template_variant ADD COLUMN retired_at timestamptz;
ALTER TABLE mail_template_variant ADD COLUMN worded_at timestamptz;
UPDATE mail_template_variant v SET worded_at = coalesce(
    (SELECT t.changed_at FROM mail_template t WHERE (t.organisation_id, t.id) = (v.organisation_id, v.template_id)),
    now());
ALTER TABLE mail_template_variant ALTER COLUMN worded_at SET NOT NULL;
ALTER TABLE mail_template_variant
    DROP CONSTRAINT mail_template_variant_organisation_id_template_id_position_key;
CREATE INDEX mail_template_variant_of ON mail_template_variant (organisation_id, template_id, position);

-- What stands below each mail that is written in a mailbox: light Markdown, '' for nothing.

ALTER TABLE mailbox ADD COLUMN signature text NOT NULL DEFAULT '';

-- What a mail was made from; no foreign keys, as in all tables that are written often.

ALTER TABLE mail_message ADD COLUMN template_id uuid;
ALTER TABLE mail_message ADD COLUMN variant_id uuid;
ALTER TABLE mail_message ADD COLUMN is_edited boolean NOT NULL DEFAULT false;  -- by its user, after rendering
CREATE INDEX mail_message_of_template ON mail_message (organisation_id, template_id, variant_id, id)
    WHERE template_id IS NOT NULL;
CREATE INDEX mail_message_templates_of_user ON mail_message (organisation_id, user_id, id)
    WHERE template_id IS NOT NULL;

-- Files that users have sent in, whose bytes are in the object store, and the mails that they go with.

CREATE TABLE mail_attachment (
    organisation_id uuid NOT NULL REFERENCES organisation,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size int NOT NULL CHECK (size > 0),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
SELECT guard('mail_attachment');
CREATE INDEX mail_attachment_age ON mail_attachment (organisation_id, created_at);

CREATE TABLE mail_enclosure (
    organisation_id uuid NOT NULL REFERENCES organisation,
    mail_id uuid NOT NULL,
    position smallint NOT NULL,
    attachment_id uuid NOT NULL,
    PRIMARY KEY (organisation_id, mail_id, position)
);
SELECT guard('mail_enclosure');
CREATE INDEX mail_enclosure_of ON mail_enclosure (organisation_id, attachment_id);

-- What became of a mail after it was sent, each the first time: told by events, and made anew from them if need be.

CREATE TABLE mail_outcome (
    organisation_id uuid NOT NULL REFERENCES organisation,
    mail_id uuid NOT NULL,
    replied_at timestamptz,
    opened_at timestamptz,
    clicked_at timestamptz,
    bounced_at timestamptz,                           -- for good
    PRIMARY KEY (organisation_id, mail_id)
);
SELECT guard('mail_outcome');
