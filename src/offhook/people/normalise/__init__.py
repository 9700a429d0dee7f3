"""From received text to values one can compare: phones, e-mails, names, companies, places, zones, dates.

`understand` does a whole record; the readers of single values are in the modules named by topic. Everything here
is pure and runs without a network.
"""

from offhook.people.normalise.record import KNOWN_FIELDS, understand

__all__ = ["KNOWN_FIELDS", "understand"]
