"""Templates and snippets of mails."""

from offhook.kernel.migrate import run_sql_beside

revision = "0018_mail_templates"
down_revision = "0017_search"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
