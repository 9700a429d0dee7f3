"""Kernel: the guard, the outbox, idempotency keys, job tables."""

from offhook.kernel.migrate import install_job_tables, run_sql_beside

revision = "0001_kernel"
down_revision = None


def upgrade() -> None:
    """Run the SQL file of the same name, then the job queue's own schema."""
    run_sql_beside(__file__)
    install_job_tables()
