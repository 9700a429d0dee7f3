"""Sessions: signing in with password and second factor, links of entry, failed attempts."""

from offhook.kernel.migrate import run_sql_beside

revision = "0009_sessions"
down_revision = "0008_goals"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
