"""Users' calendars elsewhere: connected, read every few minutes, and written to when a meeting is booked.

`source.py` is what every kind of calendar can do; `caldav.py` and `feed.py` do it. Nothing else knows the kinds.
"""
