"""Activities: the append-only record."""

from offhook.kernel.migrate import run_sql_beside

revision = "0005_activities"
down_revision = "0004_people"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
