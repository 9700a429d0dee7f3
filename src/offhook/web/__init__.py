"""Puts the slices together: one API application, one list of the events' consumers, one server.

No rule of the field lives here; what a route does is its slice's business, what all routes have in common
(errors, limits, headers, description) is this package's.
"""
