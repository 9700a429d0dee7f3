"""Meetings: booked once, kept in step with their hand-off and their host's calendar, told to the person by mail.

`model.py` says what one is, `itip.py` how it is told; a use case is a module. What goes out (mails, entries in
calendars) is state in a table first, so that it goes once, whatever crashes.
"""
