"""A mailbox reached by a sign-in at its provider: mail really sent and read with a token, at Dovecot and Postfix.

Dovecot lets in by XOAUTH2 alone and asks the provider about each token (RFC 7662); Postfix asks Dovecot.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from conftest import Begin
from identity.factories import a_token, a_user
from leads.factories import a_desk, respond
from mail import post
from mail.post import HOST, PostOffice
from mail.server import Script, scripted
from oauth.conftest import emulator, keys, registered, running
from oauth.emulator import Emulator
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database
from offhook.kernel.delivery import deliver
from offhook.kernel.ids import new_id
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings
from offhook.leads import Received
from offhook.mail.links import links_of
from offhook.mail.mailboxes.checking import check
from offhook.mail.mailboxes.model import Checked, Login
from offhook.mail.mailboxes.service import login_of, mailboxes_page, seal_of, signs_in_by
from offhook.mail.messages.filing import file_due
from offhook.mail.messages.model import MailState
from offhook.mail.messages.sending import send_due
from offhook.oauth.renewing import renew_due
from offhook.web.app import create_app
from offhook.web.consumers import CONSUMERS

__all__ = ["emulator", "keys", "running"]

ADA, OTHER = "ada@offhook.example", "other@offhook.example"
MAILBOXES = "/api/v1/mail/mailboxes"


@pytest.fixture(scope="session")
def token_office(running: Emulator, keys: tuple[Path, Path]) -> Generator[PostOffice]:
    """A post office whose accounts are let in by tokens."""
    missing = post.why_not()
    if missing:
        pytest.skip(missing)
    opening = post.open_post_office(
        [ADA, OTHER],
        ["offhook.example", "prospects.example"],
        introspection=f"{running.address}/introspect",
        keys=keys,
    )
    with opening as office:
        yield office


@dataclass(frozen=True)
class Rep:
    """A rep before the API of an installation that is registered at the provider, with a lead."""

    client: TestClient
    emulator: Emulator
    office: PostOffice
    settings: Settings
    database: Database
    organisation: UUID
    begin: Begin
    lead: Received
    to: str
    seal: Seal

    def sign_in(self, provider: str = "microsoft", **told: object) -> dict[str, object]:
        """Go to the provider, agree, and come back; what is answered."""
        begun = self.client.post("/api/v1/sign-ins", json={"provider": provider, "purpose": "mail", **told})
        assert begun.status_code == 200, begun.text
        back = self.emulator.user_goes(begun.json()["address"])
        answer = self.client.post(f"{MAILBOXES}/signed-in", json=back)
        return {**answer.json(), "status": answer.status_code}

    def mailbox(self) -> dict[str, object]:
        """The rep's mailbox as the API tells it."""
        (found,) = self.client.get(MAILBOXES).json()["items"]
        return found

    def write(self) -> dict[str, str]:
        """A mail to the lead's person."""
        told = {"lead_id": str(self.lead.lead_id), "subject": "Engines", "text": "Hello."}
        answer = self.client.post("/api/v1/mail/messages", json=told)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def state_of(self, mail: dict[str, str]) -> str:
        """Where a mail stands."""
        return self.client.get(f"/api/v1/mail/messages/{mail['id']}").json()["state"]

    def send(self) -> None:
        """As the jobs do."""
        send_due(self.database, self.seal, links_of(self.settings), self.organisation)
        file_due(self.database, self.seal, links_of(self.settings), self.organisation)

    def renew(self) -> None:
        """As the job and the relay do."""
        renew_due(self.database, self.settings, self.organisation)
        deliver(self.database, CONSUMERS, self.organisation)

    def login(self) -> Login:
        """The mailbox with its token."""
        with self.begin() as tx:
            return login_of(tx, self.seal, UUID(str(self.mailbox()["id"])))


@pytest.fixture
def rep(
    begin: Begin,
    settings: Settings,
    emulator: Emulator,
    token_office: PostOffice,
    database: Database,
    organisation: UUID,
) -> Rep:
    """A rep who has connected nothing yet."""
    servers = {"smtp": f"{HOST}:{token_office.submission}", "imap": f"{HOST}:{token_office.imaps}"}
    given = {f"{name}_{what}": at for name in ("google", "microsoft") for what, at in servers.items()}
    at_home = registered(settings, emulator).model_copy(update=given)
    to = f"{new_id().hex}@prospects.example"
    with begin() as tx:
        desk = a_desk(tx, reps=1, aes=0)
        token = a_token(tx, desk.reps[0])
        lead = respond(tx, desk.campaign, email=to, name="Ada Byron", owner_id=desk.reps[0].id)
    client = TestClient(create_app(database, at_home), headers={"authorization": f"Bearer {token}"})
    seal = seal_of(at_home)
    return Rep(client, emulator, token_office, at_home, database, organisation, begin, lead, to, seal)


@pytest.mark.parametrize("provider", ["google", "microsoft"])
def test_signing_in_makes_a_mailbox_at_the_providers_servers(rep: Rep, provider: str) -> None:
    made = rep.sign_in(provider)
    assert made["status"] == 200
    assert (made["address"], made["username"], made["saves_sent"]) == (ADA, ADA, True)
    assert (made["smtp_host"], made["smtp_port"]) == (HOST, rep.office.submission)
    assert made["sign_in"] == {"provider": provider, "title": provider.title(), "lapsed_at": None}
    assert check(rep.login()) == Checked(None, None, "Gesendet")


def test_a_mail_is_sent_and_found_in_the_sent_folder_with_a_token(rep: Rep) -> None:
    made = rep.sign_in()
    rep.client.patch(
        f"{MAILBOXES}/{made['id']}", json={"saves_sent": False}, headers={"if-match": f'"{made["version"]}"'}
    )
    mail = rep.write()
    rep.send()
    (received,) = rep.office.await_mails(rep.to, 1)
    assert received["Subject"] == "Engines"
    assert rep.state_of(mail) == MailState.SENT
    filed = rep.office.received(ADA, "Gesendet")
    assert [one["Message-ID"] for one in filed].count(received["Message-ID"]) == 1


def test_a_token_that_ends_is_renewed_ahead_and_mail_goes_on(rep: Rep, clock: SetClock) -> None:
    rep.sign_in()
    clock.advance(timedelta(minutes=51))
    rep.emulator.end_access()
    rep.renew()
    mail = rep.write()
    rep.send()
    assert rep.state_of(mail) == MailState.SENT


def test_what_is_taken_back_shows_keeps_the_mail_and_goes_on_after_signing_in_again(
    rep: Rep, clock: SetClock
) -> None:
    made = rep.sign_in()
    rep.emulator.revoke()
    mail = rep.write()
    rep.send()
    refusing = rep.mailbox()
    assert refusing["state"] == "refusing"
    assert "does not take the sign-in: 535" in str(refusing["problem"])
    rep.renew()  # at once, as its server refused
    lapsed = rep.mailbox()
    assert lapsed["problem"] == f"Microsoft does not let Offhook in as {ADA} any more: sign in again."
    assert lapsed["sign_in"] == {
        "provider": "microsoft",
        "title": "Microsoft",
        "lapsed_at": "2026-03-02T09:00:00Z",
    }
    for _ in range(3):
        clock.advance(timedelta(hours=2))
        rep.send()
    assert rep.state_of(mail) == MailState.QUEUED
    again = rep.sign_in(account=ADA)
    assert (again["id"], again["state"], again["problem"]) == (made["id"], "ok", "")
    rep.send()
    assert rep.state_of(mail) == MailState.SENT
    assert len(rep.office.await_mails(rep.to, 1)) == 1


def test_a_grant_that_lapses_while_nothing_is_sent_shows_at_once(rep: Rep, clock: SetClock) -> None:
    rep.sign_in()
    rep.emulator.revoke()
    clock.advance(timedelta(minutes=51))
    rep.renew()
    assert rep.mailbox()["state"] == "refusing"


def test_both_servers_tell_why_they_do_not_take_a_token(rep: Rep) -> None:
    rep.sign_in()
    found = check(replace(rep.login(), token="forged"))  # noqa: S106 # of the test
    for problem in (found.smtp_problem, found.imap_problem):
        assert problem is not None
        assert "does not take the sign-in: " in problem
        assert "status " in problem


def test_a_token_lets_into_no_other_mailbox(rep: Rep) -> None:
    rep.sign_in()
    login = rep.login()
    found = check(replace(login, mailbox=replace(login.mailbox, username=OTHER)))
    assert found.smtp_problem is not None
    assert found.imap_problem is not None


def test_a_server_without_xoauth2_is_shown_no_token(rep: Rep) -> None:
    rep.sign_in()
    with scripted(rep.office, Script()) as server:
        login = rep.login()
        found = check(replace(login, mailbox=replace(login.mailbox, smtp_port=server.port)))
    assert found.smtp_problem is not None
    assert "does not offer what 'starttls' and a login need: no XOAUTH2" in found.smtp_problem


def test_nobody_has_a_token_shown_to_another_server(rep: Rep, begin: Begin) -> None:
    made = rep.sign_in()
    with begin() as tx:
        admin = a_token(tx, a_user(tx, Role.ADMIN))
    headers = {"if-match": f'"{made["version"]}"', "authorization": f"Bearer {admin}"}
    for changes in ({"smtp_host": "evil.example"}, {"imap_port": 1}, {"username": "x"}, {"password": "x"}):
        answer = rep.client.patch(f"{MAILBOXES}/{made['id']}", json=changes, headers=headers)
        assert answer.status_code == 422
        assert "is the provider's" in answer.json()["detail"]
    kept = rep.client.patch(f"{MAILBOXES}/{made['id']}", json={"signature": "Ada"}, headers=headers)
    assert kept.status_code == 200


def test_a_mailbox_with_a_password_is_signed_in_and_keeps_its_own(rep: Rep) -> None:
    told = {"address": ADA, "smtp_host": "x.example", "imap_host": "x.example", "password": "p", "signature": "A."}
    before = rep.client.post(MAILBOXES, json=told).json()
    after = rep.sign_in()
    assert (after["id"], after["signature"], after["smtp_host"]) == (before["id"], "A.", HOST)
    assert after["sign_in"] is not None
    assert check(rep.login()).smtp_problem is None


def test_another_account_than_the_mailboxs_is_refused_and_nothing_kept(rep: Rep) -> None:
    rep.sign_in()
    rep.emulator.account = OTHER
    answer = rep.sign_in()
    assert answer["status"] == 409
    assert answer["detail"] == (
        f"You signed in as {OTHER}, but your mailbox is {ADA}. Sign in as that one, or remove the mailbox first."
    )
    with rep.begin() as tx:
        assert tx.scalar(int, "SELECT count(*)::int FROM oauth_grant") == 1


def test_a_mailbox_that_is_removed_takes_its_grant_with_it(rep: Rep) -> None:
    made = rep.sign_in()
    gone = rep.client.delete(f"{MAILBOXES}/{made['id']}", headers={"if-match": f'"{made["version"]}"'})
    assert gone.status_code == 200
    with rep.begin() as tx:
        assert tx.scalar(int, "SELECT count(*)::int FROM oauth_grant") == 0


def test_a_repeated_return_is_answered_as_before_without_asking_the_provider_again(rep: Rep) -> None:
    begun = rep.client.post("/api/v1/sign-ins", json={"provider": "google", "purpose": "mail"}).json()
    back = rep.emulator.user_goes(begun["address"])
    answers = [
        rep.client.post(f"{MAILBOXES}/signed-in", json=back, headers={"idempotency-key": "once"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"


def test_how_a_mailbox_signs_in_is_told_in_words(rep: Rep, clock: SetClock) -> None:
    rep.sign_in()

    def told() -> list[str]:
        with rep.begin() as tx:
            return list(signs_in_by(tx, mailboxes_page(tx, None, 10)).values())

    assert told() == ["Microsoft"]
    rep.emulator.revoke()
    clock.advance(timedelta(minutes=51))
    rep.renew()
    assert told() == ["Microsoft: sign in again"]
