"""Intake: how responders come in, by file, form, inbound webhook and API.

It understands what was received, keeps it verbatim, and hands it on: persons to `people`, responses to `leads`,
in one transaction with its own position, so that a crash neither loses nor doubles a row.
"""

from offhook.intake.model import ImportOptions, ImportRun, Outcome, RowError
from offhook.intake.run import Report, import_file, rehearse_file

__all__ = ["ImportOptions", "ImportRun", "Outcome", "Report", "RowError", "import_file", "rehearse_file"]
