-- What screens ask of imports and hand-offs, without reading all rows of a run or all leads of a campaign.

-- Rows of which something could not be used; NULL: the run began before they were counted.
ALTER TABLE import_run ADD COLUMN rows_with_errors int;

-- The report of errors reads only these.
CREATE INDEX intake_record_wrong ON intake_record (organisation_id, source_id, row_number) WHERE errors IS NOT NULL;

-- How long the meeting of a hand-off is, so that the AE is not booked twice.
ALTER TABLE hand_off ADD COLUMN meeting_minutes int NOT NULL DEFAULT 30 CHECK (meeting_minutes > 0);
