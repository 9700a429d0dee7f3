"""Goals and KPI counts."""

from offhook.kernel.migrate import run_sql_beside

revision = "0008_goals"
down_revision = "0007_intake"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
