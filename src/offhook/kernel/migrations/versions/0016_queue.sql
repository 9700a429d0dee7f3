-- What of a lead's points does not change with the clock (leads/queue/ranking.py; a test keeps the two in step): what
-- the queue's indexes run along. By the score alone, a lead that the AE gave back, or a good one among many due
-- touches, stood in the middle of its bucket, where no look at either end finds it.
ALTER TABLE lead ADD COLUMN standing float8 NOT NULL GENERATED ALWAYS AS (
    score
    + CASE verdict WHEN 'in' THEN 400 WHEN 'out' THEN -100 ELSE 0 END
    + CASE next_touch_because WHEN 'returned' THEN 1000 WHEN 'call_back' THEN 250 ELSE 60 END
    - 6 * least(attempts, 8)
) STORED;

DROP INDEX lead_queue_score;
CREATE INDEX lead_queue_standing ON lead (organisation_id, desk_id, time_zone, standing)
    WHERE stage IN ('mql', 'working') AND next_touch_at IS NULL;
CREATE INDEX lead_queue_touch_standing ON lead (organisation_id, desk_id, time_zone, standing)
    WHERE stage IN ('mql', 'working') AND next_touch_at IS NOT NULL;
