-- A variant that is taken out of its template stays, retired: mails name it. Its wording counts from `worded_at`.

ALTER TABLE mail_template_variant ADD COLUMN retired_at timestamptz;
ALTER TABLE mail_template_variant ADD COLUMN worded_at timestamptz;
UPDATE mail_template_variant v SET worded_at = t.changed_at FROM mail_template t
    WHERE (t.organisation_id, t.id) = (v.organisation_id, v.template_id);
ALTER TABLE mail_template_variant ALTER COLUMN worded_at SET NOT NULL;
ALTER TABLE mail_template_variant
    DROP CONSTRAINT mail_template_variant_organisation_id_template_id_position_key;
CREATE INDEX mail_template_variant_of ON mail_template_variant (organisation_id, template_id, position);

-- What a mail was made from; no foreign keys, as in all tables that are written often.

ALTER TABLE mail_message ADD COLUMN template_id uuid;
ALTER TABLE mail_message ADD COLUMN variant_id uuid;
ALTER TABLE mail_message ADD COLUMN is_edited boolean NOT NULL DEFAULT false;  -- by its user, after rendering
CREATE INDEX mail_message_of_template ON mail_message (organisation_id, template_id, variant_id, id)
    WHERE template_id IS NOT NULL;
CREATE INDEX mail_message_templates_of_user ON mail_message (organisation_id, user_id, id)
    WHERE template_id IS NOT NULL;
