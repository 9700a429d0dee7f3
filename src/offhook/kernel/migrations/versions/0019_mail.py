"""Mailboxes, the ledger of mails sent from them, and addresses that must not be mailed."""

from offhook.kernel.migrate import run_sql_beside

revision = "0019_mail"
down_revision = "0018_mail_templates"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
