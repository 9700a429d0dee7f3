"""From response to hand-off: campaigns, responses, leads and all that happens to them on the way to SQL."""
