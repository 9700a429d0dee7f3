"""What the API answers is what its description says, over generated requests (schemathesis)."""

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from web.conftest import SignIn

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
"""Requests per operation; more find the same within a few, as values are checked by one pydantic."""


@schemathesis.serializer("audio/webm", "audio/ogg", "audio/wav", "audio/mp4")
def sound(_: schemathesis.SerializationContext, value: object) -> bytes:
    """Whatever is generated, sent as it is: hardly ever is it sound."""
    return value if isinstance(value, bytes) else str(value).encode()


LONGEST_DESCRIBING = 120
"""Seconds: the description is made when first asked for, which takes a few on a busy machine."""
SHARES = 6
"""Parts of the description that are tried apart, so that each is done in time and several at once."""


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_every_answer_is_one_that_the_description_promises(app: FastAPI, sign_in: SignIn, share: int) -> None:
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, timeout=LONGEST_DESCRIBING)
    headers = {"authorization": sign_in().headers["authorization"]}
    wrong: list[str] = []
    for found in [*described.get_all_operations()][share::SHARES]:
        assert isinstance(found, Ok), f"the description cannot be read: {found}"
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            holds()
        except Exception as error:  # all operations are tried before the test fails
            wrong.append(f"{operation.label}: {error}")
    assert not wrong, "\n\n".join(wrong)
