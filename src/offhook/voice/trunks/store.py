"""The SQL of trunks, extensions and owned numbers (0014_trunks.sql). Few rows each, so they are read whole."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import LiteralString
from uuid import UUID

from psycopg.errors import ForeignKeyViolation, UniqueViolation
from psycopg.types.json import Jsonb

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, FieldError, NotFound
from offhook.voice.trunks.model import Extension, OwnedNumber, Rate, Ring, RingKind, Transport, Trunk

_NIL = UUID(int=0)
"""Sorts before every id: where the first page begins."""


@contextmanager
def referring() -> Generator[None]:
    """For what writes references to trunks, numbers, users, …: `NotFound` when one went meanwhile."""
    try:
        yield
    except ForeignKeyViolation as error:
        raise NotFound("Something that this refers to was removed meanwhile. Read it again.") from error


# Trunks

_TRUNK: LiteralString = (
    "SELECT id, name, host, port, transport, domain, username, password IS NOT NULL AS has_password, registers,"
    " asserts_identity, region, sends_from, rates, is_active, created_at, version FROM trunk "
)


def _trunk(
    transport: str, sends_from: list[str], rates: Sequence[Mapping[str, object]], **columns: object
) -> Trunk:
    return Trunk(
        transport=Transport(transport),
        sends_from=tuple(sends_from),
        rates=tuple(_rate(**one) for one in rates),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def _rate(prefix: object, cost_per_minute: object, priority: object) -> Rate:
    return Rate(str(prefix), Decimal(str(cost_per_minute)), int(str(priority)))


def trunk_rows(tx: Transaction) -> list[Trunk]:
    """All trunks, by name."""
    return tx.rows(_trunk, _TRUNK + "ORDER BY name, id")


def trunk_page(tx: Transaction, after: UUID | None, limit: int) -> list[Trunk]:
    """Up to `limit` trunks in the order in which they were added, beyond one of them."""
    statement: LiteralString = _TRUNK + "WHERE id > %(after)s ORDER BY id LIMIT %(limit)s"
    return tx.rows(_trunk, statement, after=after or _NIL, limit=limit)


def trunk_row(tx: Transaction, identifier: UUID) -> Trunk | None:
    """One trunk by id."""
    return tx.first(_trunk, _TRUNK + "WHERE id = %(id)s", id=identifier)


def sealed_passwords(tx: Transaction) -> dict[UUID, str]:
    """The sealed passwords of the trunks that have one."""
    return dict(tx.rows(_password, "SELECT id, password FROM trunk WHERE password IS NOT NULL"))


def _password(id: UUID, password: str) -> tuple[UUID, str]:  # noqa: A002 # the column's name
    return id, password


def insert_trunk(tx: Transaction, new: Trunk, password: str | None) -> None:
    """Add a trunk with its sealed password. Raises `Conflict` when the name is in use."""
    try:
        tx.execute(
            "INSERT INTO trunk (id, name, host, port, transport, domain, username, password, registers,"
            " asserts_identity, region, sends_from, rates, is_active, version, created_at)"
            " VALUES (%(id)s, %(name)s, %(host)s, %(port)s, %(transport)s, %(domain)s, %(username)s, %(password)s,"
            " %(registers)s, %(asserts_identity)s, %(region)s, %(sends_from)s, %(rates)s, %(is_active)s,"
            " %(version)s, %(now)s)",
            **_trunk_columns(new),
            password=password,
            version=new.version,
            now=new.created_at,
        )
    except UniqueViolation as error:
        raise _name_taken(new.name) from error


def update_trunk(tx: Transaction, changed: Trunk, version: int) -> bool:
    """Save a trunk but for its password, if it still has `version`. Raises `Conflict` for a used name."""
    try:
        return bool(
            tx.execute(
                "UPDATE trunk SET name = %(name)s, host = %(host)s, port = %(port)s, transport = %(transport)s,"
                " domain = %(domain)s, username = %(username)s, registers = %(registers)s,"
                " asserts_identity = %(asserts_identity)s, region = %(region)s, sends_from = %(sends_from)s,"
                " rates = %(rates)s, is_active = %(is_active)s, version = version + 1"
                " WHERE id = %(id)s AND version = %(version)s",
                **_trunk_columns(changed),
                version=version,
            )
        )
    except UniqueViolation as error:
        raise _name_taken(changed.name) from error


def set_password(tx: Transaction, identifier: UUID, password: str | None) -> None:
    """Keep another sealed password, or none."""
    tx.execute("UPDATE trunk SET password = %(password)s WHERE id = %(id)s", id=identifier, password=password)


def delete_trunk(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove a trunk if it still has `version`. Raises `Conflict` while numbers or emergency calls need it."""
    try:
        return bool(
            tx.execute(
                "DELETE FROM trunk WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
            )
        )
    except ForeignKeyViolation as error:
        raise Conflict(
            "Numbers arrive by this trunk, or emergency calls leave by it. Give them another trunk first, or make"
            " it inactive."
        ) from error


def _trunk_columns(trunk: Trunk) -> dict[str, object]:
    return {
        "id": trunk.id,
        "name": trunk.name,
        "host": trunk.host,
        "port": trunk.port,
        "transport": trunk.transport.value,
        "domain": trunk.domain,
        "username": trunk.username,
        "registers": trunk.registers,
        "asserts_identity": trunk.asserts_identity,
        "region": trunk.region,
        "sends_from": list(trunk.sends_from),
        "rates": Jsonb(
            [
                {"prefix": one.prefix, "cost_per_minute": f"{one.cost_per_minute:f}", "priority": one.priority}
                for one in trunk.rates
            ]
        ),
        "is_active": trunk.is_active,
    }


def _name_taken(name: str) -> Conflict:
    return Conflict(f"There is a trunk named '{name}' already.", fields=[FieldError("name", "in use", name)])


# Extensions

_EXTENSION: LiteralString = "SELECT id, number, user_id, version FROM extension "


def extension_rows(tx: Transaction) -> list[Extension]:
    """All extensions, by number."""
    return tx.rows(Extension, _EXTENSION + "ORDER BY number")


def extension_page(tx: Transaction, after: str | None, limit: int) -> list[Extension]:
    """Up to `limit` extensions by number, beyond one of them."""
    statement: LiteralString = _EXTENSION + "WHERE number > %(after)s ORDER BY number LIMIT %(limit)s"
    return tx.rows(Extension, statement, after=after or "", limit=limit)


def extension_row(tx: Transaction, identifier: UUID) -> Extension | None:
    """One extension by id."""
    return tx.first(Extension, _EXTENSION + "WHERE id = %(id)s", id=identifier)


@referring()
def insert_extension(tx: Transaction, new: Extension) -> None:
    """Add an extension. Raises `Conflict` when the number is in use."""
    try:
        tx.execute(
            "INSERT INTO extension (id, number, user_id, version, created_at)"
            " VALUES (%(id)s, %(number)s, %(user_id)s, %(version)s, %(now)s)",
            id=new.id,
            number=new.number,
            user_id=new.user_id,
            version=new.version,
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _number_taken("extension", new.number) from error


@referring()
def update_extension(tx: Transaction, changed: Extension, version: int) -> bool:
    """Save an extension if it still has `version`. Raises `Conflict` for a used number."""
    try:
        return bool(
            tx.execute(
                "UPDATE extension SET number = %(number)s, user_id = %(user_id)s, version = version + 1"
                " WHERE id = %(id)s AND version = %(version)s",
                id=changed.id,
                number=changed.number,
                user_id=changed.user_id,
                version=version,
            )
        )
    except UniqueViolation as error:
        raise _number_taken("extension", changed.number) from error


def delete_extension(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove an extension if it still has `version`. Raises `Conflict` while a number rings it."""
    try:
        return bool(
            tx.execute(
                "DELETE FROM extension WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
            )
        )
    except ForeignKeyViolation as error:
        raise Conflict("A phone number rings this extension. Let it ring somebody else first.") from error


# Owned numbers

_NUMBER: LiteralString = (
    "SELECT id, number, label, trunk_id, user_id, extension_id, team_id, version FROM phone_number "
)


def _owned(
    user_id: UUID | None, extension_id: UUID | None, team_id: UUID | None, **columns: object
) -> OwnedNumber:
    return OwnedNumber(
        rings=_ring(user_id, extension_id, team_id),
        **columns,  # pyright: ignore[reportArgumentType] # typed by the column
    )


def _ring(user_id: UUID | None, extension_id: UUID | None, team_id: UUID | None) -> Ring:
    if user_id is not None:
        return Ring(RingKind.USER, user_id)
    if extension_id is not None:
        return Ring(RingKind.EXTENSION, extension_id)
    if team_id is not None:
        return Ring(RingKind.TEAM, team_id)
    return Ring()


def number_rows(tx: Transaction) -> list[OwnedNumber]:
    """All owned numbers, by number."""
    return tx.rows(_owned, _NUMBER + "ORDER BY number")


def number_page(tx: Transaction, after: str | None, limit: int) -> list[OwnedNumber]:
    """Up to `limit` owned numbers by number, beyond one of them."""
    statement: LiteralString = _NUMBER + "WHERE number > %(after)s ORDER BY number LIMIT %(limit)s"
    return tx.rows(_owned, statement, after=after or "", limit=limit)


def number_row(tx: Transaction, identifier: UUID) -> OwnedNumber | None:
    """One owned number by id."""
    return tx.first(_owned, _NUMBER + "WHERE id = %(id)s", id=identifier)


@referring()
def insert_number(tx: Transaction, new: OwnedNumber) -> None:
    """Add an owned number. Raises `Conflict` when it is there already."""
    try:
        tx.execute(
            "INSERT INTO phone_number (id, number, label, trunk_id, user_id, extension_id, team_id, version,"
            " created_at) VALUES (%(id)s, %(number)s, %(label)s, %(trunk_id)s, %(user_id)s, %(extension_id)s,"
            " %(team_id)s, %(version)s, %(now)s)",
            **_number_columns(new),
            version=new.version,
            now=tx.now,
        )
    except UniqueViolation as error:
        raise _number_taken("phone number", new.number) from error


@referring()
def update_number(tx: Transaction, changed: OwnedNumber, version: int) -> bool:
    """Save an owned number if it still has `version`. Raises `Conflict` when there is such a number already."""
    try:
        return bool(
            tx.execute(
                "UPDATE phone_number SET number = %(number)s, label = %(label)s, trunk_id = %(trunk_id)s,"
                " user_id = %(user_id)s, extension_id = %(extension_id)s, team_id = %(team_id)s,"
                " version = version + 1 WHERE id = %(id)s AND version = %(version)s",
                **_number_columns(changed),
                version=version,
            )
        )
    except UniqueViolation as error:
        raise _number_taken("phone number", changed.number) from error


def delete_number(tx: Transaction, identifier: UUID, version: int) -> bool:
    """Remove an owned number if it still has `version`; whoever showed it shows their next one."""
    return bool(
        tx.execute(
            "DELETE FROM phone_number WHERE id = %(id)s AND version = %(version)s", id=identifier, version=version
        )
    )


def _number_columns(one: OwnedNumber) -> dict[str, object]:
    return {
        "id": one.id,
        "number": one.number,
        "label": one.label,
        "trunk_id": one.trunk_id,
        "user_id": one.rings.id if one.rings.kind is RingKind.USER else None,
        "extension_id": one.rings.id if one.rings.kind is RingKind.EXTENSION else None,
        "team_id": one.rings.id if one.rings.kind is RingKind.TEAM else None,
    }


def _number_taken(what: str, number: str) -> Conflict:
    return Conflict(f"The {what} {number} is here already.", fields=[FieldError("number", "in use", number)])
