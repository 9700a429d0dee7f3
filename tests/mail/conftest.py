"""A post office for the whole run, and an organisation that writes from it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from uuid import UUID

import pytest

from conftest import Begin
from leads.factories import Desk, a_desk, respond
from mail import post
from mail.post import HOST, PASSWORD, PostOffice
from offhook.identity import actor_of
from offhook.kernel.database import Actor, Database
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.leads import Received, load_lead
from offhook.mail.links import Links
from offhook.mail.mailboxes.model import Mailbox, Security
from offhook.mail.mailboxes.service import add_mailbox, seal_of
from offhook.mail.messages.model import Mail
from offhook.mail.messages.service import send_mail
from web.conftest import app, sign_in

__all__ = ["app", "sign_in"]

REP = "rep@offhook.example"


@pytest.fixture(scope="session")
def office() -> Generator[PostOffice]:
    """Postfix and Dovecot; skips the test, saying why, where they cannot run."""
    missing = post.why_not()
    if missing:
        pytest.skip(missing)
    senders, domains = [REP, "other@offhook.example"], ["offhook.example", "prospects.example"]
    with post.open_post_office(senders, domains) as opened:
        yield opened


@pytest.fixture
def trusted(office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """The same, its certificate trusted as one's own authority's is."""
    monkeypatch.setenv("SSL_CERT_FILE", str(office.certificate))
    return office


@pytest.fixture
def seal(settings: Settings) -> Seal:
    """What closes mailboxes' passwords."""
    return seal_of(settings)


@pytest.fixture
def links(settings: Settings) -> Links:
    """Links of an installation that is reached from outside."""
    return Links("https://offhook.acme.example", settings.secret)


@dataclass(frozen=True)
class Writer:
    """A rep with a mailbox, and a lead of theirs whose person has an address of their own."""

    desk: Desk
    actor: Actor
    mailbox: Mailbox
    lead: Received
    to: str
    begin: Begin
    database: Database
    organisation: UUID

    def person(self) -> UUID:
        """The lead's person."""
        with self.begin() as tx:
            return load_lead(tx, self.lead.lead_id).person_id

    def write(self, **told: object) -> Mail:
        """A mail to the lead's person."""
        given: dict[str, object] = {"lead_id": self.lead.lead_id, "subject_line": "Engines", "text": "Hello."}
        with self.begin(self.actor) as tx:
            return send_mail(tx, **(given | told))  # pyright: ignore[reportArgumentType] # by name


NewWriter = Callable[..., Writer]


@pytest.fixture
def new_writer(begin: Begin, seal: Seal, database: Database, organisation: UUID) -> NewWriter:
    """Makes a writer whose mailbox's server of mail listens there."""

    def make(smtp_port: int, imap_port: int, security: Security = Security.STARTTLS) -> Writer:
        to = f"{new_id().hex}@prospects.example"
        with begin() as tx:
            desk = a_desk(tx, reps=1, aes=0)
            rep = desk.reps[0]
            mailbox = add_mailbox(
                tx,
                seal,
                address=REP,
                smtp_host=HOST,
                imap_host=HOST,
                password=PASSWORD,
                user_id=rep.id,
                smtp_port=smtp_port,
                smtp_security=security,
                imap_port=imap_port,
            )
            lead = respond(tx, desk.campaign, email=to, name="Ada Byron", owner_id=rep.id)
        return Writer(desk, actor_of(rep), mailbox, lead, to, begin, database, organisation)

    return make


@pytest.fixture
def writer(trusted: PostOffice, new_writer: NewWriter) -> Writer:
    """A writer at the post office."""
    return new_writer(trusted.submission, trusted.imaps)
