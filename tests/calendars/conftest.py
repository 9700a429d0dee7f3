"""A calendar server for the whole run, and an organisation whose users have calendars on it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from uuid import UUID

import pytest

from calendars.radicale import PASSWORD, CalendarServer, open_calendar_server
from conftest import Begin
from identity.factories import a_team, a_user
from leads.work_factories import a_person, a_qualified_lead, a_rep
from offhook.calendar.meetings.mailing import Sending, mail_due
from offhook.calendar.meetings.writing import write_due
from offhook.calendar.sources import store as sources
from offhook.calendar.sources.model import Connection, SourceKind
from offhook.calendar.sources.opening import Terms
from offhook.calendar.sources.service import add_connection
from offhook.calendar.syncing import read_one
from offhook.identity import Role, User
from offhook.kernel.database import Database
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.leads import Lead
from offhook.mail.mailboxes.service import add_mailbox
from web.conftest import app, sign_in

__all__ = ["app", "sign_in"]

USERS = [f"user{number}" for number in range(40)]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[CalendarServer]:
    """Radicale."""
    with open_calendar_server(tmp_path_factory.mktemp("calendars"), USERS) as opened:
        yield opened


@pytest.fixture(scope="session")
def names() -> list[str]:
    """Names of users of the server that no test has used yet."""
    return [*USERS]


@pytest.fixture
def terms(settings: Settings) -> Terms:
    """As an installation has them whose calendars are beside it."""
    return Terms(Seal(settings.secret, "calendars"), allow_private=True)


@pytest.fixture
def sending(settings: Settings) -> Sending:
    """What links need."""
    return Sending.of(settings)


@dataclass(frozen=True)
class Office:
    """A rep with a qualified lead, an AE, and how to do as the jobs do."""

    rep: User
    ae: User
    lead: Lead
    address: str
    begin: Begin
    database: Database
    organisation: UUID
    terms: Terms
    sending: Sending

    def write(self) -> None:
        """Write what is due to calendars."""
        write_due(self.database, self.terms, self.organisation)

    def read(self, connection_id: UUID) -> Connection:
        """Read a calendar now; how it stands."""
        with self.begin() as tx:
            before = sources.by_id(tx, connection_id)
        assert before is not None
        read_one(self.database, self.terms, self.organisation, before)
        with self.begin() as tx:
            after = sources.by_id(tx, connection_id)
        assert after is not None
        return after

    def mail(self) -> None:
        """Hand over the mails that are due."""
        mail_due(self.database, self.sending, self.organisation)

    def mailbox(self, user: User) -> None:
        """Connect a mailbox; nothing listens there."""
        seal = Seal("x", "mailboxes")
        with self.begin() as tx:
            add_mailbox(
                tx,
                seal,
                address=f"{new_id().hex}@offhook.example",
                smtp_host="127.0.0.1",
                imap_host="127.0.0.1",
                password="secret",  # noqa: S106 # of the tests
                user_id=user.id,
                shown_name=user.name,
            )


@pytest.fixture
def office(begin: Begin, database: Database, organisation: UUID, terms: Terms, sending: Sending) -> Office:
    """A rep and an AE on a Monday at nine, UTC."""
    address = f"{new_id().hex}@prospects.example"
    with begin() as tx:
        rep, ae = a_rep(tx), a_user(tx, Role.AE, team_id=a_team(tx).id)
        lead = a_qualified_lead(tx, rep, person_id=a_person(tx, "Ada Byron", email=address))
    return Office(rep, ae, lead, address, begin, database, organisation, terms, sending)


Connect = Callable[..., tuple[Connection, str]]


@pytest.fixture
def connect(office: Office, server: CalendarServer, names: list[str]) -> Connect:
    """Connects a user's calendar on the server: the connection, and the name on the server."""

    def make(user: User, **told: object) -> tuple[Connection, str]:
        name = names.pop()
        address = server.make_calendar(name)
        given: dict[str, object] = {
            "kind": SourceKind.CALDAV,
            "address": address,
            "username": name,
            "password": PASSWORD,
            "user_id": user.id,
        }
        with office.begin() as tx:
            new = add_connection(tx, office.terms.seal, **(given | told))  # pyright: ignore[reportArgumentType] # by name
        return new, name

    return make
