"""How an organisation mails, what was answered to each mail, and what became of it at its reader's."""

from offhook.kernel.migrate import run_sql_beside

revision = "0022_deliverability"
down_revision = "0021_incoming"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
