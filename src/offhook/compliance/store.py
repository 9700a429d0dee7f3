"""The SQL of verdicts and settings (0013_compliance.sql)."""

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic_core import to_jsonable_python

from offhook.compliance.model import CallingSettings, Verdict
from offhook.compliance.record import Asked, Recorded
from offhook.kernel.database import Transaction


def insert_verdict(tx: Transaction, asked: Asked, verdict: Verdict, identifier: UUID, is_abroad: bool) -> None:
    """Keep an answer."""
    tx.execute(
        "INSERT INTO contact_verdict (id, at, number, person_id, lead_id, user_id, purpose, is_allowed, is_abroad,"
        " recording, refusals, override_reason, lifted, until) VALUES (%(id)s, %(at)s, %(number)s, %(person)s,"
        " %(lead)s, %(user)s, %(purpose)s, %(allowed)s, %(abroad)s, %(recording)s, %(refusals)s, %(reason)s,"
        " %(lifted)s, %(until)s)",
        id=identifier,
        at=asked.at,
        number=verdict.number,
        person=asked.person_id,
        lead=asked.lead_id,
        user=asked.user_id,
        purpose=asked.question.purpose.value,
        allowed=verdict.is_allowed,
        abroad=is_abroad,
        recording=verdict.recording.value,
        refusals=Jsonb(to_jsonable_python(verdict.refusals)),
        reason=asked.question.override.reason if asked.question.override else None,
        lifted=Jsonb(to_jsonable_python(verdict.lifted)),
        until=verdict.until,
    )


def verdicts_page(
    tx: Transaction, person_id: UUID | None, number: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[Recorded]:
    """Answers, the newest first, of a person, of a number or of all.

    Indexes: contact_verdict_person, contact_verdict_number, contact_verdict_newest.
    """
    at, identifier = before or (None, None)
    return tx.rows(
        Recorded,
        "SELECT id, at, number, person_id, lead_id, user_id, purpose, is_allowed, recording, refusals,"
        " override_reason, lifted, until FROM contact_verdict"
        " WHERE (%(person)s::uuid IS NULL OR person_id = %(person)s)"
        " AND (%(number)s::text IS NULL OR number = %(number)s)"
        " AND (%(at)s::timestamptz IS NULL OR (at, id) < (%(at)s, %(id)s))"
        " ORDER BY at DESC, id DESC LIMIT %(limit)s",
        person=person_id,
        number=number,
        at=at,
        id=identifier,
        limit=limit,
    )


def save_settings(tx: Transaction, wanted: CallingSettings) -> bool:
    """Keep settings in the place of version `wanted.version` (0: of the defaults); False when that is gone."""
    columns = {
        "countries": sorted(wanted.countries),
        "attempts_per_day": wanted.attempts_per_day,
        "attempts_per_week": wanted.attempts_per_week,
        "calls_per_minute_of_user": wanted.calls_per_minute_of_user,
        "calls_per_minute": wanted.calls_per_minute,
        "abroad_calls_per_day": wanted.abroad_calls_per_day,
        "abroad_minutes_per_day": wanted.abroad_minutes_per_day,
        "opens": wanted.opens,
        "closes": wanted.closes,
        "days": sorted(wanted.days),
        "recording": wanted.recording.value,
        "announcement": wanted.announcement,
        "own_regions": sorted(wanted.own_regions),
        "businesses_as_consumers": wanted.businesses_as_consumers,
        "unknown_are_businesses": wanted.unknown_are_businesses,
        "emergency_calls": wanted.emergency_calls,
    }
    if wanted.version == 0:
        return bool(
            tx.execute(
                "INSERT INTO calling_settings (countries, attempts_per_day, attempts_per_week,"
                " calls_per_minute_of_user, calls_per_minute, abroad_calls_per_day, abroad_minutes_per_day, opens,"
                " closes, days, recording, announcement, own_regions, businesses_as_consumers,"
                " unknown_are_businesses, emergency_calls, version) VALUES (%(countries)s, %(attempts_per_day)s,"
                " %(attempts_per_week)s, %(calls_per_minute_of_user)s, %(calls_per_minute)s,"
                " %(abroad_calls_per_day)s, %(abroad_minutes_per_day)s, %(opens)s, %(closes)s, %(days)s,"
                " %(recording)s, %(announcement)s, %(own_regions)s, %(businesses_as_consumers)s,"
                " %(unknown_are_businesses)s, %(emergency_calls)s, 1) ON CONFLICT DO NOTHING",
                **columns,
            )
        )
    return bool(
        tx.execute(
            "UPDATE calling_settings SET countries = %(countries)s, attempts_per_day = %(attempts_per_day)s,"
            " attempts_per_week = %(attempts_per_week)s, calls_per_minute_of_user = %(calls_per_minute_of_user)s,"
            " calls_per_minute = %(calls_per_minute)s, abroad_calls_per_day = %(abroad_calls_per_day)s,"
            " abroad_minutes_per_day = %(abroad_minutes_per_day)s, opens = %(opens)s, closes = %(closes)s,"
            " days = %(days)s, recording = %(recording)s, announcement = %(announcement)s,"
            " own_regions = %(own_regions)s, businesses_as_consumers = %(businesses_as_consumers)s,"
            " unknown_are_businesses = %(unknown_are_businesses)s, emergency_calls = %(emergency_calls)s,"
            " version = version + 1 WHERE version = %(version)s",
            version=wanted.version,
            **columns,
        )
    )
