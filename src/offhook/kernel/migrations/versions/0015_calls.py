"""Calls, who took part in them, their legs, and what was recorded."""

from offhook.kernel.migrate import run_sql_beside

revision = "0015_calls"
down_revision = "0014_trunks"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
