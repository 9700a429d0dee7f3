"""What nobody should send to the doors of intake: taken in or refused in words, never an error of ours."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from conftest import Begin
from offhook.identity import Role
from offhook.kernel.clock import SetClock
from offhook.people import KNOWN_FIELDS
from web.conftest import SignIn

HOSTILE = (
    "\0",
    "a\0b",
    "\ud83d",
    "a\udc00b",
    "\x1b[31m",
    "\u202e\u2066",
    "\ufffe\uffff",
    "'; DROP TABLE person; --",
    "%(id)s %s {0} {email}",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "x" * 20_000,
    "\n\r\t",
    "0" * 5_000,
    "²³٣",
    "1e999",
    "a@" + "b." * 200 + "example",
    "‮@engines.example",
    "+" + "9" * 400,
)


@pytest.fixture
def campaign_id(sign_in: SignIn) -> str:
    """A campaign of the test's organisation."""
    return sign_in(Role.ADMIN).post("/api/v1/campaigns", json={"name": "Open doors"}).json()["id"]


@pytest.fixture
def client(sign_in: SignIn) -> TestClient:
    """Somebody who may bring people in."""
    return sign_in(Role.DEMAND_GENERATION)


def post(client: TestClient, path: str, told: object, **headers: str) -> tuple[int, str]:
    """Send JSON as a program does that escapes what is not ASCII, halves of letters included."""
    answer = client.post(path, content=json.dumps(told), headers={"content-type": "application/json", **headers})
    assert answer.status_code < 500, f"{told!r}: {answer.text}"
    return answer.status_code, answer.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_taken_in_or_refused_wherever_it_stands(
    client: TestClient, campaign_id: str, begin: Begin, text: str
) -> None:
    records: list[Mapping[str, str]] = [
        {"email": "ada@engines.example", "first_name": text, "source": text, "content": text, "note": text},
        {"email": "bob@looms.example", f"custom {text}"[:90]: "value"},
        {"email": text, "phone": text, "company": text, "external_id": text, "owner": text},
        {"email": "cy@mills.example", "last_name": "Cy"},
    ]
    status, told = post(client, "/api/v1/responses/batch", {"campaign_id": campaign_id, "records": records})
    assert status == 200, told
    with begin() as tx:
        assert tx.scalar(int, "SELECT count(*) FROM contact_point WHERE value = 'cy@mills.example'") == 1


@pytest.mark.parametrize("field", KNOWN_FIELDS)
def test_hostile_text_does_no_harm_in_any_field(client: TestClient, campaign_id: str, field: str) -> None:
    for value in HOSTILE:
        post(
            client,
            "/api/v1/responses",
            {"campaign_id": campaign_id, "record": {field: value, "company": "Engines"}},
        )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=8), inner),
        max_leaves=8,
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_answered(client: TestClient, campaign_id: str, told: object) -> None:
    post(client, "/api/v1/responses", {"campaign_id": campaign_id, "record": told})
    post(client, "/api/v1/responses", told)


def test_a_hostile_message_is_answered(
    sign_in: SignIn, nobody: TestClient, campaign_id: str, clock: SetClock
) -> None:
    admin = sign_in()
    hook = admin.post("/api/v1/hooks", json={"name": "Tool", "campaign_id": campaign_id}).json()
    path = "/" + hook["address"].split("/", 3)[3]
    for n, text in enumerate(HOSTILE):
        body, now = (
            json.dumps([{"email": f"p{n}@engines.example", "deep": {text[:50]: [text]}}]),
            datetime.now(UTC),
        )
        answer = nobody.post(
            path,
            content=body,
            headers={
                "webhook-id": f"msg_{n}",
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(hook["secret"]).sign(f"msg_{n}", now, body),
            },
        )
        assert answer.status_code == 200, (text, answer.text)
        assert answer.json()["records"][0]["outcome"] == "imported"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_answer_of_a_form_is_answered(
    sign_in: SignIn, nobody: TestClient, campaign_id: str, clock: SetClock, text: str
) -> None:
    form = sign_in().post("/api/v1/forms", json={"name": "Talk to us", "campaign_id": campaign_id}).json()
    path = "/" + form["address"].split("/", 3)[3]
    answers = {
        "first_name": text,
        "last_name": text,
        "email": "ada@engines.example",
        "company": text,
        "shown": text,
    }
    sent = urlencode(answers, errors="surrogatepass", encoding="utf-8")
    answer = nobody.post(path, content=sent, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code in {413, 422}
    assert "<script>" not in answer.text


def test_one_new_person_told_of_many_times_at_once_is_one(
    client: TestClient, campaign_id: str, begin: Begin
) -> None:
    record = {"email": "ada@engines.example", "full_name": "Ada Byron", "company": "Engines"}

    def send(_: int) -> int:
        return client.post("/api/v1/responses", json={"campaign_id": campaign_id, "record": record}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(24))) == {201}
    with begin() as tx:
        assert tx.scalar(int, "SELECT count(*) FROM person") == 1
        assert tx.scalar(int, "SELECT count(*) FROM account") == 1
        assert tx.scalar(int, "SELECT count(*) FROM response") == 1
        assert tx.scalar(int, "SELECT count(*) FROM lead") == 1
        assert tx.scalar(int, "SELECT count(*) FROM event WHERE kind = 'response.received'") == 1
