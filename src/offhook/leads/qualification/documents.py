"""Criteria as documents: the JSON that users write, the database keeps and the ready-made ones are.

    {"name": "…", "framework": "own", "minimum_points": 20, "questions": [{"key": "…", "text": "…", …}]}

The fields of a question are those of `model.Question`. Ready-made: BANT, CHAMP, MEDDICC, each naming its sources.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from pydantic import TypeAdapter, ValidationError

from offhook.kernel.errors import FieldError, Invalid, NotFound
from offhook.leads.qualification.model import Agreement, Question
from offhook.leads.qualification.rules import check_agreement


@dataclass(frozen=True, slots=True)
class CriteriaDocument:
    """Criteria as somebody wrote them down."""

    name: str
    questions: tuple[Question, ...]
    minimum_points: int = 0
    framework: str = "own"
    sources: tuple[str, ...] = ()
    agreed_with: str = ""

    @property
    def agreement(self) -> Agreement:
        """What was agreed."""
        return Agreement(self.questions, self.minimum_points)


_DOCUMENT = TypeAdapter(CriteriaDocument)
_AGREEMENT = TypeAdapter(Agreement)
_READY_MADE = ("bant", "champ", "meddicc")


def read_document(text: str | bytes) -> CriteriaDocument:
    """Criteria from JSON. Raises `Invalid` naming every field that does not do."""
    try:
        return checked(_DOCUMENT.validate_json(text, extra="forbid"))
    except ValidationError as error:
        raise _unreadable(error) from None


def checked(document: CriteriaDocument) -> CriteriaDocument:
    """The document itself, if it can be used. Raises `Invalid`."""
    if not 1 <= len(document.name.strip()) <= 100:
        raise Invalid(
            "Criteria need a name of 1 to 100 characters.", fields=[FieldError("name", "1 to 100 characters")]
        )
    check_agreement(document.agreement)
    return document


def read_agreement(kept: object) -> Agreement:
    """An agreement as the database keeps it."""
    return _AGREEMENT.validate_python(kept)


def write_agreement(agreement: Agreement) -> dict[str, object]:
    """An agreement as JSON; the opposite of `read_agreement`."""
    return cast("dict[str, object]", _AGREEMENT.dump_python(agreement, mode="json"))


@cache
def ready_made() -> dict[str, CriteriaDocument]:
    """BANT, CHAMP and MEDDICC by name."""
    folder = files("offhook.leads.qualification") / "frameworks"
    found = [read_document((folder / f"{name}.json").read_bytes()) for name in _READY_MADE]
    return {document.name: document for document in found}


def ready_made_by_name(name: str) -> CriteriaDocument:
    """One of the ready-made, in any case of letters. Raises `NotFound`."""
    document = ready_made().get(name.strip().upper())
    if document is None:
        raise NotFound(f"There are no ready-made criteria '{name}'; there are {', '.join(ready_made())}.")
    return document


def _unreadable(error: ValidationError) -> Invalid:
    faults = [
        FieldError(
            ".".join(map(str, fault["loc"])) or "document",
            fault["msg"],
            json.dumps(fault["input"], default=str)[:100],
        )
        for fault in error.errors(include_url=False, include_context=False)
    ]
    told = "; ".join(f"{fault.field}: {fault.reason}" for fault in faults)
    return Invalid(f"These criteria cannot be read: {told}.", fields=faults)
