"""Hears at once where events are written: PostgreSQL's LISTEN on the channel that the table `event` tells on.

What is heard only wakes. Nothing may rest on it, as a notice is lost while the connection is; so whoever listens
also looks by itself every now and then.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from time import monotonic
from uuid import UUID

import psycopg

WAKE_SECONDS = 0.25
"""How soon a wait heeds that it is to end."""


class Ear:
    """A connection that listens. Get it from `listening`."""

    def __init__(self, connection: psycopg.Connection, stopping: threading.Event) -> None:
        """`stopping` ends every wait."""
        self._connection = connection
        self._stopping = stopping

    def is_alone(self, name: str) -> bool:
        """Whether no other connection is within this name; this one is then, for as long as it lasts."""
        row = self._connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()
        return bool(row and row[0])

    def wait(self, seconds: float) -> set[UUID]:
        """The organisations in which something was written; empty once the time is up or the wait is to end."""
        until = monotonic() + seconds
        while monotonic() < until and not self._stopping.is_set():
            told = {UUID(one.payload) for one in self._connection.notifies(timeout=WAKE_SECONDS, stop_after=1)}
            if told:
                return told
        return set()


@contextmanager
def listening(url: str, stopping: threading.Event) -> Generator[Ear]:
    """Listen for as long as the `with` lasts. Raises `psycopg.OperationalError` when the database is lost."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute("LISTEN offhook_event")
        yield Ear(connection, stopping)
