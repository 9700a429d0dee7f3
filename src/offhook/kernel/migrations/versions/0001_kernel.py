"""Kernel: the guard, the outbox, its consumers, idempotency keys."""

from offhook.kernel.migrate import run_sql_beside

revision = "0001_kernel"
down_revision = None


def upgrade() -> None:
    """Run the SQL file of the same name."""
    run_sql_beside(__file__)
