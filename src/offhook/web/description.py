"""The OpenAPI 3.1 document: what FastAPI finds, made true for all that `Call` adds.

Every guarded operation shows its bearer token; a POST may carry `Idempotency-Key`; PATCH, PUT and DELETE must
carry `If-Match`; what goes wrong is a problem+json, whatever its status.
"""

from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from offhook import __version__
from offhook.kernel.http import PROBLEM, Problem

ABOUT = """\
From campaign responder to documented hand-off.

* **Who you are**: `Authorization: Bearer oh_…`, a token from `offhook tokens issue` or `POST /api/v1/tokens`.
* **Repeat safely**: send an `Idempotency-Key` with a POST; the same key gives the same answer, done once.
* **Edit safely**: send the `ETag` of your last read as `If-Match`; a change in between answers 412.
* **Lists** are pages: pass `next_cursor` on as `cursor` until it is null.
* **Errors** are `application/problem+json` (RFC 9457) with a stable `type` and a sentence that says what to do.
"""

Document = dict[str, Any]

_IDEMPOTENCY: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A fresh key per request of yours; repeating it gives the same answer and changes nothing",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_IF_MATCH: Document = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "ETag of the version that you edit",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$', "examples": ['"3"']},
}
_PROBLEM: Document = {
    "description": "What went wrong and what to do",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_EDITS = {"patch", "put", "delete"}


def describe(app: FastAPI) -> Document:
    """Make the document of all routes."""
    document = get_openapi(
        title="Offhook",
        version=__version__,
        openapi_version="3.1.0",
        summary="One open, self-hosted system of engagement and intelligence for sales-development teams",
        description=ABOUT,
        routes=app.routes,
        servers=[{"url": "/"}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    components = cast("Document", document.setdefault("components", {}))
    schemas = cast("Document", components.setdefault("schemas", {}))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for operations in cast("dict[str, dict[str, Document]]", document.get("paths", {})).values():
        for method, operation in operations.items():
            _complete(operation, method)
    return document


def _complete(operation: Document, method: str) -> None:
    responses = cast("Document", operation.setdefault("responses", {}))
    responses.pop("422", None)
    for status, response in responses.items():
        if status >= "400" and "application/json" in response.get("content", {}):
            response["content"][PROBLEM] = response["content"].pop("application/json")
    responses["default"] = _PROBLEM
    if "security" not in operation:
        return
    parameters = cast("list[Document]", operation.setdefault("parameters", []))
    if method == "post":
        parameters.append(_IDEMPOTENCY)
    elif method in _EDITS:
        parameters.append(_IF_MATCH)
