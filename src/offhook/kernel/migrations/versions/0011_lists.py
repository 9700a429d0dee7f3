"""Lists: saved views, preferences of users, and what the table of leads runs along."""

from offhook.kernel.migrate import run_sql_beside

revision = "0011_lists"
down_revision = "0009_sessions"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
