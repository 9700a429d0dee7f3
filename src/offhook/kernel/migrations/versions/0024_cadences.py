"""Cadences, their editions, who is in them, and what became of each step."""

from offhook.kernel.migrate import run_sql_beside

revision = "0024_cadences"
down_revision = "0023_calendar"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
