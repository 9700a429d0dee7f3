"""Identity: teams, users, absences, tokens, business hours."""

from offhook.kernel.migrate import run_sql_beside

revision = "0002_identity"
down_revision = "0001_kernel"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
