"""What must hold of every operation, found by walking the description: tokens, permissions, repeats, versions."""

import httpx
import pytest
from fastapi import FastAPI, Response
from starlette.testclient import TestClient

from offhook.kernel.http import Call
from web.samples import Operation, operations

WITHOUT_TOKEN = {
    "GET /healthz": "says only that the server is alive",
    "GET /readyz": "says only that the database answers",
    "POST /api/v1/sessions": "signs in",
    "POST /api/v1/sessions/factor-options": "asks for the cookie of a session that waits for its second factor",
    "POST /api/v1/sessions/factor": "likewise",
    "POST /api/v1/sessions/end": "signs out, whether or not the session still holds",
    "POST /api/v1/entry-links/look": "asks for a link of entry",
    "POST /api/v1/entry-links/use": "likewise",
    "GET /healthz/delivery": "says only how far delivery is behind",
}
"""The operations that ask for no token, each with its reason."""

BY_METHOD = {"get": "read", "post": "once", "put": "edit", "patch": "edit", "delete": "edit"}


def way_of(operation: Operation) -> str:
    """How its route must go through `Call`."""
    if operation.path.endswith(("/sound", "/file", "/page", "/received-files/{file_id}")):
        return "serve"
    if operation.path.endswith(("/mail/domains", "/deliverability")):
        return "look"
    return "download" if operation.path.endswith(("/export", "/errors")) else BY_METHOD[operation.method]


def guarded(app: FastAPI) -> list[Operation]:
    """All that ask for a token."""
    return [operation for operation in operations(app.openapi()) if operation.is_guarded]


def send(client: TestClient, operation: Operation) -> httpx.Response:
    """Send its valid request."""
    headers = {"if-match": '"1"'} if operation.method in {"put", "patch", "delete"} else {}
    if operation.media and operation.media.startswith("multipart"):
        files = dict.fromkeys(("file",), ("file.csv", b"email\nada@acme.example\n"))
        fields = operation.body if isinstance(operation.body, dict) else {}
        plain = {name: str(value) for name, value in fields.items() if name not in files}
        return client.request(operation.method, operation.url, data=plain, files=files, headers=headers)
    return client.request(operation.method, operation.url, json=operation.body, headers=headers)


def test_only_named_operations_ask_for_no_token(app: FastAPI) -> None:
    assert {str(one) for one in operations(app.openapi()) if not one.is_guarded} == set(WITHOUT_TOKEN)


def test_every_guarded_operation_refuses_without_a_token(app: FastAPI, nobody: TestClient) -> None:
    for operation in guarded(app):
        answer = send(nobody, operation)
        assert answer.status_code == 401, f"{operation} answered {answer.status_code} {answer.text[:200]}"
        assert answer.headers["www-authenticate"].startswith("Bearer"), operation
        assert answer.headers["content-type"] == "application/problem+json", operation


def test_every_guarded_operation_refuses_a_token_without_scope(app: FastAPI, without_scope: TestClient) -> None:
    told = {str(operation): send(without_scope, operation) for operation in guarded(app)}
    wrong = [f"{name}: {a.status_code} {a.text[:300]}" for name, a in told.items() if a.status_code != 403]
    assert not wrong, "these answered something before they asked for a permission:\n" + "\n".join(wrong)


def test_every_post_can_be_repeated_and_every_edit_names_a_version(
    app: FastAPI, without_scope: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each method goes through the `Call` that keeps its promise: read, download or serve, once or edit."""
    ways: list[str] = []

    def noting(name: str):  # a stand-in for three methods
        def way(self: Call, *_: object, **__: object) -> Response:
            ways.append(name)
            return Response(status_code=299)

        return way

    for name in {"download", "serve", "look", *BY_METHOD.values()}:
        monkeypatch.setattr(Call, name, noting(name))
    wrong: list[str] = []
    for operation in guarded(app):
        ways.clear()
        answer = send(without_scope, operation)
        if ways != [way_of(operation)]:
            wrong.append(f"{operation}: went by {ways or answer.text[:300]}")
    assert not wrong, "\n".join(wrong)


def test_an_edit_without_a_version_is_refused(app: FastAPI, without_scope: TestClient) -> None:
    for operation in guarded(app):
        if BY_METHOD[operation.method] == "edit":
            answer = without_scope.request(operation.method, operation.url, json=operation.body)
            assert answer.status_code == 428, f"{operation} answered {answer.status_code} {answer.text[:200]}"


def test_every_operation_is_described(app: FastAPI) -> None:
    document = app.openapi()
    for path, found in document["paths"].items():
        for method, operation in found.items():
            name = f"{method.upper()} {path}"
            assert operation.get("description"), f"{name} has no description"
            assert operation.get("tags"), f"{name} has no tag"
            parameters = {one["name"] for one in operation.get("parameters", ())}
            if "security" in operation:
                assert method != "post" or "Idempotency-Key" in parameters, name
                assert BY_METHOD[method] != "edit" or "If-Match" in parameters, name


def test_every_list_is_paged(app: FastAPI) -> None:
    document = app.openapi()
    for path, found in document["paths"].items():
        operation = found.get("get")
        if operation is None:
            continue
        schema = (
            operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
        )
        assert schema.get("type") != "array", f"GET {path} answers a bare list"
        shape = document["components"]["schemas"].get(str(schema.get("$ref", "")).rpartition("/")[2], {})
        if "next_cursor" in shape.get("properties", {}):
            assert {"cursor", "limit"} <= {one["name"] for one in operation["parameters"]}, f"GET {path}"
