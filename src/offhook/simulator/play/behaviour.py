"""How people behave when they are called, asked and met: pure, by chance, seeded.

The odds follow what the trade reports: about one dial in five or six reaches somebody, late morning and late
afternoon are better, and the longer nobody answered the likelier nobody will. What somebody answers depends on how
interested they really are (`Prospect.interest`), which the product cannot see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from offhook.activities import Disposition, Kind
from offhook.leads.qualification.model import Question, QuestionKind

GIVE_UP_AFTER = 6
"""Touches without a conversation after which a rep lets a lead rest."""

_GOOD_HOURS = frozenset({10, 11, 16, 17})
_MISSED = (
    (Disposition.NO_ANSWER, 46),
    (Disposition.LEFT_VOICEMAIL, 28),
    (Disposition.GATEKEEPER, 9),
    (Disposition.BUSY, 6),
    (Disposition.VOICEMAIL, 6),
    (Disposition.WRONG_NUMBER, 1),
    (Disposition.OUT_OF_SERVICE, 1),
)
_SUBJECTS = (
    "Your question about sales development",
    "Following up on your download",
    "Three teams like yours",
    "Shall we find fifteen minutes?",
    "Did this reach you at a bad time?",
)
_TALKS = (
    "Leads wait a day before anybody calls; wants that under an hour.",
    "Marketing and sales argue about what counts as qualified.",
    "Has outgrown spreadsheets, three tools that do not talk to each other.",
    "Hiring four reps next quarter, needs routing that is fair.",
    "Looked at two other products, missed reporting by campaign.",
    "Curious, no project yet; asked for the guide.",
    "Uses the CRM's own queue, reps cherry-pick.",
    "Wants a number for speed to lead before the next board meeting.",
)


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing a rep does, and how it ends. `call_back_at` is what the person asked for."""

    kind: Kind
    disposition: Disposition
    seconds: int | None = None
    subject: str = ""
    body: str = ""
    call_back_at: datetime | None = None

    @property
    def is_talk(self) -> bool:
        """Whether there was a talk in which questions could be asked."""
        return self.disposition is Disposition.CONVERSATION


@dataclass(frozen=True, slots=True)
class Reachable:
    """What the rep sees: how the lead can be reached, what was tried, and whether they expect the call.

    `may_call`: it is within the calling window and the person takes calls.
    """

    has_phone: bool
    may_call: bool
    has_email: bool
    attempts: int
    has_talked: bool
    is_expected: bool
    time_zone: str


def touch(rng: Random, who: Reachable, interest: float, charm: float, at: datetime) -> Touch | None:
    """What the rep does next; None when the turn is a call's and none may be made now."""
    writes = who.has_email and (not who.has_phone or (not who.is_expected and who.attempts % 3 == 1))
    if writes:
        return _write(rng)
    return _call(rng, who, interest, charm, at) if who.has_phone and who.may_call else None


def _write(rng: Random) -> Touch:
    ending = Disposition.BOUNCED if rng.random() < 0.02 else Disposition.SENT
    return Touch(Kind.EMAIL, ending, subject=rng.choice(_SUBJECTS))


def _call(rng: Random, who: Reachable, interest: float, charm: float, at: datetime) -> Touch:
    local = at.astimezone(ZoneInfo(who.time_zone))
    chance = 0.13 + 0.12 * interest - 0.008 * who.attempts + (0.06 if local.hour in _GOOD_HOURS else 0.0)
    if who.is_expected:
        chance = 0.6
    elif who.has_talked:
        chance += 0.12
    if rng.random() >= chance:
        return Touch(Kind.CALL, rng.choices(*zip(*_MISSED, strict=True))[0], seconds=_ring(rng))
    return _talk(rng, interest + charm, local)


def _ring(rng: Random) -> int:
    return rng.randrange(4, 38)


def _talk(rng: Random, warmth: float, local: datetime) -> Touch:
    luck = rng.random()
    if luck < 0.5 + 0.4 * warmth:
        return Touch(
            Kind.CALL, Disposition.CONVERSATION, round(rng.gauss(330, 140)) % 900 + 45, body=rng.choice(_TALKS)
        )
    if luck < 0.72 + 0.28 * warmth:
        asked = _working_time(rng, local)
        return Touch(Kind.CALL, Disposition.CALL_BACK, rng.randrange(12, 55), call_back_at=asked)
    if luck < 0.95:
        return Touch(Kind.CALL, Disposition.NOT_INTERESTED, rng.randrange(15, 120))
    return Touch(Kind.CALL, rng.choice((Disposition.HUNG_UP, Disposition.DO_NOT_CALL, Disposition.REFERRED)), 20)


def _working_time(rng: Random, local: datetime) -> datetime:
    """A time that somebody names on the phone: one to five days on, on the half hour, in their working day."""
    day = local.date() + timedelta(days=rng.choice((1, 1, 2, 2, 3, 5)))
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(rng.randrange(9, 17), rng.choice((0, 30))), local.tzinfo)


def meeting_time(rng: Random, at: datetime, time_zone: str) -> datetime:
    """When a meeting is booked for: within two weeks, in the person's working day, on the half hour."""
    local = at.astimezone(ZoneInfo(time_zone))
    day = local.date() + timedelta(days=rng.randrange(1, 9))
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(rng.randrange(9, 17), rng.choice((0, 30))), local.tzinfo).astimezone(
        at.tzinfo
    )


def replies(rng: Random, interest: float) -> bool:
    """Whether somebody answers a mail in the next days."""
    return rng.random() < 0.02 + 0.1 * interest


def answers(
    rng: Random, questions: Sequence[Question], known: Mapping[str, object], interest: float, charm: float
) -> dict[str, object]:
    """What a talk brings out: most of what is still unknown, the better the warmer they are."""
    found: dict[str, object] = {}
    for question in questions:
        if question.key in known or rng.random() > 0.72 + charm:
            continue
        found[question.key] = _answer(rng, question, interest)
    return found


def _answer(rng: Random, question: Question, interest: float) -> object:
    good = max(0.0, min(1.0, rng.gauss(0.18 + 0.92 * interest, 0.22)))
    if question.kind is QuestionKind.CHOICE:
        ranked = sorted(question.choices, key=lambda choice: question.points.get(choice, 0))
        return ranked[min(len(ranked) - 1, int(good * len(ranked)))]
    if question.kind is QuestionKind.YES_NO:
        return good > 0.4
    if question.kind is QuestionKind.NUMBER:
        return round((question.at_least or 1) * (0.4 + 1.6 * good))
    return None


REFUSALS = (("incomplete_briefing", 3), ("wrong_person", 3), ("not_my_territory", 1), ("no_capacity", 1))
"""Why an AE sends an offer back at sight."""

REJECTIONS = (("criteria_not_met", 4), ("bad_timing", 3), ("wrong_person", 3), ("incomplete_briefing", 2))
"""Why an AE sends a lead back after the first conversation."""

DISQUALIFIED = (("no_need", 5), ("no_budget", 4), ("bad_fit", 3), ("chose_competitor", 2), ("not_interested", 3))
RECYCLED = (("not_now", 5), ("no_budget_yet", 3), ("contract_running", 3), ("not_ready", 2))


def pick(rng: Random, weighted: Sequence[tuple[str, int]]) -> str:
    """One of the words, by weight."""
    return rng.choices([word for word, _ in weighted], [weight for _, weight in weighted])[0]
