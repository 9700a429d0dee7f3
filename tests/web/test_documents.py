"""The documents keep their word: their examples run, their tables are whole."""

import base64
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from offhook.identity import PERMISSIONS
from offhook.kernel import errors
from offhook.kernel.settings import Settings
from web.conftest import SignIn

DOCS = Path(__file__).parents[2] / "docs"
API = (DOCS / "api.md").read_text()
ADMINISTRATOR = (DOCS / "administrator.md").read_text()


def curls(text: str) -> list[str]:
    """The curl commands of a document, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("curl ")]


def run_curl(client: TestClient, line: str, variables: dict[str, str]) -> httpx.Response:
    """Do what curl would: `-X`, `-H`, `-d`, `-s` and an address. Anything else is an error of the document."""
    for name, value in variables.items():
        line = line.replace(f"${name}", value)
    words = iter(shlex.split(line)[1:])
    method, headers, body, url = None, {}, None, ""
    for word in words:
        match word:
            case "-s":
                pass
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(":")
                headers[name] = value.strip()
            case "-d":
                body = next(words)
            case _:
                assert word.startswith("http"), f"unknown option {word} in {line}"
                url = word
    return client.request(method or ("POST" if body else "GET"), url, headers=headers, content=body)


def test_every_example_of_the_api_document_works(nobody: TestClient, sign_in: SignIn) -> None:
    token = sign_in().headers["authorization"].removeprefix("Bearer ")
    found = curls(API)
    assert len(found) > 5
    for line in found:
        answer = run_curl(nobody, line, {"OFFHOOK": "http://testserver", "TOKEN": token})
        assert answer.is_success, f"{line}\nanswered {answer.status_code} {answer.text}"


def test_the_signature_check_of_the_api_document_tells_genuine_from_forged() -> None:
    from datetime import UTC, datetime, timedelta

    from standardwebhooks import Webhook

    written = next(block for block in re.findall(r"```python\n(.*?)```", API, re.DOTALL) if "is_genuine" in block)
    names: dict[str, Any] = {}
    exec(written, names)  # noqa: S102 # our own document
    secret, body, now = (
        "whsec_" + base64.b64encode(b"k" * 24).decode(),
        b'{"type": "lead.assigned"}',
        datetime.now(UTC),
    )

    def headers(at: datetime) -> dict[str, str]:
        signature = Webhook(secret).sign("msg_1", at, body.decode())
        stamp = str(int(at.timestamp()))
        return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1a,x {signature}"}

    assert names["is_genuine"](secret, headers(now), body)
    assert not names["is_genuine"](secret, headers(now), body + b" ")
    assert not names["is_genuine"](secret, headers(now - timedelta(minutes=6)), body)


def test_every_kind_of_problem_is_listed() -> None:
    kinds = [getattr(errors, name) for name in dir(errors)]
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, errors.OffhookError) and kind is not errors.OffhookError:
            assert f"| `{kind.code}` | {kind.status} |" in API, kind


def test_every_permission_and_setting_is_listed() -> None:
    for name, told in PERMISSIONS.items():
        assert f"| `{name}` | {told} |" in ADMINISTRATOR
    for name, one in Settings.model_fields.items():
        told = re.escape(one.description or "")
        row = re.search(rf"^\| `OFFHOOK_{name.upper()}` \|.*\| {told} \|$", ADMINISTRATOR, re.MULTILINE)
        assert row, f"OFFHOOK_{name.upper()}: {one.description}"


@pytest.mark.parametrize("command", re.findall(r"^(?:\.venv/bin/)?offhook (\S+)", ADMINISTRATOR, re.MULTILINE))
def test_every_command_of_the_document_is_one(command: str) -> None:
    from offhook.cli.main import WORDS

    assert command in WORDS
