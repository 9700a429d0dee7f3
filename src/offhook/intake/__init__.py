"""Intake: how responders come in, by file, form, inbound webhook and API.

It understands what was received, keeps it verbatim, and hands it on: persons to `people`, responses to `leads`,
in one transaction with its own position, so that a crash neither loses nor doubles a row.
"""

from offhook.intake import visitors
from offhook.intake.model import ImportOptions, ImportRun, Outcome, RowError
from offhook.intake.receive import Taken
from offhook.intake.responding import receive_answers
from offhook.intake.run import Report, import_file, rehearse_file

__all__ = [
    "ImportOptions",
    "ImportRun",
    "Outcome",
    "Report",
    "RowError",
    "Taken",
    "import_file",
    "receive_answers",
    "rehearse_file",
    "visitors",
]
