"""Webhooks: endpoints and deliveries."""

from offhook.kernel.migrate import run_sql_beside

revision = "0003_webhooks"
down_revision = "0002_identity"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
