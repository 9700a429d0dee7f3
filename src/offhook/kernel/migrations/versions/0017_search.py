"""Finding persons and accounts by any word of their names, and persons by how their address begins."""

from offhook.kernel.migrate import run_sql_beside

revision = "0017_search"
down_revision = "0016_queue"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
