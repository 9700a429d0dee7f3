"""What screens ask of imports, hand-offs and campaigns."""

from offhook.kernel.migrate import run_sql_beside

revision = "0012_previews"
down_revision = "0011_lists"


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
