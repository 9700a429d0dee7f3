"""The product's consumers of events, in one list: what the relay runs and what a rebuild knows.

A slice offers its consumers in its `jobs.py`; a new one is added here (ARCHITECTURE.md, "Where to put a new …").
"""
