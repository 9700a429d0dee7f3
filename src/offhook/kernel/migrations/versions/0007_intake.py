"""Intake: runs, received rows, forms, inbound webhooks, consent."""

from offhook.kernel.migrate import run_sql_beside

revision = "0007_intake"
down_revision = "0006_leads"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
