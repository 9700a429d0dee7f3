"""A floor that runs cadences: a rep with a mailbox, leads of theirs, the scheduler and the relay by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest

from cadences.plans import a_step
from conftest import Begin
from identity.factories import a_user
from leads.factories import Desk, a_desk, respond
from mail.conftest import app, seal, sign_in
from mail.post import PASSWORD
from offhook import leads
from offhook.activities import Disposition, Kind
from offhook.cadences import enrolments, ledger
from offhook.cadences.happenings import EnrolmentWish
from offhook.cadences.jobs import CONSUMERS
from offhook.cadences.model import CHOSEN_ENDINGS, Cadence, Enrolment, Plan, Step, StepKind
from offhook.cadences.scheduling import run_due
from offhook.cadences.service import add_cadence, publish
from offhook.cadences.steering import enrol_one, wish
from offhook.identity import Role, actor_of
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Actor, Database
from offhook.kernel.delivery import deliver
from offhook.kernel.events import Event, Json, subject
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.mail import Mail, MailState
from offhook.mail.mailboxes.service import add_mailbox
from offhook.mail.messages import store as mails
from offhook.mail.messages.settling import as_sent
from offhook.mail.templates import Template, TemplateKind, add_template

__all__ = ["app", "seal", "sign_in"]

BODY = "Hello {{ person.first_name | default: 'there' }}"


@dataclass(frozen=True)
class Floor:
    """An organisation that runs cadences."""

    desk: Desk
    actor: Actor
    template: Template
    begin: Begin
    database: Database
    organisation: UUID
    clock: SetClock

    def lead(self, email: str | None = None, **told: object) -> UUID:
        """Somebody new, whose lead the rep works."""
        with self.begin() as tx:
            surname = _surname()
            given = {"name": f"Ada {surname}", "owner_id": self.desk.reps[0].id} | told
            address = email or f"ada@{surname}.example".lower()
            return respond(tx, self.desk.campaign, email=address, **given).lead_id  # pyright: ignore[reportArgumentType]

    def email(self, days: int = 0, **told: object) -> Step:
        """A step that mails the template."""
        return replace(step(StepKind.EMAIL, days), template_id=self.template.id, **told)  # pyright: ignore[reportArgumentType]

    def cadence(self, *steps: Step, ends_on: frozenset[object] = CHOSEN_ENDINGS, **told: object) -> Cadence:
        """A published cadence of these steps."""
        with self.begin() as tx:
            plan = Plan(steps, ends_on)  # pyright: ignore[reportArgumentType]
            new = add_cadence(tx, name=f"Cadence {new_id().hex[-8:]}", draft=plan, **told)  # pyright: ignore[reportArgumentType]
            return publish(tx, new.id, new.version)

    def enrol(self, cadence: Cadence, lead_id: UUID) -> UUID:
        """Enrol one lead; the enrolment's id."""
        with self.begin(self.actor) as tx:
            return enrol_one(tx, cadence.id, lead_id).id

    def run(self, *, after: timedelta = timedelta()) -> None:
        """Let time pass, and do what has come due; hear what happened before and afterwards."""
        self.clock.advance(after)
        self.hear()
        run_due(self.database, self.organisation)
        self.hear()

    def hear(self) -> None:
        """Deliver all events to cadences."""
        deliver(self.database, CONSUMERS, self.organisation)

    def present(self, enrolment_id: UUID) -> Enrolment:
        """How an enrolment stands."""
        with self.begin() as tx:
            found = enrolments.by_id(tx, enrolment_id)
        assert found is not None
        return found

    def mails(self) -> list[Mail]:
        """All mails of the organisation, the oldest first."""
        with self.begin() as tx:
            found = mails.page(
                tx, person_id=None, lead_id=None, user_id=None, states=list(MailState), before=None, limit=1_000
            )
        return found[::-1]

    def goes_out(self, mail: Mail) -> None:
        """The server took this mail."""
        with self.begin() as tx:
            locked = mails.by_id(tx, mail.id, lock=True)
            assert locked is not None
            as_sent(tx, locked, tx.now, file_at=None)
        self.hear()

    def log(self, lead_id: UUID, kind: Kind, disposition: Disposition | None = None) -> None:
        """The rep logs a touch."""
        with self.begin(self.actor) as tx:
            leads.log_activity(tx, kind=kind, lead_id=lead_id, disposition=disposition)
        self.hear()

    def happens(self, kind: str, about: str, /, **data: Json) -> None:
        """Something happens in another slice."""
        with self.begin() as tx:
            tx.append(Event(kind, about, data))
        self.hear()

    def received(self, enrolment_id: UUID, kind: str, **data: Json) -> None:
        """The person of an enrolment mails us."""
        one = self.present(enrolment_id)
        told: dict[str, Json] = {
            "kind": kind,
            "person_id": str(one.person_id),
            "lead_id": str(one.lead_id),
            "answers_mail_id": None,
        }
        self.happens("mail.received", subject("lead", one.lead_id), **(told | data))

    def wish(self, enrolment_id: UUID, wanted: EnrolmentWish) -> Enrolment:
        """The rep asks for this."""
        with self.begin(self.actor) as tx:
            return wish(tx, enrolment_id, wanted)

    def events(self, *kinds: str) -> Sequence[tuple[str, dict[str, Json]]]:
        """What was told of cadences, in order."""
        with self.begin() as tx:
            return tx.rows(
                lambda kind, data: (kind, data),
                "SELECT kind, data FROM event WHERE kind LIKE 'cadence.%%' AND subject LIKE 'lead:%%'"
                " AND (%(all)s OR kind = ANY(%(kinds)s::text[])) ORDER BY position",
                kinds=list(kinds),
                all=not kinds,
            )

    def history(self, enrolment_id: UUID) -> list[tuple[int, str | None]]:
        """Number and outcome of each step so far."""
        with self.begin() as tx:
            return [(one.step, one.outcome) for one in ledger.history(tx, enrolment_id)]


def _surname() -> str:
    """Letters alone, and another each time: people of one name, or with addresses alike, would be one person."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in new_id().hex[-10:]).capitalize()


def step(kind: StepKind, days: int = 0, **told: object) -> Step:
    """A step so many working days after the one before."""
    return a_step(kind, days, **told)


@pytest.fixture
def floor(begin: Begin, seal: Seal, database: Database, organisation: UUID, clock: SetClock) -> Floor:
    """One rep with a mailbox at a server that nobody asks, and a template that all see."""
    with begin() as tx:
        desk = a_desk(tx, reps=2, aes=1)
        for rep in desk.reps:
            add_mailbox(
                tx,
                seal,
                address=rep.email,
                smtp_host="mail.example",
                imap_host="mail.example",
                password=PASSWORD,
                user_id=rep.id,
            )
    with begin() as tx:
        manager = a_user(tx, Role.MANAGER)
    with begin(actor_of(manager)) as tx:
        told = {"id": None, "name": "A", "weight": 1, "subject": "Engines", "body": BODY}
        template = add_template(
            tx,
            kind=TemplateKind.EMAIL,
            name=f"Engines {new_id().hex}",
            variants=[told],
            is_shared=True,  # pyright: ignore[reportArgumentType]
        )
    return Floor(desk, actor_of(desk.reps[0]), template, begin, database, organisation, clock)
