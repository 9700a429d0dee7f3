"""People: accounts, persons, contact points, merges."""

from offhook.kernel.migrate import run_sql_beside

revision = "0004_people"
down_revision = "0003_webhooks"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
