"""How routes meet services: one request is one transaction, answered once.

A route declares `call: Call = CALL` and hands its use case over:

    @router.post("/leads/{lead_id}/recycle", status_code=200, response_model=LeadOut)
    def recycle(lead_id: UUID, body: Recycle, call: Call = CALL) -> Response:
        return call.once(lambda tx: LeadOut.of(leads.recycle(tx, lead_id, body.reason)))

`Call.read` is for GET, `Call.look` for GET of what is asked of others, `Call.download` for GET of a table as a
file, `Call.serve` of a stored one. `Call.once` is for POST: with an `Idempotency-Key` the answer is stored in the
work's own transaction and given again to whoever repeats the request. `Call.edit` is for PATCH, PUT and DELETE of
a thing with a version: it demands `If-Match` (RFC 9110, section 13.1.1) and passes the version on to the use case.
Other servers are waited for outside of transactions, as these hold a connection (`look`, and `once` with `ahead`).
Errors become problem+json (RFC 9457) in `problem`.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol, TypeVar
from uuid import UUID

import psycopg
from fastapi import Depends, Request, Response
from fastapi.openapi.models import HTTPBearer
from fastapi.responses import StreamingResponse
from fastapi.security.base import SecurityBase
from pydantic import BaseModel

from offhook.kernel.database import Actor, Database, Transaction
from offhook.kernel.errors import Conflict, Invalid, OffhookError, Unauthenticated, VersionRequired
from offhook.kernel.export import MEDIA, FileFormat, Table, file_header, write_rows
from offhook.kernel.serving import Stored, answer_stored

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

LONGEST_KEY = 200
PIECE = 2**18
"""Bytes of a file that are sent at a time."""


class Credential(Protocol):
    """What a request shows of its sender: the organisation is read off it, the rest is checked within."""

    @property
    def organisation_id(self) -> UUID:
        """The organisation it claims to be of."""
        ...

    def check(self, tx: Transaction) -> Actor:
        """Who it is. Raises `Unauthenticated` if the claim does not hold.

        The transaction belongs to no organisation yet: this takes it there, in the statement that looks the
        claim up (a SQL function that begins with `set_config`).
        """
        ...


class Call:
    """One authenticated request. Get it by `call: Call = CALL`."""

    def __init__(self, request: Request, body: bytes) -> None:
        """Remember the request; nothing is checked before the transaction is open."""
        self.request = request
        self.body = body
        self.database: Database = request.app.state.database
        self.credential: Credential = request.app.state.credential_of(request)

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        """A transaction in the sender's organisation, as the sender."""
        with self.database.admit(self.credential.organisation_id, self.credential.check) as tx:
            yield tx

    def read(self, work: Callable[[Transaction], M]) -> Response:
        """Answer a GET; a thing with a `version` carries it as its ETag."""
        with self.transaction() as tx:
            return answer(work(tx))

    def look(self, work: Callable[[Transaction], T], outside: Callable[[T], M]) -> Response:
        """Answer a GET by what `outside` finds, of what `work` read, once the transaction has ended."""
        with self.transaction() as tx:
            found = work(tx)
        return answer(outside(found))

    def download(self, file_format: FileFormat, work: Callable[[Transaction], Table]) -> Response:
        """Answer a GET by a file of a table.

        It is written in full before the first byte is sent: what goes wrong is told as a problem, not by a file
        that breaks off, and nobody's slow line holds a transaction open.
        """
        file = tempfile.TemporaryFile()  # noqa: SIM115 # closed when it is sent
        try:
            with self.transaction() as tx:
                table = work(tx)
                write_rows(file, file_format, table.headings, table.rows)
            size = file.seek(0, os.SEEK_END)
        except BaseException:
            file.close()
            raise
        headers = {"content-length": str(size), "content-disposition": file_header(table.name, file_format)}
        return FileAnswer(_pieces(file), headers=headers, media_type=MEDIA[file_format])

    def serve(self, work: Callable[[Transaction], Stored]) -> Response:
        """Answer a GET by a stored file, whole or in the range that is asked for."""
        with self.transaction() as tx:
            stored = work(tx)
        return answer_stored(self.request.headers.get("range"), stored)

    def once(
        self,
        work: Callable[[Transaction], M],
        *,
        status: int = 200,
        told_once: Sequence[str] = (),
        ahead: Callable[[], None] | None = None,
    ) -> Response:
        """Answer a POST; with an `Idempotency-Key`, the same answer to every repetition.

        The fields of `told_once` hold secrets: they are null in what is stored, and so in a repeated answer.
        `ahead` is done before the work's transaction begins: what waits for others, and may be done twice.
        """
        key = self.request.headers.get("idempotency-key")
        if key is not None and not 0 < len(key) <= LONGEST_KEY:
            raise Invalid(f"Idempotency-Key must have 1 to {LONGEST_KEY} characters.")
        if ahead is not None:
            stored = self._kept(key) if key else None
            if stored is not None:
                return stored
            ahead()
        if key is None:
            with self.transaction() as tx:
                return answer(work(tx), status)
        try:
            with self.transaction() as tx:
                made = work(tx)
                response = answer(made, status)
                kept = made.model_copy(update=dict.fromkeys(told_once)).model_dump_json() if told_once else None
                self._keep(tx, key, status, kept.encode() if kept else bytes(response.body))
                return response
        except (_Repeated, OffhookError, psycopg.IntegrityError) as error:
            # Done again, the work may well fail because it was done before: the first answer counts.
            stored = None if isinstance(error, Unauthenticated) else self._kept(key)
            if stored is None:
                raise
            return stored

    def _keep(self, tx: Transaction, key: str, status: int, body: bytes) -> None:
        """Store the answer with the work that it tells of.

        Done last, so that the usual case costs one statement. The insert waits for a concurrent request with
        the same key to end. Raises `_Repeated`, which undoes this work, when the key was used before.
        """
        is_first = tx.execute(
            "INSERT INTO idempotency_key (key, request_hash, status, body, created_at)"
            " VALUES (%(key)s, %(hash)s, %(status)s, %(body)s, %(now)s) ON CONFLICT DO NOTHING",
            key=_scoped(tx, key),
            hash=self._fingerprint(),
            status=status,
            body=body,
            now=tx.now,
        )
        if not is_first:
            raise _Repeated

    def _kept(self, key: str) -> Response | None:
        """The answer given before to this key, if any. Raises `Conflict` when that was to another request."""
        with self.transaction() as tx:
            stored = tx.first(
                _Stored,
                "SELECT request_hash, status, body FROM idempotency_key WHERE key = %(key)s",
                key=_scoped(tx, key),
            )
        if stored is None:
            return None
        if stored.request_hash != self._fingerprint():
            raise Conflict(
                "This Idempotency-Key was used for another request. Use a fresh key for each new request.",
                code="idempotency-key-reused",
            )
        headers = {"idempotency-replayed": "true"}
        return Response(stored.body, stored.status, headers, media_type="application/json")

    def edit(self, work: Callable[[Transaction, int], M]) -> Response:
        """Answer a PATCH, PUT or DELETE of the version that `If-Match` names."""
        version = self._if_match()
        with self.transaction() as tx:
            return answer(work(tx, version))

    def _if_match(self) -> int:
        tag = self.request.headers.get("if-match")
        if tag is None:
            raise VersionRequired(
                "Say which version you edit: send the ETag of your last read in the header If-Match."
            )
        try:
            return int(tag.strip().removeprefix("W/").strip('"'))
        except ValueError:
            raise Invalid(
                f'If-Match must be the ETag of an earlier answer, such as "3"; it was {tag!r}.'
            ) from None

    def _fingerprint(self) -> bytes:
        return hashlib.sha256(
            f"{self.request.method} {self.request.url.path}?{self.request.url.query}\n".encode() + self.body
        ).digest()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file from its beginning, piece by piece; closed, which also removes it, at the end."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


class _Sender(SecurityBase):
    """Makes the `Call` of a request; being a security scheme, it also marks its routes in the OpenAPI document."""

    def __init__(self) -> None:
        self.model = HTTPBearer(description="An API token: `Authorization: Bearer oh_…`")
        self.scheme_name = "token"

    async def __call__(self, request: Request) -> Call:
        return Call(request, await request.body())


class FileAnswer(StreamingResponse):
    """Says of a route that it answers a file (`response_class`), not JSON."""


CALL = Depends(_Sender())
"""The dependency that gives a route its `Call`."""


def answer(model: BaseModel, status: int = 200) -> Response:
    """The JSON answer of a model, with its version as ETag where it has one."""
    version = getattr(model, "version", None)
    headers = {"etag": f'"{version}"'} if version is not None else None
    return Response(model.model_dump_json(), status, headers, "application/json")


def problem(error: OffhookError, instance: str, more: BaseModel | None = None) -> Response:
    """The problem+json answer of an error; `more` are members that its type adds (RFC 9457, section 3.2)."""
    told = Problem(
        type=f"urn:offhook:problem:{error.code}",
        title=error.code.replace("-", " "),
        status=error.status,
        detail=error.message,
        instance=instance,
        errors=[ProblemField(field=f.field, reason=f.reason, value=f.value) for f in error.fields],
    )
    added = more.model_dump(mode="json") if more is not None else {}
    # Wrong values are told back, and may be text that UTF-8 cannot hold: escapes in ASCII can.
    body = json.dumps(told.model_dump() | added, ensure_ascii=True)
    return Response(body, error.status, media_type=PROBLEM)


PROBLEM = "application/problem+json"


class ProblemField(BaseModel):
    """One wrong value of a request."""

    field: str
    reason: str
    value: str | None = None


class Problem(BaseModel):
    """RFC 9457: what went wrong and what to do; `type` is stable."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemField] = []


class _Repeated(Exception):  # never leaves this module
    """The key was used while or before this work was done."""


@dataclass(frozen=True, slots=True)
class _Stored:
    request_hash: bytes
    status: int
    body: bytes


KEPT_ANSWERS = timedelta(days=2)


def forget_answers(tx: Transaction) -> int:
    """Forget the answers kept for repeated requests that are older than `KEPT_ANSWERS`; how many."""
    return tx.execute("DELETE FROM idempotency_key WHERE created_at < %(before)s", before=tx.now - KEPT_ANSWERS)


def _scoped(tx: Transaction, key: str) -> str:
    """Keys of different senders do not meet."""
    return f"{tx.actor}/{key}"
