"""Sign-ins at providers, and the mailboxes and calendars that are reached by them."""

from offhook.kernel.migrate import run_sql_beside

revision = "0025_oauth"
down_revision = "0024_cadences"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
