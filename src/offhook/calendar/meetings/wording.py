"""What mails about meetings say, in the person's language and by their clock. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name

from offhook.calendar.meetings.model import MailKind, Meeting

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hello": "Hello {name},",
        "hello_all": "Hello,",
        "request": "Invitation: {title}",
        "request_text": "your meeting with {host} is booked.",
        "moved": "Moved: {title}",
        "moved_text": "your meeting with {host} was moved. This is when it is now:",
        "cancel": "Called off: {title}",
        "cancel_text": "your meeting with {host} is called off. This is when it would have been:",
        "reminder": "Reminder: {title}",
        "reminder_text": "a reminder of your meeting with {host}.",
        "when": "When: {when}",
        "where": "Where: {where}",
        "why": "Why: {why}",
        "note": "Your note: {note}",
        "link": "To move it or call it off: {link}",
    },
    "es": {
        "hello": "Hola, {name}:",
        "hello_all": "Hola:",
        "request": "Invitación: {title}",
        "request_text": "su reunión con {host} está reservada.",
        "moved": "Cambio de hora: {title}",
        "moved_text": "su reunión con {host} ha cambiado de hora. Ahora es:",
        "cancel": "Anulada: {title}",
        "cancel_text": "su reunión con {host} se ha anulado. Iba a ser:",
        "reminder": "Recordatorio: {title}",
        "reminder_text": "le recordamos su reunión con {host}.",
        "when": "Cuándo: {when}",
        "where": "Dónde: {where}",
        "why": "Motivo: {why}",
        "note": "Su nota: {note}",
        "link": "Para cambiarla o anularla: {link}",
    },
}


_DAYS = {"en": "EEEE, d MMMM y", "es": "EEEE, d 'de' MMMM 'de' y"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's subject and text."""

    subject: str
    text: str


def letter(meeting: Meeting, kind: MailKind, *, host: str, person: str, link: str) -> Letter:
    """The mail of this kind about a meeting as it stands."""
    words = _WORDS[meeting.language]
    key = "moved" if kind is MailKind.REQUEST and meeting.sequence else kind.value
    lines = [
        words["hello"].format(name=person) if person else words["hello_all"],
        "",
        words[f"{key}_text"].format(host=host),
        "",
        *details(meeting, link if kind is not MailKind.CANCEL else ""),
    ]
    return Letter(words[key].format(title=meeting.title), "\n".join(lines) + "\n")


def details(meeting: Meeting, link: str) -> list[str]:
    """When, where, and how to change it, a line each."""
    words = _WORDS[meeting.language]
    told = [
        words["when"].format(when=when_of(meeting.starts_at, meeting.ends_at, meeting.time_zone, meeting.language))
    ]
    if meeting.location:
        told.append(words["where"].format(where=meeting.location))
    if meeting.because:
        told.append(words["why"].format(why=meeting.because))
    if meeting.note:
        told.append(words["note"].format(note=meeting.note))
    if link:
        told += ["", words["link"].format(link=link)]
    return told


def when_of(starts_at: datetime, ends_at: datetime, time_zone: str, language: str) -> str:
    """Day, times and zone in words, by the clock of a zone: `Tuesday, 3 March 2026, 15:00–15:30 (Spain Time)`."""
    zone = ZoneInfo(time_zone)
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    day = day_of(begins, language)
    times = f"{clock_of(begins, language)}–{clock_of(ends, language)}"
    return f"{day}, {times} ({zone_name(begins, language)})"


def day_of(local: datetime, language: str) -> str:
    """A day in words."""
    return format_date(local.date(), _DAYS[language], locale=language)


def clock_of(local: datetime, language: str) -> str:
    """A time of day, of twenty-four hours."""
    return format_time(local, "HH:mm", tzinfo=local.tzinfo, locale=language)


def zone_name(local: datetime, language: str) -> str:
    """What a zone is called, as of a moment, with its place: `Central European Standard Time, Madrid`."""
    place = str(local.tzinfo).rpartition("/")[2].replace("_", " ")
    name = get_timezone_name(local, locale=language)
    return f"{name}, {place}" if place not in name else name
