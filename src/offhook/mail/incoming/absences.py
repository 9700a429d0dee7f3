"""Mails that machines answer with: who is away and until when, receipts, tickets, answers to invitations. Pure.

What counts is the header (RFC 3834, section 5, and what older programs write instead). A subject is a hint and no
more, as anybody may write one: with nothing else it makes no machine of a person.

An answer to an invitation (RFC 5546: REPLY) is made by a program when a person says yes or no: it tells a
calendar, and nobody waits for an answer to it, unless the person added a word of their own (COMMENT).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from babel import Locale

from offhook.mail.incoming.model import Content, Head, MailKind

FARTHEST = timedelta(days=366)
"""Nobody is away for longer and says so automatically."""
LOOKED_AT = 4_000
"""Characters of a mail in which an absence is told."""
LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "nl", "pl", "sv", "da")

_STRONG = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "x-fc-machinegenerated")
_AUTO_PRECEDENCE = frozenset({"auto_reply", "auto-reply"})
_BULK_PRECEDENCE = frozenset({"bulk", "junk", "list"})

_AUTO_SUBJECT = re.compile(
    r"^\W*(?:auto(?:matic|mated)?[- :]|automatische |automatisch |respuesta autom|réponse automat|"
    r"risposta automat|resposta autom|autosvar|automatisk|automatyczna|automaattinen|自動|自动|автоответ)",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"^\s*(?:re|aw|sv|rv|antw|wg|fw|fwd|tr|odp)\s*:", re.IGNORECASE)
_AWAY = re.compile(
    r"out of (?:the )?office|\bo\.?o\.?o\b|on (?:annual |parental |maternity )?(?:leave|vacation|holiday)|"
    r"away (?:from|until)|abwesen|nicht im (?:büro|haus)|im urlaub|fuera de (?:la )?oficina|"
    r"de vacaciones|ausente|ausencia|"
    r"absen(?:t|ce) d|absence du bureau|en congés?|fuori (?:sede|ufficio)|in ferie|assente|ausência|de férias|"
    r"fora do escritório|afwezig|met vakantie|nieobecno|urlop|frånvaro|på semester|fraværende|på ferie|"
    r"(?:be |am )?back (?:in the office )?on|zurück am|vuelvo el|de retour",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:(?P<until>until|till|through|bis(?: einschließlich)?(?: zum)?|"
    r"hasta(?: el)?|jusqu'?au|fino al|até(?: o)?|"
    r"t/m|tot(?: en met)?|til og med|till och med|do dnia)"
    r"|(?P<back>(?:back|return\w*)(?: (?:to|in) (?:the |my )?office)?(?: again)?(?: on)?|"
    r"wieder (?:da |erreichbar |im büro )*(?:ab|am)?(?: dem)?|zurück(?: bin ich)?(?: am)?|ab(?: dem)|"
    r"vuelvo(?: a la oficina)?(?: el)?|regres\w+(?: el)?|"
    r"de retour(?: le)?|retour le|rientr\w+(?: il)?|volto(?: em)?|regresso(?: em)?|terug(?: op)?|"
    r"tillbaka(?: den)?|"
    r"tilbage(?: den)?|wracam))\b",
    re.IGNORECASE,
)
_WITHIN = 40
"""Characters behind such a word within which its day stands."""

_REMARK = re.compile(r"^COMMENT(?:;[^\r\n]*)?:[^\S\r\n]*\S", re.IGNORECASE | re.MULTILINE)

_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_NUMBERS = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d{2})?)?(?!\d)")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|º|er|\.)?\s*(?:of |de |d')?\s*([^\W\d_]{3,12})\.?,?(?:\s+(?:de\s+)?(\d{4}))?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(\d{4}))?", re.IGNORECASE
)


def automatic_kind(head: Head, content: Content) -> MailKind | None:
    """Out of office or another automatic answer; None for what a person wrote."""
    if any(one.method == "REPLY" and not _REMARK.search(one.text) for one in content.calendars):
        return MailKind.AUTO_REPLY
    says_away = bool(_AWAY.search(head.subject)) or bool(_AWAY.search(content.text[:LOOKED_AT]))
    is_answer = bool(_ANSWER.match(head.subject))
    has_subject = bool(_AUTO_SUBJECT.search(head.subject)) or (not is_answer and bool(_AWAY.search(head.subject)))
    if not (is_by_machine(head.signs) or (has_subject and _is_likely_by_machine(head.signs))):
        return None
    return MailKind.OUT_OF_OFFICE if says_away else MailKind.AUTO_REPLY


def is_by_machine(signs: Mapping[str, str]) -> bool:
    """Whether the header says that no person wrote it (RFC 3834, section 5; RFC 5230 refers to it)."""
    submitted = signs.get("auto-submitted", "no").split(";")[0].strip().lower()
    if submitted and not submitted.startswith("no"):
        return True
    if any(sign in signs and signs[sign].lower() not in {"no", "false"} for sign in _STRONG):
        return True
    return signs.get("precedence", "").lower() in _AUTO_PRECEDENCE


def _is_likely_by_machine(signs: Mapping[str, str]) -> bool:
    """Signs that mails of persons bear as well, now and then."""
    is_bulk = signs.get("precedence", "").lower() in _BULK_PRECEDENCE
    return is_bulk or signs.get("return-path") == "<>" or "x-auto-response-suppress" in signs


def back_on(text: str, written_on: date) -> date | None:
    """The first day on which somebody is there again, where a mail tells it clearly; None where it does not.

    "Until the 12th" is the 13th. A day without a year is the next there is.
    """
    shown = text[:LOOKED_AT]
    found = [told for mark in _UNTIL.finditer(shown) if (told := _told(shown, mark, written_on))]
    return max(found) if found else None


def _told(text: str, mark: re.Match[str], written_on: date) -> date | None:
    day = _day_in(text[mark.end() : mark.end() + _WITHIN], written_on)
    if day is None:
        return None
    day += timedelta(days=1) if mark["until"] else timedelta()
    return day if written_on < day <= written_on + FARTHEST else None


def _day_in(text: str, written_on: date) -> date | None:
    for day in _days(text, written_on):
        if day is not None:
            return day
    return None


def _days(text: str, written_on: date) -> Iterator[date | None]:
    if found := _ISO.search(text):
        yield _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.search(text):
        yield _by_numbers(found, written_on)
    for found in _DAY_MONTH.finditer(text):
        yield _dated(found[3], _months().get(found[2].lower().strip(".")), int(found[1]), written_on)
    for found in _MONTH_DAY.finditer(text):
        yield _dated(found[3], _months().get(found[1].lower().strip(".")), int(found[2]), written_on)


def _by_numbers(found: re.Match[str], written_on: date) -> date | None:
    """Day first, or month first where only that can be. 3/4/2026 with slashes may be either: none is guessed."""
    first, second = int(found[1]), int(found[3])
    year = found[4] and (found[4] if len(found[4]) == 4 else f"20{found[4]}")
    if found[2] == "/" and first != second and first <= 12 and second <= 12:
        return None
    day, month = (first, second) if second <= 12 else (second, first)
    return _dated(year, month, day, written_on)


def _dated(year: str | None, month: int | None, day: int, written_on: date) -> date | None:
    if month is None:
        return None
    if year:
        return _date(int(year), month, day)
    this = _date(written_on.year, month, day)
    return this if this and this >= written_on else _date(written_on.year + 1, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def _months() -> Mapping[str, int]:
    """Months by their names and short names, in all of our languages (CLDR)."""
    known: dict[str, int] = {}
    for language in LANGUAGES:
        months = Locale(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    known.setdefault(str(name).lower().strip("."), int(number))
    return known
