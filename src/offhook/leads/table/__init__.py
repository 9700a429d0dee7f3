"""The table of leads: filtered, sorted, counted and exported by the server, however many there are.

Filter and sort are plain data (`model.py`), so that pages, counts, exports and bulk assignment mean the same by
them.
"""
