"""Mails as reps and their programs write them, over the API."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from identity.factories import a_token, a_user
from mail.conftest import NewWriter, Writer
from offhook import compliance, identity, leads
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Database
from offhook.kernel.ids import new_id
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


def a_template(rep: TestClient, **variant: object) -> dict[str, object]:
    """A template of the rep's own."""
    text = {
        "subject": "For {{ person.first_name }}",
        "body": "Hello **{{ person.last_name }}** of {{ person.city }}",
    }
    answer = rep.post("/api/v1/mail/templates", json={"name": new_id().hex, "variants": [text | variant]})
    assert answer.status_code == 201, answer.text
    return answer.json()


def a_draft(rep: TestClient, writer: Writer, **params: object) -> dict[str, Any]:
    answer = rep.get(f"{MAILS}/draft", params={"lead_id": str(writer.lead.lead_id), **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_draft_shows_what_a_template_says_and_what_is_missing(rep: TestClient, offline: Writer) -> None:
    template = a_template(rep)

    draft = a_draft(rep, offline, template_id=template["id"])

    assert (draft["addresses"], draft["to_name"]) == ([offline.to], "Ada Byron")
    assert (draft["mailbox"]["address"], draft["mailbox"]["state"]) == (offline.mailbox.address, "ok")
    assert draft["policy"]["is_allowed"]
    made = draft["made"]
    assert (made["subject"], made["text"]) == ("For Ada", "Hello **Byron** of")
    assert (made["missing"], made["variant_name"]) == (["person.city"], "A")
    assert a_draft(rep, offline)["made"] is None


def test_a_draft_tells_before_writing_that_the_policy_refuses(rep: TestClient, offline: Writer) -> None:
    with offline.begin() as tx:
        compliance.suppress(tx, offline.to, "asked by letter")

    policy = a_draft(rep, offline)["policy"]

    assert not policy["is_allowed"]
    assert [one["code"] for one in policy["refusals"]] == ["suppressed"]


def test_a_mail_is_sent_as_its_user_made_it_of_a_template(rep: TestClient, offline: Writer) -> None:
    template = a_template(rep)
    made = a_draft(rep, offline, template_id=template["id"])["made"]
    named = {"template_id": template["id"], "variant_id": made["variant_id"], "subject": made["subject"]}

    same = rep.post(MAILS, json=a_mail(offline, **named, text=made["text"])).json()
    edited = rep.post(MAILS, json=a_mail(offline, **named, text="Hello *you*")).json()
    retitled = rep.post(MAILS, json=a_mail(offline, **(named | {"subject": "Hi"}), text=made["text"])).json()

    assert (same["is_edited"], same["body_text"]) == (False, "Hello Byron of")
    assert (edited["is_edited"], edited["body_text"]) == (True, "Hello you")
    assert edited["body_html"] == "<p>Hello <em>you</em></p>\n"
    assert (retitled["is_edited"], retitled["variant_id"]) == (True, made["variant_id"])


def test_a_template_alone_is_rendered_or_refused_with_what_is_missing(rep: TestClient, offline: Writer) -> None:
    named = {"lead_id": str(offline.lead.lead_id)}
    whole, lacking = a_template(rep, body="Hello"), a_template(rep)

    assert rep.post(MAILS, json=named | {"template_id": whole["id"]}).json()["body_text"] == "Hello"
    refused = rep.post(MAILS, json=named | {"template_id": lacking["id"]})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "person.city")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"subject": "x"}, "text"),
        ({"text": "x"}, "subject"),
        ({"template_id": str(new_id()), "lead_id": None, "person_id": str(new_id())}, "lead_id"),
        ({"template_id": str(new_id()), "html": "<p>x</p>"}, "html"),
        ({"subject": "x", "text": "x", "send_at": "2026-03-02T09:00:00"}, "send_at"),
    ],
)
def test_what_does_not_fit_is_named(rep: TestClient, offline: Writer, told: dict[str, object], field: str) -> None:
    answer = rep.post(MAILS, json={"lead_id": str(offline.lead.lead_id)} | told)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_a_mail_that_is_held_can_be_withdrawn(rep: TestClient, offline: Writer, clock: SetClock) -> None:
    later = clock.now() + timedelta(days=1)
    held = rep.post(MAILS, json=a_mail(offline, hold_seconds=10)).json()
    planned = rep.post(MAILS, json=a_mail(offline, hold_seconds=10, send_at=later.isoformat())).json()

    assert datetime.fromisoformat(held["send_at"]) == clock.now() + timedelta(seconds=10)
    assert datetime.fromisoformat(planned["send_at"]) == later
    listed = rep.get(MAILS, params={"lead_id": str(offline.lead.lead_id), "unsettled": True}).json()["items"]
    assert [one["id"] for one in listed] == [planned["id"], held["id"]]
    assert rep.post(f"{MAILS}/{held['id']}/withdraw").json()["state"] == "withdrawn"
    listed = rep.get(MAILS, params={"lead_id": str(offline.lead.lead_id), "unsettled": True}).json()["items"]
    assert [one["id"] for one in listed] == [planned["id"]]


def test_the_signature_stands_below_each_mail_in_both_parts(rep: TestClient, offline: Writer) -> None:
    box = f"/api/v1/mail/mailboxes/{offline.mailbox.id}"
    told = {"signature": "  **Sam**\n[acme.example](https://acme.example)\x07 "}
    assert rep.patch(box, json=told, headers={"if-match": '"1"'}).json()["signature"].startswith("**Sam**")

    plain = rep.post(MAILS, json=a_mail(offline)).json()
    both = rep.post(MAILS, json=a_mail(offline, text_format="markdown", text="Hello **you**")).json()

    assert plain["body_text"] == "Hello.\n\n-- \nSam\nacme.example (https://acme.example)"
    assert plain["body_html"] is None
    assert both["body_text"].startswith("Hello you\n\n-- \nSam")
    assert "<strong>you</strong>" in both["body_html"]
    assert '<a href="https://acme.example">acme.example</a>' in both["body_html"]
    wrong = rep.patch(box, json={"signature": "x" * 2_001}, headers={"if-match": '"2"'})
    assert wrong.json()["errors"][0]["field"] == "signature"


def test_templates_that_one_used_last_come_first(rep: TestClient, offline: Writer, clock: SetClock) -> None:
    first, second = a_template(rep, body="Hello"), a_template(rep, body="Hi")
    third = a_template(rep, body="Bye")
    for template in (second, first):
        clock.advance(timedelta(minutes=1))
        rep.post(MAILS, json={"lead_id": str(offline.lead.lead_id), "template_id": template["id"]})

    choices = rep.get(f"{MAILS}/templates").json()["items"]

    assert [one["id"] for one in choices] == [first["id"], second["id"], third["id"]]
    assert choices[2]["used_at"] is None
