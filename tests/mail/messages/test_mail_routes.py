"""Mails as reps and their programs write them, over the API."""

import pytest
from starlette.testclient import TestClient

from identity.factories import a_token, a_user
from mail.conftest import NewWriter, Writer
from offhook import compliance, identity, leads
from offhook.identity import Role
from offhook.kernel.database import Database
from offhook.kernel.settings import Settings
from offhook.web.app import create_app

MAILS = "/api/v1/mail/messages"


@pytest.fixture
def offline(new_writer: NewWriter) -> Writer:
    """A writer whose mailbox is at a server that nobody asks here."""
    return new_writer(587, 993)


@pytest.fixture
def rep(offline: Writer, database: Database, settings: Settings) -> TestClient:
    """The writer's client."""
    with offline.begin() as tx:
        text = a_token(tx, identity.user(tx, offline.mailbox.user_id))
    return TestClient(create_app(database, settings), headers={"authorization": f"Bearer {text}"})


def a_mail(writer: Writer, **changed: object) -> dict[str, object]:
    return {"lead_id": str(writer.lead.lead_id), "subject": "Engines", "text": "Hello."} | changed


def test_a_mail_from_writing_to_withdrawing(rep: TestClient, offline: Writer) -> None:
    answer = rep.post(MAILS, json=a_mail(offline), headers={"idempotency-key": "1"})
    assert answer.status_code == 201, answer.text
    mail = answer.json()
    assert (mail["state"], mail["to_address"], mail["to_name"]) == ("queued", offline.to, "Ada Byron")
    assert rep.post(MAILS, json=a_mail(offline), headers={"idempotency-key": "1"}).json()["id"] == mail["id"]
    listed = rep.get(MAILS, params={"lead_id": str(offline.lead.lead_id)}).json()
    assert [one["id"] for one in listed["items"]] == [mail["id"]]
    path = f"{MAILS}/{mail['id']}"
    assert rep.post(f"{path}/was-sent").status_code == 409
    assert rep.post(f"{path}/send-again").status_code == 409
    assert rep.post(f"{path}/withdraw").json()["state"] == "withdrawn"
    assert rep.get(path).json()["state"] == "withdrawn"


def test_a_refusal_of_the_policy_names_its_reason(rep: TestClient, offline: Writer) -> None:
    with offline.begin() as tx:
        compliance.suppress(tx, offline.to, "asked by letter")

    answer = rep.post(MAILS, json=a_mail(offline))

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:offhook:problem:mail-refused-suppressed"
    assert "asked by letter" in answer.json()["detail"]
    with offline.begin() as tx:
        person_id = leads.load_lead(tx, offline.lead.lead_id).person_id
    check = rep.get("/api/v1/compliance/mail/check", params={"person_id": str(person_id)}).json()
    assert [one["code"] for one in check["refusals"]] == ["suppressed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("subject", "a\r\nBcc: b@c.example"), ("in_reply_to", "no id"), ("text", " "), ("key", "a\n")],
)
def test_what_cannot_be_sent_is_named(rep: TestClient, offline: Writer, field: str, value: str) -> None:
    answer = rep.post(MAILS, json=a_mail(offline, **{field: value}))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_who_has_no_mailbox_is_told_to_connect_one(rep: TestClient, offline: Writer, database: Database) -> None:
    with offline.begin() as tx:
        text = a_token(tx, a_user(tx, Role.MANAGER))

    answer = rep.post(MAILS, json=a_mail(offline), headers={"authorization": f"Bearer {text}"})

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:offhook:problem:no-mailbox"


def test_another_reps_lead_and_another_reps_mail_are_not_ones_own(rep: TestClient, offline: Writer) -> None:
    mail = rep.post(MAILS, json=a_mail(offline)).json()
    with offline.begin() as tx:
        other = {"authorization": f"Bearer {a_token(tx, a_user(tx))}"}

    assert rep.post(f"{MAILS}/{mail['id']}/withdraw", headers=other).status_code == 403
    named = a_mail(offline, user_id=str(offline.mailbox.user_id))
    assert rep.post(MAILS, json=named, headers=other).status_code == 403
