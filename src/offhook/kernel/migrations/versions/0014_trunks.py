"""Trunks, the numbers that are called and shown, extensions, and how everybody calls."""

from offhook.kernel.migrate import run_sql_beside

revision = "0014_trunks"
down_revision = "0013_compliance"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
