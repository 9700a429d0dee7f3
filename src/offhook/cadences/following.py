"""What cadences hear: touches that do a step, mails that went out or did not, answers, and the leads' own way.

All kinds go through one consumer, so that what happened in an order is followed in it. Events are told to whom
they are about: an answer to a mail to the enrolment that sent it; anything else of a person or a lead to what goes
on for them, or, where nothing does, to what ended last, which then counts it and does nothing more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from offhook.activities import Direction, Disposition
from offhook.cadences import enrolments, ledger
from offhook.cadences.carrying_out import Round
from offhook.cadences.deciding import WITHDRAWN
from offhook.cadences.enrolling import enrol_by_campaigns
from offhook.cadences.happenings import (
    MailSent,
    MailStuck,
    OutOfOffice,
    Sign,
    Signed,
    Touched,
)
from offhook.cadences.ledger import MailStep
from offhook.cadences.model import Enrolment
from offhook.cadences.timing import zone_of
from offhook.kernel.database import Transaction
from offhook.kernel.events import Json, StoredEvent

BECAME_MQL = "lead.became_mql"

FAILED = "mail-failed"
IN_DOUBT = "mail-in-doubt"

_LOGGED: Mapping[str, Sign] = {
    Disposition.REPLIED.value: Sign.REPLY,
    Disposition.MEETING_BOOKED.value: Sign.MEETING,
    Disposition.UNSUBSCRIBED.value: Sign.UNSUBSCRIBED,
}
"""What a disposition that somebody logged tells."""

_OF_LEADS: Mapping[str, Sign] = {
    "lead.handed_off": Sign.HAND_OFF,
    "lead.confirmed": Sign.CLOSED,
    "lead.recycled": Sign.CLOSED,
    "lead.disqualified": Sign.CLOSED,
    "meeting.booked": Sign.MEETING,
}
_STUCK: Mapping[str, tuple[str, str]] = {
    "mail.failed": (FAILED, "The mail could not be sent."),
    "mail.in_doubt": (IN_DOUBT, "The mail may have been sent: the server did not answer."),
    "mail.withdrawn": (WITHDRAWN, "The mail was withdrawn before it was sent."),
}
_REPLIES = frozenset({"reply", "other"})
"""Kinds of received mail that a human wrote: an answer, or a mail of their own."""


def follow(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Let enrolments follow what happened; told again, nothing changes."""
    heard = Heard.of(tx, events)
    for event in events:
        _FOLLOWED[event.kind](heard, event)
    heard.work.finish()
    enrol_by_campaigns(tx, [event for event in events if event.kind == BECAME_MQL])


@dataclass(frozen=True, slots=True)
class Heard:
    """The enrolments that a batch of events is about, locked, and how to find them."""

    tx: Transaction
    work: Round
    enrolments: Sequence[Enrolment]
    mails: Mapping[UUID, MailStep]

    @classmethod
    def of(cls, tx: Transaction, events: Sequence[StoredEvent]) -> "Heard":
        """What these events are about; a few statements for all."""
        concerning = [event for event in events if event.kind != BECAME_MQL]
        mails = {one for event in concerning for one in _mails_of(event)}
        found = enrolments.concerned(
            tx,
            {one for event in concerning if (one := _lead_of(event))},
            {one for event in concerning for one in _persons_of(event)},
            mails,
        )
        return cls(tx, Round(tx, found), found, ledger.steps_of_mails(tx, list(mails)))

    def of_mail(self, mail_id: UUID | None) -> MailStep | None:
        """The step that sent a mail."""
        return self.mails.get(mail_id) if mail_id else None

    def about(self, event: StoredEvent) -> Iterable[UUID]:
        """Whom an event about a lead, or about a person, is told to."""
        lead_id = _lead_of(event)
        persons = set(_persons_of(event))
        theirs = [
            one.id
            for one in self.enrolments
            if (one.lead_id == lead_id if lead_id else self.work.present(one.id).person_id in persons)
        ]
        return self._going_on_or_last(theirs)

    def of_person(self, event: StoredEvent) -> Iterable[UUID]:
        """Whom an event about a person is told to, whichever of their leads it was on."""
        persons = set(_persons_of(event))
        lead_id = _lead_of(event)
        theirs = [
            one.id
            for one in self.enrolments
            if self.work.present(one.id).person_id in persons or one.lead_id == lead_id
        ]
        return self._going_on_or_last(theirs)

    def _going_on_or_last(self, identifiers: Sequence[UUID]) -> Iterable[UUID]:
        going_on = [one for one in identifiers if not self.work.present(one).is_finished]
        return going_on or identifiers[-1:]


def _activity(heard: Heard, event: StoredEvent) -> None:
    """A touch does the step that asks for it; some dispositions tell more. Corrections change no step."""
    if event.data["corrects"] is not None:
        return
    disposition = _text(event.data["disposition"])
    sign = _LOGGED.get(disposition or "")
    for one in heard.about(event):
        if event.data["direction"] == Direction.OUTBOUND:
            heard.work.tell(one, Touched(str(event.data["kind"]), disposition, event.at))
        if sign is not None:
            heard.work.tell(one, Signed(sign, event.at))


def _of_lead(heard: Heard, event: StoredEvent) -> None:
    for one in heard.about(event):
        heard.work.tell(one, Signed(_OF_LEADS[event.kind], event.at))


def _sent(heard: Heard, event: StoredEvent) -> None:
    step = heard.of_mail(event.subject_id)
    if step is not None:
        heard.work.tell(step.enrolment_id, MailSent(step.step, event.at))


def _stuck(heard: Heard, event: StoredEvent) -> None:
    step = heard.of_mail(event.subject_id)
    if step is not None:
        code, usual = _STUCK[event.kind]
        told = _text(event.data.get("reason")) or usual
        heard.work.tell(step.enrolment_id, MailStuck(step.step, code, told))


def _looked_at(heard: Heard, event: StoredEvent) -> None:
    step = heard.of_mail(event.subject_id)
    if step is None:
        return
    is_click = event.kind == "mail.clicked"
    ledger.note_looked_at(heard.tx, [step], event.at, is_click=is_click)
    heard.work.tell(step.enrolment_id, Signed(Sign.OPENED, event.at))
    if is_click:
        heard.work.tell(step.enrolment_id, Signed(Sign.CLICKED, event.at))


def _received(heard: Heard, event: StoredEvent) -> None:
    kind = event.data["kind"]
    if kind == "out_of_office":
        _away(heard, event)
        return
    if kind not in _REPLIES or event.data.get("is_from_another"):
        return  # a machine's, or of somebody who is neither the person nor of their company
    answered = heard.of_mail(_id(event.data.get("answers_mail_id")))
    if answered is not None:
        ledger.note_reply(heard.tx, answered.enrolment_id, answered.step, event.at)
    told = {*heard.of_person(event), *([answered.enrolment_id] if answered else [])}
    for one in sorted(told):
        heard.work.tell(one, Signed(Sign.REPLY, event.at))


def _away(heard: Heard, event: StoredEvent) -> None:
    for one in heard.of_person(event):
        zone = heard.work.moment(heard.work.present(one)).clockwork.zone
        back_at = read_return(event.data.get("back_at"), zone)
        if back_at is not None:
            heard.work.tell(one, OutOfOffice(back_at))


def read_return(told: Json, zone: str) -> datetime | None:
    """When somebody is back: a moment, or a day, which begins on their own clock; None for what cannot be read."""
    if not isinstance(told, str):
        return None
    try:
        if len(told) == len("2026-03-02"):
            return datetime.combine(date.fromisoformat(told), time(), zone_of(zone)).astimezone(UTC)
        moment = datetime.fromisoformat(told)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone_of(zone))).astimezone(UTC)


def _bounced(heard: Heard, event: StoredEvent) -> None:
    if event.data.get("is_permanent"):
        _of_person(heard, event, Sign.BOUNCED)


def _unsubscribed(heard: Heard, event: StoredEvent) -> None:
    _of_person(heard, event, Sign.UNSUBSCRIBED)


def _of_person(heard: Heard, event: StoredEvent, sign: Sign) -> None:
    for one in heard.of_person(event):
        heard.work.tell(one, Signed(sign, event.at))


def _merged(heard: Heard, event: StoredEvent) -> None:
    """Two persons are one. Who was in a cadence each goes on in the one that was begun first."""
    survivor, absorbed = event.subject_id, _id(event.data["absorbed_id"])
    running = [one for one in heard.enrolments if not heard.work.present(one.id).is_finished]
    both = [one for one in running if heard.work.present(one.id).person_id in {survivor, absorbed}]
    for place, one in enumerate(both):
        if any(_collides(one, earlier) for earlier in both[:place]):
            heard.work.tell(one.id, Signed(Sign.MERGED, event.at))
    for one in heard.enrolments:
        if heard.work.present(one.id).person_id == absorbed:
            heard.work.rename(one.id, survivor)


def _collides(one: Enrolment, other: Enrolment) -> bool:
    return one.cadence_id == other.cadence_id or not (one.is_beside or other.is_beside)


def _nothing(_: Heard, __: StoredEvent) -> None:
    """Enrolling by campaign comes after all else."""


_FOLLOWED: Mapping[str, Callable[[Heard, StoredEvent], None]] = {
    "activity.logged": _activity,
    **dict.fromkeys(_OF_LEADS, _of_lead),
    "mail.sent": _sent,
    **dict.fromkeys(_STUCK, _stuck),
    "mail.opened": _looked_at,
    "mail.clicked": _looked_at,
    "mail.received": _received,
    "mail.bounced": _bounced,
    "mail.unsubscribed": _unsubscribed,
    "person.merged": _merged,
    BECAME_MQL: _nothing,
}

KINDS = tuple(_FOLLOWED)


def _mails_of(event: StoredEvent) -> Iterator[UUID]:
    if event.subject.startswith("mail:"):
        yield event.subject_id
    answered = _id(event.data.get("answers_mail_id"))
    if answered is not None:
        yield answered


def _lead_of(event: StoredEvent) -> UUID | None:
    return event.subject_id if event.subject.startswith("lead:") else _id(event.data.get("lead_id"))


def _persons_of(event: StoredEvent) -> Iterator[UUID]:
    if event.subject.startswith("person:"):
        yield event.subject_id
    for field in ("person_id", "absorbed_id"):
        found = _id(event.data.get(field))
        if found is not None:
            yield found


def _id(value: Json) -> UUID | None:
    return UUID(value) if isinstance(value, str) else None


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None
