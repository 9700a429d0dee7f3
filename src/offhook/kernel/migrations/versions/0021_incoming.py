"""Mail that comes in: how far each inbox has been read, what was kept, and the conversations it belongs to."""

from offhook.kernel.migrate import run_sql_beside

revision = "0021_incoming"
down_revision = "0020_composing"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
