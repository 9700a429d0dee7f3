"""Errors as problem+json (RFC 9457): ours, the framework's, and those in which PostgreSQL refuses a value.

Every problem has a stable `type` and a sentence that says what to do; values that are wrong are named by path.
"""

import logging
from collections.abc import Sequence

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from offhook.compliance import Refused
from offhook.compliance.api import WhyRefused
from offhook.kernel.errors import (
    Conflict,
    FieldError,
    Invalid,
    NotFound,
    OffhookError,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from offhook.kernel.http import problem

log = logging.getLogger("offhook.web")

LONGEST_VALUE = 200
"""Characters of a wrong value that are told back."""
RETRY_SECONDS = "1"


def install(app: FastAPI) -> None:
    """Make the application answer its errors as problems."""
    app.add_exception_handler(OffhookError, _ours)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _wrong_values)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(psycopg.DataError, _unfit_value)
    app.add_exception_handler(UnicodeEncodeError, _unfit_value)
    app.add_exception_handler(OverflowError, _unfit_value)
    app.add_exception_handler(psycopg.IntegrityError, _crossed)
    app.add_exception_handler(psycopg.OperationalError, _database_away)


def answer_of(request: Request, error: OffhookError) -> Response:
    """The problem of an error, with the headers that its status asks for."""
    response = problem(error, request.url.path)
    if isinstance(error, Unauthenticated):
        response.headers["www-authenticate"] = 'Bearer realm="offhook"'
    if isinstance(error, TooManyRequests | Unavailable):
        response.headers.setdefault("retry-after", RETRY_SECONDS)
    return response


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, OffhookError)  # noqa: S101 # registered for this class alone
    return answer_of(request, error)


async def _refused(request: Request, error: Exception) -> Response:
    """With all reasons and until when they hold, so that nobody has to ask again."""
    assert isinstance(error, Refused)  # noqa: S101 # likewise
    return problem(error, request.url.path, WhyRefused.of(error.verdict))


async def _wrong_values(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 # likewise
    fields = [
        FieldError(path_of(one["loc"]), one["msg"].removeprefix("Value error, "), _shown(one.get("input")))
        for one in error.errors()
    ]
    first = f"{fields[0].field}: {fields[0].reason}" if fields else "the request"
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    return answer_of(request, Invalid(f"The request cannot be understood: {first}{more}.", fields=fields))


def path_of(location: Sequence[str | int]) -> str:
    """Where a value stands: `rows[3].email` of the body, `query limit`, `header if-match`."""
    where, *steps = location
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return (path or "body") if where == "body" else f"{where} {path}"


def _shown(value: object) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


async def _framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 # likewise
    told = _framework_error(request, error)
    told.status = error.status_code
    response = answer_of(request, told)
    response.headers.update(error.headers or {})
    return response


def _framework_error(request: Request, error: HTTPException) -> OffhookError:
    if error.status_code == 404:  # the status itself
        return NotFound(f"There is nothing at {request.url.path}. The API is described at /api/v1/docs.")
    if error.status_code == 405:  # the status itself
        return Invalid(f"{request.url.path} does not take {request.method}.", code="method-not-allowed")
    return Invalid(f"The request cannot be understood: {error.detail}.", code="bad-request")


async def _unfit_value(request: Request, error: Exception) -> Response:
    """Null characters, lone surrogates, numbers beyond what is kept: PostgreSQL said so; nothing was changed."""
    log.info("refused value at %s: %s", request.url.path, type(error).__name__)
    told = "A value cannot be kept: it holds null characters, broken text, or a number or date out of range."
    return answer_of(request, Invalid(told))


async def _crossed(request: Request, error: Exception) -> Response:
    """Two requests made the same thing at once, or one named what another just removed; nothing was changed."""
    log.warning("constraint met at %s: %s", request.url.path, error)
    told = "This collides with another change or names something that does not exist. Read again and repeat."
    return answer_of(request, Conflict(told))


async def _database_away(request: Request, error: Exception) -> Response:
    log.warning("database at %s: %s", request.url.path, error)
    busy = "Too many requests at once" if isinstance(error, PoolTimeout) else "The database did not answer"
    return answer_of(request, Unavailable(f"{busy}; nothing was changed. Repeat in a moment."))
