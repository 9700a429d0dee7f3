"""Compliance: calling settings, do-not-call lists, the log of verdicts."""

from offhook.kernel.migrate import run_sql_beside

revision = "0013_compliance"
down_revision = "0012_previews"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
