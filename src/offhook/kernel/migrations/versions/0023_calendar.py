"""Connected calendars, busy times, booking pages, meetings and the mails about them."""

from offhook.kernel.migrate import run_sql_beside

revision = "0023_calendar"
down_revision = "0022_deliverability"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
