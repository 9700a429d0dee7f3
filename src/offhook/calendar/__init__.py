"""Meetings: whose time is free, how it is booked, and that everybody's calendar says the same.

Users connect their calendars (CalDAV, ICS feeds); persons book on public pages, reps book an AE's time with the
hand-off. A meeting is booked once, whatever happens at once, is written to its host's calendar, and is told to the
person by iCalendar mail (iTIP), who may move it or call it off.
"""
