"""The one way to the database: a transaction that belongs to an organisation and to an actor.

Row-level security is the guard: every table's policy compares `organisation_id` with the setting
`offhook.organisation_id`, which `Database.transaction` sets for the length of the transaction. A statement
outside of it sees no row. The column defaults to the same setting, so inserts need not name it.

A superuser would pass the guard unseen; where the given URL is one's, connections step down to the role
`offhook_app` (made by the migrations) before they are used. FORCE ROW LEVEL SECURITY holds other owners.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain
from typing import LiteralString, TypeVar
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.adapt import Buffer, Loader
from psycopg.rows import kwargs_row, scalar_row
from psycopg.types.json import JsonbDumper
from psycopg_pool import ConnectionPool
from pydantic_core import to_json
from uuid_utils import uuid7

from offhook.kernel.behind import Behind
from offhook.kernel.clock import Clock, SystemClock
from offhook.kernel.copying import blocks, time_text
from offhook.kernel.errors import Forbidden
from offhook.kernel.events import Event
from offhook.kernel.ids import Id, new_id

T = TypeVar("T")

EVERYTHING = "*"
"""The permission that stands for all of them."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a user, an API token, the system itself, or a prospect on a form.

    `permissions` is what they may do, in the words of `identity.rules`; the kernel only compares.
    """

    kind: str
    id: UUID | None = None
    permissions: frozenset[str] = frozenset()
    team_id: UUID | None = None

    def __str__(self) -> str:
        """How events name them: `user:<id>`, or `system`."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    def may(self, permission: str) -> bool:
        """Whether this actor holds the permission."""
        return permission in self.permissions or EVERYTHING in self.permissions


FEW_EVENTS = 16
"""Up to here events go in one statement; above, COPY is faster."""

STAGES = 8
"""So many temporary tables take the rows for one table in turns: to empty one costs more than to have another."""

MOST_LOCKS = 32
"""How many locks a process holds at once at most (`jobs.only_one`): who wants one more waits."""

HISTORIES = ("event", "activity")
"""Tables partitioned by month (migrations), whose present month every transaction finds ready."""

SYSTEM = Actor("system", permissions=frozenset({EVERYTHING}))
NOBODY = Actor("nobody")


@dataclass
class Transaction:
    """One unit of work in one organisation. Get it from `Database.transaction`.

    `now` is read from the clock once, so that everything one transaction does bears one time.
    `ensure_months` is `Database.ensure_months`: call it before writing history of another month than `now`'s.
    `link` is for this module alone; `connection` is what everybody else uses.
    Statements use named parameters: `tx.rows(Lead, "SELECT … WHERE id = %(id)s", id=lead_id)`.
    """

    link: psycopg.Connection[tuple[object, ...]]
    organisation_id: UUID
    actor: Actor
    now: datetime
    ensure_months: Callable[[str, Iterable[datetime]], None]
    events: list[Event] = field(default_factory=list[Event])
    behind: Behind = field(default_factory=Behind)
    staged: set[str] = field(default_factory=set[str])
    copied: Counter[str] = field(default_factory=Counter[str])
    regardless: list[Callable[["Transaction"], None]] = field(
        default_factory=list[Callable[["Transaction"], None]]
    )

    @property
    def connection(self) -> psycopg.Connection[tuple[object, ...]]:
        """The connection, once all that was begun on it is done. Raises what that raised."""
        self.behind.settle()
        return self.link

    def require(self, permission: str) -> None:
        """Raise `Forbidden` unless the actor holds the permission."""
        if not self.actor.may(permission):
            raise Forbidden(f"This needs the permission '{permission}', which your role or token lacks.")

    def execute(self, query: LiteralString, **params: object) -> int:
        """Run a statement and return how many rows it touched."""
        return self.connection.execute(query, params).rowcount

    def rows(self, shape: Callable[..., T], query: LiteralString, **params: object) -> list[T]:
        """All rows, each passed to `shape` as keyword arguments named by its columns."""
        with self.connection.cursor(row_factory=kwargs_row(shape)) as cursor:
            return cursor.execute(query, params).fetchall()

    def first(self, shape: Callable[..., T], query: LiteralString, **params: object) -> T | None:
        """The first row or None."""
        with self.connection.cursor(row_factory=kwargs_row(shape)) as cursor:
            return cursor.execute(query, params).fetchone()

    def scalars(self, kind: type[T], query: LiteralString, **params: object) -> list[T]:
        """The first column of all rows; `kind` states its Python type for the reader and the type checker."""
        with self.connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(query, params).fetchall()

    def scalar(self, kind: type[T], query: LiteralString, **params: object) -> T | None:
        """The first column of the first row, None if there is no row or it is NULL."""
        with self.connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(query, params).fetchone()

    def blocks(
        self, shape: Callable[..., T], size: int, query: LiteralString, **params: object
    ) -> Generator[list[T]]:
        """All rows as `rows` gives them, in blocks: however many they are, one block is in memory.

        All are as they were when the first was asked for, whatever is done meanwhile.
        """
        name = f"blocks_{new_id().hex}"
        with self.connection.cursor(name, row_factory=kwargs_row(shape)) as cursor:
            cursor.execute(query, params)
            while block := cursor.fetchmany(size):
                yield block

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]], **same: object) -> int:
        """Insert many rows the fastest way and return how many; there is no ON CONFLICT.

        `same`: columns that are the same in every row. PostgreSQL refuses COPY into a guarded table, so the rows
        are copied into a temporary table (which costs no log) and inserted from there, past the guard. JSON comes
        as text or wrapped in `Jsonb`.
        """
        self.behind.settle()
        lines = list(blocks(rows))
        return self._copy(table, columns, lines, same) if lines else 0

    def copy_behind(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]], **same: object
    ) -> None:
        """Like `copy`; a batch may go on meanwhile (kernel/behind.py)."""
        lines = list(blocks(rows))
        if lines:
            self.behind.begin(lambda: self._copy(table, columns, lines, same))

    def execute_behind(self, query: LiteralString, **params: object) -> None:
        """Like `execute`, likewise."""
        self.behind.begin(lambda: self.link.execute(query, params))

    def stage_behind(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Like `stage`, likewise."""
        lines = list(blocks(rows))
        self.behind.begin(lambda: self._stage(table, columns, lines))

    def stage(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Put rows into `staged_<table>`, a temporary copy of the table's shape, emptied first and at commit.

        For set-based statements of one's own, such as `INSERT … SELECT … FROM staged_person ON CONFLICT …`.
        """
        self.behind.settle()
        self._stage(table, columns, blocks(rows))

    def _copy(self, table: str, columns: Sequence[str], lines: Iterable[str], same: Mapping[str, object]) -> int:
        """The organisation is named, as its default would be worked out anew for each row."""
        stage = f"copied_{table}_{self.copied[table] % STAGES}"
        self.copied[table] += 1
        staged = self._fill(stage, table, columns, lines)
        names = list(map(sql.Identifier, columns))
        statement = sql.SQL(
            "INSERT INTO {} (organisation_id, {}) SELECT (SELECT current_organisation()), {} FROM {}"
        )
        return self.link.execute(
            statement.format(
                sql.Identifier(table),
                sql.SQL(", ").join([*names, *map(sql.Identifier, same)]),
                sql.SQL(", ").join([*names, *map(sql.Placeholder, same)]),
                staged,
            ),
            same,
        ).rowcount

    def _stage(self, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
        self._fill(f"staged_{table}", table, columns, lines)

    def _fill(self, name: str, table: str, columns: Sequence[str], lines: Iterable[str]) -> sql.Identifier:
        """Copy lines into a temporary table of a table's shape; the end of the transaction empties it."""
        staged = sql.Identifier(name)
        if name in self.staged:
            self.link.execute(sql.SQL("DELETE FROM {}").format(staged))
        else:
            shape = sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} ON COMMIT DELETE ROWS AS TABLE {} WITH NO DATA")
            self.link.execute(shape.format(staged, sql.Identifier(table)))
        self.staged.add(name)
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            staged, sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self.link.cursor() as cursor, cursor.copy(statement) as copy:
            for block in lines:
                copy.write(block)
        return staged

    def append(self, *events: Event) -> None:
        """Note what happened; written together with the work when the transaction commits."""
        self.events.extend(events)

    def keep_regardless(self, work: Callable[["Transaction"], None]) -> None:
        """Do this in a transaction of its own if this one fails, so that the record of a refusal outlives it."""
        self.regardless.append(work)

    def undo(self) -> None:
        """Undo all that was done, with its events; nothing more can be done in this transaction."""
        self.connection.rollback()
        self.events = []

    def flush_events(self) -> None:
        """Write the noted events: last of all, to hold the horizon but briefly, and part by part in large batches.

        Ids, times and data go as text, which costs a third of letting the driver find out what they are.
        """
        if not self.events:
            return
        now, actor = self.now.isoformat(), str(self.actor)
        rows = [
            (
                str(uuid7()),
                e.kind,
                str(e.version),
                e.subject,
                to_json(e.data).decode(),
                time_text(e.at) if e.at else now,
                str(e.cause) if e.cause else None,
            )
            for e in self.events
        ]
        self.events = []
        if len(rows) <= FEW_EVENTS:
            self.connection.execute(_append(len(rows)), (now, actor, *chain.from_iterable(rows)))
            return
        self.execute_behind("SELECT announce_events()")
        columns = ("id", "kind", "version", "subject", "data", "at", "cause")
        self.copy_behind("event", columns, rows, recorded_at=now, actor=actor)


@cache
def _append(count: int) -> LiteralString:
    """The statement that announces and appends so many events.

    Their positions are drawn after the announcement, as its row is read first, and in the order given.
    """
    first = "(1, %s::uuid, %s::text, %s::smallint, %s::text, %s::jsonb, %s::timestamptz, %s::uuid)"
    others = "".join(f", ({nth}, %s, %s, %s, %s, %s, %s, %s)" for nth in range(2, count + 1))
    return (
        "WITH announced AS MATERIALIZED (SELECT announce_events())"  # pyright: ignore[reportReturnType] # numbers
        " INSERT INTO event (id, kind, version, subject, data, at, cause, recorded_at, actor)"
        " SELECT e.id, e.kind, e.version, e.subject, e.data, e.at, e.cause, %s::timestamptz, %s::text"
        f" FROM announced, (VALUES {first}{others}) AS e (nth, id, kind, version, subject, data, at, cause)"
        " ORDER BY e.nth"
    )


class Database:
    """A pool of connections to one Offhook database. Close it when done, or use it in a `with`."""

    def __init__(self, url: str, *, clock: Clock | None = None, pool_size: int = 16) -> None:
        """Connect lazily to a migrated database; see `offhook.kernel.installation` for the ready-made way."""
        self.url = url
        self.clock = clock or SystemClock()
        self._months: set[tuple[str, date]] = set()
        self.pool = ConnectionPool(
            url, min_size=1, max_size=pool_size, open=True, timeout=30, configure=_configure, name="offhook"
        )
        # Who holds a lock works by another connection: were both of one pool, as many holders as it has
        # connections would wait for each other.
        self.locks = ConnectionPool(url, min_size=0, max_size=MOST_LOCKS, open=True, timeout=30, name="locks")

    def __enter__(self) -> "Database":
        """Use as a context manager to close the pool at the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pool."""
        self.close()

    def check(self) -> None:
        """Replace connections that are broken, as all are after the server was started again."""
        self.pool.check()
        self.locks.check()

    def close(self) -> None:
        """Give all connections back to the server."""
        self.locks.close()
        self.pool.close()

    @contextmanager
    def transaction(self, organisation_id: UUID, actor: Actor) -> Generator[Transaction]:
        """A transaction of this organisation; commits at the end, rolls back on any error."""
        with self._begin(organisation_id, actor) as tx:
            tx.execute("SELECT set_config('offhook.organisation_id', %(id)s, true)", id=str(organisation_id))
            yield tx

    @contextmanager
    def admit(self, organisation_id: UUID, check: Callable[[Transaction], Actor]) -> Generator[Transaction]:
        """A transaction of whoever `check` says it is; `check` also takes it into the organisation.

        For requests over HTTP: one round trip less than `transaction` and a look-up of the sender.
        """
        with self._begin(organisation_id, NOBODY) as tx:
            tx.actor = check(tx)
            yield tx

    @contextmanager
    def _begin(self, organisation_id: UUID, actor: Actor) -> Generator[Transaction]:
        """A transaction that sees nothing yet; its events are written at the end."""
        now = self.clock.now()
        for history in HISTORIES:
            self.ensure_months(history, [now])
        kept: list[Callable[[Transaction], None]] = []
        try:
            with self.pool.connection() as connection:
                tx = Transaction(connection, organisation_id, actor, now, self.ensure_months, regardless=kept)
                try:
                    yield tx
                    tx.flush_events()
                    tx.behind.settle()
                finally:
                    actor = tx.actor
                    tx.behind.end()
        except Exception:
            if kept:
                with self.transaction(organisation_id, actor) as after:
                    for work in kept:
                        work(after)
            raise

    @contextmanager
    def across_organisations(self) -> Generator[psycopg.Connection[tuple[object, ...]]]:
        """A transaction that sees the list of organisations and nothing of what is theirs."""
        with self.pool.connection() as connection:
            connection.execute("SELECT set_config('offhook.across_organisations', 'on', true)")
            yield connection

    def organisations(self) -> list[UUID]:
        """The ids of all organisations, oldest first."""
        with self.across_organisations() as connection, connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute("SELECT organisation_id FROM organisation ORDER BY 1").fetchall()

    def ensure_months(self, table: str, moments: Iterable[datetime]) -> None:
        """Make sure that the month partitions of a history table exist for these moments.

        Runs in a transaction of its own, before the rows are written; what is known to exist is remembered.
        """
        months = {(table, moment.astimezone(UTC).date().replace(day=1)) for moment in moments} - self._months
        if not months:
            return
        with self.pool.connection() as connection:
            for name, month in sorted(months):
                # The lock that the function takes, taken before it looks: what it found missing it would still
                # believe to be missing after another one, who made it, let go.
                connection.execute("SELECT pg_advisory_xact_lock(hashtext(%s::regclass::text))", (name,))
                connection.execute("SELECT ensure_month(%s, %s)", (name, month))
        self._months |= months


class _JsonbDict(JsonbDumper):
    """Lets a plain dict be passed where a jsonb column stands."""


class _IdLoader(Loader):
    """Reads an id with its text, which is what most ids are read for."""

    def load(self, data: Buffer) -> Id:
        """An id as PostgreSQL writes it."""
        return Id(str(data, "ascii"))


def _configure(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Prepare a fresh connection: adapters, search path, and the step down from superuser."""
    connection.adapters.register_dumper(dict, _JsonbDict)
    connection.adapters.register_loader("uuid", _IdLoader)
    connection.execute("SET search_path = public")
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute("SET client_min_messages = warning")
    above_the_guard = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if above_the_guard and above_the_guard[0]:
        connection.execute("SET ROLE offhook_app")
    connection.commit()
