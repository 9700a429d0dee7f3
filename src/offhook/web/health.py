"""Whether the server is alive, and whether it is ready: for load balancers and `offhook doctor`.

Neither asks for a token, and neither tells anything of an organisation.
"""

from typing import Literal

import psycopg
from fastapi import APIRouter, Request
from pydantic import BaseModel

from offhook.kernel.database import Database
from offhook.kernel.errors import Unavailable

router = APIRouter(tags=["health"])

PATIENCE = 2.0
"""Seconds to wait for a connection."""


class Health(BaseModel):
    """All is well; otherwise the answer is a problem."""

    status: Literal["ok"] = "ok"


@router.get("/healthz", summary="Alive")
def alive() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz", summary="Ready")
def ready(request: Request) -> Health:
    """The database answers too; 503 while it does not."""
    database: Database = request.app.state.database
    try:
        with database.pool.connection(timeout=PATIENCE) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        raise Unavailable("The database does not answer.") from error
    return Health()
