"""Inbound webhooks as senders meet them: signed, repeated, forged, late, and of every shape."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from conftest import Begin
from offhook.intake import doors
from offhook.intake.pages import LARGEST_MESSAGE
from offhook.intake.responding import MOST_RECORDS
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings
from offhook.leads import add_campaign

ADA = {"email": "ada@engines.example", "firstName": "Ada", "last_name": "Lovelace", "company": "Engines"}


class Sender:
    """A program that sends to a hook."""

    def __init__(self, client: TestClient, organisation: UUID, hook_id: UUID, secret: str) -> None:
        self.client = client
        self.address = f"/hooks/{organisation}/{hook_id}"
        self.secret = secret

    def send(
        self, told: object, *, message_id: str | None = None, sent: datetime | None = None, **headers: str
    ) -> httpx.Response:
        """Send something, signed, as JSON unless it is bytes."""
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        message_id = message_id or str(new_id())
        sent = sent or datetime.now(UTC)
        signed = {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(sent.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(message_id, sent, body.decode(errors="replace")),
        }
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        raw = {name: value.encode() for name, value in (signed | given).items()}
        return self.client.post(self.address, content=body, headers=raw)


@pytest.fixture
def sender(begin: Begin, nobody: TestClient, organisation: UUID, settings: Settings) -> Sender:
    """A program with a hook and its secret."""
    with begin() as tx:
        hook, secret = doors.add_hook(
            tx,
            settings.secret,
            name="Chat",
            campaign_id=add_campaign(tx, f"Chat {new_id()}").id,
            mapping={"contact.mail": "email"},
        )
    return Sender(nobody, organisation, hook.id, secret)


def count(begin: Begin) -> tuple[int, int]:
    """How many persons and received records there are."""
    with begin() as tx:
        return (
            tx.scalar(int, "SELECT count(*) FROM person") or 0,
            tx.scalar(int, "SELECT count(*) FROM intake_record") or 0,
        )


def test_a_signed_message_is_taken_in_and_kept_as_it_was_sent(begin: Begin, sender: Sender) -> None:
    message = {**ADA, "visit": {"pages": 3, "tags": ["a", "b"], "returning": True}, "note": None}
    answer = sender.send(message)
    assert answer.status_code == 200
    assert answer.json() == {"repeated": False, "records": [{"outcome": "imported", "errors": []}]}
    with begin() as tx:
        assert tx.scalar(str, "SELECT full_name FROM person") == "Ada Lovelace"
        assert tx.scalar(dict, "SELECT attributes FROM person") == {
            "visit.pages": "3",
            "visit.tags": "a, b",
            "visit.returning": "true",
        }
        assert json.loads(tx.scalar(str, "SELECT received FROM intake_record") or "") == message


def test_fields_are_what_the_hook_says_else_guessed_from_their_last_name(begin: Begin, sender: Sender) -> None:
    told = {"contact": {"mail": "ada@engines.example", "email": "other@x.example"}, "lead": {"jobTitle": "CTO"}}
    assert sender.send(told).json()["records"][0]["outcome"] == "imported"
    with begin() as tx:
        assert tx.scalars(str, "SELECT value FROM contact_point") == ["ada@engines.example"]
        assert tx.scalar(str, "SELECT title FROM person") == "CTO"


@pytest.mark.parametrize("shape", [lambda rows: rows, lambda rows: {"records": rows}])
def test_a_message_may_hold_many_records(begin: Begin, sender: Sender, shape) -> None:
    rows = [ADA, {"colour": "red"}, ADA | {"email": "bo@looms.example", "firstName": "Bo", "company": "Looms"}]
    answer = sender.send(shape(rows))
    assert [one["outcome"] for one in answer.json()["records"]] == ["imported", "rejected", "imported"]
    assert "tells of nobody" in answer.json()["records"][1]["errors"][0]["reason"]
    assert count(begin) == (2, 3)


def test_a_message_sent_again_changes_nothing(begin: Begin, sender: Sender) -> None:
    assert sender.send(ADA, message_id="msg_1").json()["repeated"] is False
    assert sender.send(ADA, message_id="msg_1").json() == {"repeated": True, "records": []}
    assert sender.send(ADA, message_id="msg_2").json()["records"][0]["outcome"] == "merged"
    assert count(begin) == (1, 2)


def test_a_message_that_could_not_be_taken_may_come_again(begin: Begin, sender: Sender) -> None:
    assert sender.send(b"[1]", message_id="msg_1").status_code == 422
    assert sender.send(ADA, message_id="msg_1").json()["repeated"] is False


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook_signature": "v1,bm90IHRoZSBzaWduYXR1cmU="},
        {"webhook_signature": "v1,not base64!"},
        {"webhook_signature": "v1"},
        {"webhook_signature": "v2,bm90IHRoZSBzaWduYXR1cmU="},
        {"webhook_signature": ""},
        {"webhook_signature": "v1,été"},
        {"webhook_timestamp": "yesterday"},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": "9" * 30},
        {"webhook_id": ""},
        {"webhook_id": "x" * 201},
        {"webhook_id": "another"},
    ],
)
def test_what_is_not_signed_as_it_should_be_is_refused(
    begin: Begin, sender: Sender, headers: dict[str, str]
) -> None:
    assert sender.send(ADA, **headers).status_code == 401
    assert count(begin) == (0, 0)


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_message_from_another_time_is_refused(sender: Sender, age: timedelta) -> None:
    assert sender.send(ADA, sent=datetime.now(UTC) - age).status_code == 401


def test_a_message_signed_with_another_secret_is_refused(sender: Sender) -> None:
    sender.secret = "whsec_" + "A" * 44
    assert sender.send(ADA).status_code == 401


def test_whoever_cannot_sign_learns_nothing_of_which_hooks_there_are(
    begin: Begin, sender: Sender, nobody: TestClient
) -> None:
    unsigned = nobody.post(sender.address, content=b"{}")
    unknown = Sender(nobody, new_id(), new_id(), sender.secret).send(ADA)
    sender.secret = "whsec_" + "A" * 44
    forged = sender.send(ADA)
    with begin() as tx:
        doors.change_hook(tx, doors.hooks_page(tx, None, 1)[0].id, 1, {"is_active": False})
    closed = sender.send(ADA)
    told = [one.json() | {"instance": ""} for one in (unsigned, unknown, forged, closed)]
    assert told == [told[0]] * 4
    assert told[0]["status"] == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"3",
        b'"text"',
        b"[{}, 3]",
        b'{"email": NaN}',
        b"[" * 100_000,
        b'{"records": [' + b'{"email": "a@b.example"},' * MOST_RECORDS + b"{}]}",
        b'{"x": "' + b"y" * LARGEST_MESSAGE + b'"}',
    ],
    ids=str,
)
def test_a_body_that_holds_no_records_is_refused_with_the_reason(
    begin: Begin, sender: Sender, body: bytes
) -> None:
    answer = sender.send(body)
    assert answer.status_code in {422, 200}
    if answer.status_code == 200:
        assert [one["outcome"] for one in answer.json()["records"]] == ["rejected"]
    else:
        assert answer.json()["detail"]
    assert count(begin)[0] == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_any_object_is_taken_in_or_refused(sender: Sender, told: dict[str, object]) -> None:
    answer = sender.send(told | {"email": "ada@engines.example"})
    assert answer.status_code in {200, 422}, answer.text
