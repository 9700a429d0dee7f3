"""Merging two records into one, and undoing it: `rules` decides, `service` is what users do, `store` the SQL."""
