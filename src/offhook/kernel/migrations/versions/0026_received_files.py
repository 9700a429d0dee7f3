"""Files of mails that came in, whose bytes are in the object store."""

from offhook.kernel.migrate import run_sql_beside

revision = "0026_received_files"
down_revision = "0025_oauth"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
