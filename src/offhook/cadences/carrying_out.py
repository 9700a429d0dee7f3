"""Carries out what was decided: mails at once, each in a savepoint of its own; all else together at the end.

A `Round` is told what happened to enrolments that its transaction has locked. It decides, applies, notes what is
to be written, and `finish` writes it set-based: enrolments, the ledger of steps, touches in the queue, events. So
a round is done wholly or not at all, mails in the ledger of mails included.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from uuid import UUID

import psycopg

from offhook import identity, leads, mail
from offhook.cadences import enrolments, ledger, store
from offhook.cadences.applying import apply
from offhook.cadences.deciding import Moment, decide, step_of
from offhook.cadences.happenings import (
    AskFor,
    Close,
    Effect,
    Finish,
    Happened,
    Note,
    NotSendable,
    Pause,
    Resume,
    Schedule,
    Send,
    SendAgain,
    Sign,
    TakeBack,
    Trouble,
    Withdraw,
)
from offhook.cadences.ledger import Entry
from offhook.cadences.model import Enrolment, Plan, Step, StepKind, StepOutcome
from offhook.cadences.timing import Clockwork
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict, OffhookError
from offhook.kernel.events import Event, Json, subject
from offhook.leads import Lead, PlannedTouch

logger = logging.getLogger(__name__)

WORDS: Mapping[StepKind, str] = {
    StepKind.EMAIL: "mail",
    StepKind.MANUAL_EMAIL: "write a mail",
    StepKind.CALL: "call",
    StepKind.SMS: "text (SMS)",
    StepKind.LINKEDIN: "write on LinkedIn",
    StepKind.WAIT: "wait",
}
LONGEST_NOTE = 300

_TOLD = {
    "no-mailbox": "The lead's rep has no mailbox to send from. They connect it in their settings; then try again."
}
"""Problems that the mail slice tells to who writes a mail, for whoever looks after a cadence."""


@dataclass(frozen=True, slots=True)
class Known:
    """What deciding needs of all the enrolments of a round."""

    plans: Mapping[tuple[UUID, int], Plan]
    names: Mapping[UUID, str]
    leads: Mapping[UUID, Lead]
    hours: Mapping[UUID | None, identity.BusinessHours]

    def moment(self, one: Enrolment, now: datetime) -> Moment:
        """When and how it stands for one of them; a lead that is gone counts as closed."""
        lead = self.leads.get(one.lead_id)
        team_id = lead.team_id if lead else None
        hours = self.hours.get(team_id) or self.hours[None]
        if lead is None:
            return Moment(now, Clockwork(hours, hours.time_zone), leads.Stage.DISQUALIFIED.value, 0.0)
        return Moment(now, Clockwork(hours, lead.time_zone), lead.stage.value, lead.score)


def known_of(tx: Transaction, several: Iterable[Enrolment]) -> Known:
    """What is to be known of these; a statement each for all."""
    every = list(several)
    editions = store.editions(tx, ((one.cadence_id, one.edition) for one in every))
    cadences = store.by_ids(tx, {one.cadence_id for one in every})
    return Known(
        {key: edition.plan for key, edition in editions.items()},
        {one.id: one.name for one in cadences.values()},
        {lead.id: lead for lead in leads.leads_by_id(tx, [one.lead_id for one in every])},
        identity.business_hours(tx),
    )


class Round:
    """Decides for enrolments that this transaction has locked, and carries out what it comes to."""

    def __init__(self, tx: Transaction, several: Iterable[Enrolment], known: Known | None = None) -> None:
        """Begin with these, as they were loaded."""
        self._tx = tx
        self._now: dict[UUID, Enrolment] = {one.id: one for one in several}
        self.known = known or known_of(tx, self._now.values())
        self._changed: dict[UUID, Enrolment] = {}
        self._entries: dict[tuple[UUID, int], Entry] = {}
        self._touches: dict[UUID, PlannedTouch] = {}
        self._later: dict[UUID, datetime] = {}
        self._freed: set[UUID] = set()
        self._deeds = cast(
            "Mapping[type[Effect], Callable[[Enrolment, Effect], None]]",
            {
                Schedule: self._schedule,
                Send: self._send,
                SendAgain: self._send_again,
                Withdraw: self._withdraw,
                AskFor: self._ask,
                TakeBack: self._take_back,
                Close: self._close,
                Trouble: self._trouble,
                Note: self._note,
                Pause: self._pause,
                Resume: self._resume,
                Finish: self._finish,
            },
        )

    def present(self, identifier: UUID) -> Enrolment:
        """One of them as it is by now."""
        return self._now[identifier]

    def plan(self, one: Enrolment) -> Plan:
        """The plan that it goes by."""
        return self.known.plans[one.cadence_id, one.edition]

    def moment(self, one: Enrolment) -> Moment:
        """When it is, and how its lead stands."""
        return self.known.moment(one, self._tx.now)

    def tell(self, identifier: UUID, happened: Happened) -> bool:
        """Something happened to one of them; whether it made a difference."""
        one = self._now[identifier]
        effects = decide(one, self.plan(one), happened, self.moment(one))
        for effect in effects:
            self._set(apply(self._now[identifier], effect, self._tx.now))
            self._deeds[type(effect)](self._now[identifier], effect)
        return bool(effects)

    def rename(self, identifier: UUID, person_id: UUID) -> None:
        """Its person is another from now on: two were merged."""
        self._set(replace(self._now[identifier], person_id=person_id))

    def finish(self) -> None:
        """Write what it all came to."""
        enrolments.save(self._tx, list(self._changed.values()))
        ledger.note(self._tx, self._entries.values())
        leads.free_touches(self._tx, sorted(self._freed - self._touches.keys()))
        leads.plan_touches(self._tx, list(self._touches.values()))
        leads.put_off_follow_ups(self._tx, list(self._later.items()))

    def _set(self, one: Enrolment) -> None:
        self._now[one.id] = self._changed[one.id] = one

    def _step(self, one: Enrolment, number: int) -> Step:
        return step_of(self.plan(one), number)

    def _append(self, what: str, one: Enrolment, **more: Json) -> None:
        told = told_of(one, self.known.leads.get(one.lead_id))
        self._tx.append(Event(f"cadence.{what}", subject("lead", one.lead_id), told | more))

    # What each effect means outside of the enrolment

    def _schedule(self, one: Enrolment, effect: Schedule) -> None:
        self._later[one.lead_id] = effect.due_at

    def _send(self, one: Enrolment, effect: Send) -> None:
        problem = self._try_to_send(one, effect.step)
        if problem is not None:
            self.tell(one.id, problem)

    def _try_to_send(self, one: Enrolment, number: int) -> NotSendable | None:
        """Write the step's mail, once; what goes wrong is undone, and is trouble for somebody to put right."""
        before = len(self._tx.events)
        try:
            with self._tx.connection.transaction():
                written = self._written(one, self._step(one, number), number)
                ledger.note_mail(self._tx, one, number, written.id)
            self._set(replace(one, mail_id=written.id))
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise  # the database is away: no fault of this mail
        except OffhookError as error:
            del self._tx.events[before:]
            return NotSendable(error.code, _TOLD.get(error.code, error.message))
        except Exception as error:
            # What nobody expected holds up no other enrolment, and is there to be seen and tried again.
            logger.exception("step %s of enrolment %s could not be sent", number, one.id)
            del self._tx.events[before:]
            return NotSendable("unexpected", f"Something unexpected went wrong ({type(error).__name__}).")
        return None

    def _written(self, one: Enrolment, step: Step, number: int) -> mail.Mail:
        lead = self.known.leads.get(one.lead_id)
        sender = (lead.owner_id if lead else None) or one.user_id
        if sender is None:
            raise Conflict("Nobody has this lead yet, so nobody writes. Assign it, then try again.", code="nobody")
        if step.template_id is None:
            raise Conflict("The step has no template.", code="no-template")
        return mail.send_template(
            self._tx,
            template_id=step.template_id,
            lead_id=one.lead_id,
            key=ledger.mail_key(one.id, number),
            is_automatic=True,
            user_id=sender,
            answers_mail_id=ledger.mail_before(self._tx, one.id) if step.continues_thread else None,
        )

    def _send_again(self, _: Enrolment, effect: SendAgain) -> None:
        mail.send_again(self._tx, effect.mail_id)

    def _withdraw(self, _: Enrolment, effect: Withdraw) -> None:
        try:
            mail.withdraw(self._tx, effect.mail_id)
        except Conflict:
            # It is going out at this moment, or did: the ledger of steps will say so when that is told.
            logger.info("mail %s could not be withdrawn any more", effect.mail_id)

    def _ask(self, one: Enrolment, effect: AskFor) -> None:
        step = self._step(one, effect.step)
        self._entries[one.id, effect.step] = Entry(one, effect.step, step.kind, self._tx.now)
        note = note_of(self.known.names[one.cadence_id], effect.step, step)
        self._touches[one.lead_id] = PlannedTouch(one.lead_id, self._tx.now, note)
        self._later.pop(one.lead_id, None)
        self._append("step_due", one, kind=step.kind.value)

    def _take_back(self, one: Enrolment, _: TakeBack) -> None:
        self._freed.add(one.lead_id)
        self._touches.pop(one.lead_id, None)

    def _close(self, one: Enrolment, effect: Close) -> None:
        kind = self._step(one, effect.step).kind
        self._entries[one.id, effect.step] = Entry(
            one, effect.step, kind, self._tx.now, effect.at, effect.outcome, effect.disposition
        )
        if effect.outcome is StepOutcome.CANCELLED:
            return
        what = "step_done" if effect.outcome is StepOutcome.DONE else "step_skipped"
        self._append(
            what,
            one,
            step=effect.step,
            kind=kind.value,
            outcome=effect.outcome.value,
            disposition=effect.disposition,
        )

    def _trouble(self, one: Enrolment, effect: Trouble) -> None:
        self._append("needs_attention", one, problem=effect.code, told=effect.told)

    def _note(self, one: Enrolment, effect: Note) -> None:
        if effect.sign is Sign.REPLY:
            ledger.note(self._tx, self._entries.values())  # a step may have been done in this very round
            ledger.note_reply(self._tx, one.id, None, effect.at)

    def _pause(self, one: Enrolment, _: Pause) -> None:
        self._append("paused", one)

    def _resume(self, one: Enrolment, _: Resume) -> None:
        self._append("resumed", one)

    def _finish(self, one: Enrolment, effect: Finish) -> None:
        self._append("finished", one, because=effect.because.value)


def told_of(one: Enrolment, lead: Lead | None) -> dict[str, Json]:
    """What every event of an enrolment tells."""
    return {
        "rep_id": _text(lead.owner_id if lead else None),
        "team_id": _text(lead.team_id if lead else None),
        "campaign_id": _text(lead.campaign_id if lead else None),
        "enrolment_id": str(one.id),
        "cadence_id": str(one.cadence_id),
        "edition": one.edition,
        "step": one.step,
        "person_id": str(one.person_id),
        "user_id": _text(one.user_id),
    }


def _text(identifier: UUID | None) -> str | None:
    return str(identifier) if identifier else None


def note_of(name: str, number: int, step: Step) -> str:
    """What the queue says of a step that is to be done by hand."""
    told = f"Cadence {name}, step {number}: {WORDS[step.kind]}."
    more = " ".join(step.instructions.split())
    return f"{told} {more}"[:LONGEST_NOTE].rstrip() if more else told
