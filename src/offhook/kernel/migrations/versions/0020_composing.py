"""What a mail was made from, and what templates said before."""

from offhook.kernel.migrate import run_sql_beside

revision = "0020_composing"
down_revision = "0019_mail"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
