"""The queue reads its buckets by what a lead's reasons come to, not by its score alone."""

from offhook.kernel.migrate import run_sql_beside

revision = "0016_queue"
down_revision = "0015_calls"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
