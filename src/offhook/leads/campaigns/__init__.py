"""Campaigns: what people respond to."""
