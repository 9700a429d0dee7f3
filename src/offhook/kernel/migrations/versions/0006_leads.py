"""Leads: campaigns, responses, routing, SLA, qualification, hand-offs, named accounts."""

from offhook.kernel.migrate import run_sql_beside

revision = "0006_leads"
down_revision = "0005_activities"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
