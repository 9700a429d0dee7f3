"""Looks an installation over: each check says ok, warn or fail, and what to do."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import LiteralString
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg

from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.delivery import dead_letters, lag
from offhook.kernel.errors import OffhookError
from offhook.kernel.installation import open_installation
from offhook.kernel.settings import Settings
from offhook.mail.deliverability.asking import DnsTrouble, SystemDns
from offhook.mail.deliverability.examining import examine_domains
from offhook.mail.deliverability.model import Standing, ToPublish
from offhook.mail.deliverability.service import sending_domains
from offhook.web.consumers import CONSUMERS

LEAST_FREE_BYTES = 1 << 30
LONGEST_LAG = timedelta(minutes=5)
RECENTLY = timedelta(days=7)
"""So long a failed import is told: what was mended since came in by another."""


class Health(StrEnum):
    """What a check came to."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check, what it came to, and what to do about it."""

    check: str
    health: Health
    told: str


def examine(settings: Settings) -> list[Finding]:
    """Run all checks; those of the database only if it answers."""
    findings = [_python(), _folder(settings), _space(settings), _secret(settings), _zones()]
    try:
        with open_installation(settings) as database:
            findings.append(Finding("migrations", Health.OK, "The database is at the newest revision."))
            findings += _database(database)
            for organisation_id in database.organisations():
                findings += _organisation(database, organisation_id)
                findings += _sending_domains(database, organisation_id, settings)
    except (OffhookError, psycopg.Error) as error:
        findings.append(Finding("PostgreSQL", Health.FAIL, str(error)))
    return findings


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = sys.version_info >= (3, 11)
    return Finding("Python", Health.OK if fine else Health.FAIL, f"{version}; 3.11 or newer is needed.")


def _folder(settings: Settings) -> Finding:
    folder = settings.data
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return Finding("data folder", Health.FAIL, f"{folder} cannot be made: {error.strerror}.")
    if not os.access(folder, os.W_OK):
        return Finding("data folder", Health.FAIL, f"{folder} cannot be written to by this user.")
    return Finding("data folder", Health.OK, str(folder.resolve()))


def _space(settings: Settings) -> Finding:
    place = next(path for path in (settings.data, *settings.data.resolve().parents) if path.exists())
    free = shutil.disk_usage(place).free
    told = f"{free / 2**30:.1f} GiB free at {place}."
    if free < LEAST_FREE_BYTES:
        return Finding("free space", Health.WARN, f"{told} Make room: below 1 GiB an import may not end.")
    return Finding("free space", Health.OK, told)


def _secret(settings: Settings) -> Finding:
    if settings.secret_key:
        return Finding("secret", Health.OK, "Given by OFFHOOK_SECRET_KEY.")
    kept = settings.data / "secret"
    if not kept.exists():
        return Finding("secret", Health.OK, "None yet: it is made at first use.")
    if kept.stat().st_mode & 0o077:
        return Finding("secret", Health.FAIL, f"{kept} can be read by others: chmod 600 {kept}")
    return Finding("secret", Health.OK, f"Kept in {kept}; back it up with the database.")


def _zones() -> Finding:
    try:
        ZoneInfo("Europe/Berlin")
    except (KeyError, OSError):
        return Finding("time zones", Health.FAIL, "Time-zone data is missing: pip install tzdata")
    return Finding("time zones", Health.OK, "Time-zone data is there.")


def _database(database: Database) -> list[Finding]:
    with database.pool.connection() as connection:
        version = connection.info.server_version // 10_000
        unguarded = connection.execute(
            "SELECT string_agg(c.relname, ', ') FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'organisation_id' AND c.relkind IN ('r', 'p')"
            " AND c.relnamespace = 'public'::regnamespace"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        ).fetchone()
    findings = [Finding("PostgreSQL", Health.OK, f"Version {version} answers.")]
    if unguarded and unguarded[0]:
        told = f"Tables without row-level security: {unguarded[0]}. Run the migrations as their owner."
        return [*findings, Finding("guard", Health.FAIL, told)]
    return [*findings, Finding("guard", Health.OK, "Row-level security holds on every table.")]


def _organisation(database: Database, organisation_id: UUID) -> list[Finding]:
    with database.transaction(organisation_id, SYSTEM) as tx:
        name = tx.scalar(str, "SELECT slug FROM organisation") or str(organisation_id)
        found = [_lag(tx), _dead_letters(tx), _failed_imports(tx), *map(_orphans(tx), _ORPHANS)]
    return [Finding(f"{name}: {one.check}", one.health, one.told) for one in found]


_STANDINGS = {Standing.OK: Health.OK, Standing.FAIL: Health.FAIL}


def _sending_domains(database: Database, organisation_id: UUID, settings: Settings) -> list[Finding]:
    """What is published of the domains that mail is sent from; asked outside of the transaction."""
    with database.transaction(organisation_id, SYSTEM) as tx:
        name = tx.scalar(str, "SELECT slug FROM organisation") or str(organisation_id)
        domains = sending_domains(tx)
    if not domains:
        return []
    try:
        found = examine_domains(SystemDns(settings.dns_servers), domains)
    except DnsTrouble as trouble:
        return [Finding(f"{name}: mail domains", Health.WARN, str(trouble))]
    findings = [
        Finding(
            f"{name}: {check.name.value.upper()} of {one.domain}",
            _STANDINGS.get(check.standing, Health.WARN),
            check.told if check.publish is None else f"{check.told} {_record(check.publish)}",
        )
        for one in found
        for check in one.checks
    ]
    return [*findings, _way_out(name, settings)]


def _record(publish: ToPublish) -> str:
    return f'{publish.name} {publish.kind} "{publish.value}"'


def _way_out(name: str, settings: Settings) -> Finding:
    """Whether mail programs can offer one-click unsubscribe (RFC 8058, section 3.1: by https alone)."""
    check = f"{name}: unsubscribing"
    if settings.public_url and urlsplit(settings.public_url).scheme == "https":
        return Finding(check, Health.OK, f"By links to {settings.public_url}.")
    told = (
        f"Links in mails lead to {settings.base_url}, which receivers cannot reach or not by https: set"
        " OFFHOOK_PUBLIC_URL to your https address. Mail programs offer one click to unsubscribe only then."
    )
    return Finding(check, Health.WARN, told)


def _lag(tx: Transaction) -> Finding:
    behind = lag(tx, CONSUMERS)
    if behind.since is None:
        return Finding("events", Health.OK, "Every consumer is up to date.")
    late = tx.now - behind.since
    since = f"{behind.since:%Y-%m-%d %H:%M} UTC"
    told = f"{behind.consumer} is behind by {behind.events:,} events, the oldest of {since}."
    if late < LONGEST_LAG:
        return Finding("events", Health.OK, told)
    return Finding("events", Health.WARN, f"{told} Is `offhook up` or `offhook worker` running?")


def _dead_letters(tx: Transaction) -> Finding:
    dead = dead_letters(tx)
    if dead:
        told = ", ".join(f"{consumer}: {letters:,}" for consumer, letters in dead.items())
        return Finding("dead letters", Health.WARN, f"{told}. See the log, then: offhook replay CONSUMER")
    return Finding("dead letters", Health.OK, "None.")


def _failed_imports(tx: Transaction) -> Finding:
    failed = tx.scalar(
        int,
        "SELECT count(*)::int FROM import_run WHERE status = 'failed' AND ended_at > %(since)s",
        since=tx.now - RECENTLY,
    )
    days = RECENTLY.days
    if failed:
        return Finding("imports", Health.WARN, f"{failed} failed in the last {days} days: offhook imports list")
    return Finding("imports", Health.OK, f"None failed in the last {days} days.")


_ORPHANS: Sequence[tuple[str, LiteralString]] = (
    (
        "leads without their person",
        "SELECT count(*)::int FROM lead l WHERE NOT EXISTS (SELECT FROM person p WHERE p.id = l.person_id)",
    ),
    (
        "responses without their lead",
        "SELECT count(*)::int FROM response r WHERE NOT EXISTS (SELECT FROM lead l WHERE l.id = r.lead_id)",
    ),
    (
        "responses without their person",
        "SELECT count(*)::int FROM response r WHERE NOT EXISTS (SELECT FROM person p WHERE p.id = r.person_id)",
    ),
    (
        "activities without their person",
        "SELECT count(*)::int FROM activity a WHERE NOT EXISTS (SELECT FROM person p WHERE p.id = a.person_id)",
    ),
    (
        "persons without their account",
        "SELECT count(*)::int FROM person WHERE account_id NOT IN (SELECT id FROM account)",
    ),
    (
        "contact points without their person",
        "SELECT count(*)::int FROM contact_point WHERE person_id NOT IN (SELECT id FROM person)",
    ),
    (
        "hand-offs without their lead",
        "SELECT count(*)::int FROM hand_off h WHERE NOT EXISTS (SELECT FROM lead l WHERE l.id = h.lead_id)",
    ),
)
"""What may not be; hot tables carry no foreign keys (ARCHITECTURE.md, "Decisions")."""


def _orphans(tx: Transaction) -> Callable[[tuple[str, LiteralString]], Finding]:
    def look(check: tuple[str, LiteralString]) -> Finding:
        name, query = check
        count = tx.scalar(int, query) or 0
        told = f"{count:,}; this must not be. Please report it with your version." if count else "None."
        return Finding(name, Health.FAIL if count else Health.OK, told)

    return look
