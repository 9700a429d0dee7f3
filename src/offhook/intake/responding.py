"""Use cases: take in responses that come one by one or in small batches.

By the API, a form, an inbound webhook.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from standardwebhooks import Webhook, WebhookVerificationError

from offhook import identity
from offhook.intake import public_store, store
from offhook.intake.mapping import ATTRIBUTE, RESPONSE_FIELDS, guess
from offhook.intake.model import Row
from offhook.intake.public import Form, Hook, Visit
from offhook.intake.reading import LONGEST_HEADING
from offhook.intake.receive import Taken, take_in
from offhook.intake.understanding import UNKEEPABLE, Manner, read_row, verbatim
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound, Unauthenticated
from offhook.kernel.events import Json
from offhook.kernel.ids import new_id
from offhook.leads import campaign
from offhook.people import KNOWN_FIELDS, Consent, keep_consent

MOST_RECORDS = 1_000
LONGEST_MESSAGE_ID = 200
UNSIGNED = (
    "The message is not signed as it should be, by the hook's secret and within five minutes"
    " (Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature)."
)
"""What every sender reads who cannot sign, so that nobody learns which hooks there are; the log tells more."""

logger = logging.getLogger(__name__)

Cells = Mapping[str, str]


def receive_records(
    tx: Transaction, campaign_id: UUID, records: Sequence[Cells], source_id: UUID | None = None
) -> list[Taken]:
    """Take records in as responses to a campaign; their keys are known fields, all others custom attributes.

    One answer each, in order; a record that tells of nobody is rejected, the others go in. `source_id` groups what
    is kept verbatim; None: a group of its own. Raises `NotFound` for an unknown campaign, `Invalid` for too many.
    """
    tx.require("intake:write")
    if not 0 < len(records) <= MOST_RECORDS:
        raise Invalid(f"Send 1 to {MOST_RECORDS:,} records at once; these are {len(records):,}.")
    received = [_Received(_with_tidy_names(cells), verbatim(cells)) for cells in records]
    mapping = {name: name if name in _FIELDS else ATTRIBUTE for one in received for name in one.cells}
    return _take(tx, source_id or new_id(), campaign_id, received, mapping)


_FIELDS = frozenset((*KNOWN_FIELDS, *RESPONSE_FIELDS))


@dataclass(frozen=True, slots=True)
class _Received:
    """A record as cells; `verbatim` is it as JSON, where it was received as something else."""

    cells: Cells
    verbatim: str | None = None


def _with_tidy_names(cells: Cells) -> Cells:
    """The cells under names that can be those of attributes; what has none is in what was received alone."""
    tidied: dict[str, str] = {}
    for name, value in cells.items():
        tidy = " ".join(UNKEEPABLE.sub("", name).split())[:LONGEST_HEADING]
        if tidy:
            tidied.setdefault(tidy, value)
    return tidied


def _take(
    tx: Transaction, source_id: UUID, campaign_id: UUID, records: Sequence[_Received], mapping: Mapping[str, str]
) -> list[Taken]:
    here = identity.organisation(tx)
    came = campaign(tx, campaign_id)
    manner = Manner(mapping, came.default_region or here.region, here.time_zone)
    first = store.next_number(tx, source_id)
    rows = [
        read_row(Row(number, record.cells, verbatim=record.verbatim), manner, tx.now)
        for number, record in enumerate(records, start=first)
    ]
    return take_in(tx, source_id, campaign_id, rows)


# Forms


def open_form(tx: Transaction, form_id: UUID) -> Form:
    """The form to show. Raises `NotFound` for one that is unknown or closed."""
    found = public_store.form(tx, form_id)
    if found is None or not found.is_active:
        raise NotFound("This form is closed.")
    return found


def answer_form(tx: Transaction, form: Form, answers: Cells, *, has_consented: bool, visit: Visit) -> Taken:
    """Take an answered form in, and keep the consent with its wording.

    Raises `Invalid`, naming the questions, for missing answers, missing consent, choices that are none, or an
    address or number that cannot be one.
    """
    _check_answers(form, answers, has_consented=has_consented)
    cells = {field.field: answers[field.field] for field in form.fields if answers.get(field.field)}
    labels = {field.field: field.label for field in form.fields}
    taken = receive_answers(tx, form.id, form.campaign_id, cells, labels)
    if form.consent_wording and taken.person_id is not None:
        keep_consent(tx, _consent(tx, form, taken.person_id, visit))
    return taken


def receive_answers(
    tx: Transaction, source_id: UUID, campaign_id: UUID, cells: Cells, labels: Mapping[str, str]
) -> Taken:
    """Take in what one visitor of a public page wrote, as a response to its campaign.

    `source_id` groups what is kept verbatim; `labels`: what the page calls its fields. Whoever calls has checked
    that the page is open. Raises `Invalid`, naming the fields, for an address or number that cannot be one.
    """
    mapping = {name: name if name in _FIELDS else ATTRIBUTE for name in cells}
    taken = _take(tx, source_id, campaign_id, [_Received(cells)], mapping)[0]
    if taken.errors and (taken.person_id is None or any(error.column in labels for error in taken.errors)):
        wrong = [FieldError(error.column, error.reason, error.value) for error in taken.errors]
        told = "; ".join(f"{labels.get(one.field, 'The form')}: {one.reason}" for one in wrong)
        raise Invalid(f"Please check: {told.rstrip('.')}.", fields=wrong)
    return taken


def _check_answers(form: Form, answers: Cells, *, has_consented: bool) -> None:
    wrong = [FieldError(f.field, "is needed") for f in form.fields if f.is_required and not answers.get(f.field)]
    for field in form.fields:
        answer = answers.get(field.field, "")
        if answer and field.choices and answer not in field.choices:
            wrong.append(FieldError(field.field, "is not one of the choices", answer[:100]))
    if form.consent_wording and not has_consented:
        wrong.append(FieldError("consent", "is needed"))
    if wrong:
        labels = {field.field: field.label for field in form.fields} | {"consent": "Your consent"}
        told = "; ".join(f"{labels[one.field]} {one.reason}" for one in wrong)
        raise Invalid(f"{told}.", fields=wrong)


def _consent(tx: Transaction, form: Form, person_id: UUID, visit: Visit) -> Consent:
    evidence = {
        "form_version": form.version,
        "page": visit.page,
        "address": visit.address,
        "user_agent": visit.user_agent,
    }
    return Consent(new_id(), person_id, "contact", form.consent_wording, f"form:{form.id}", tx.now, evidence)


# Inbound webhooks


@dataclass(frozen=True, slots=True)
class Message:
    """A received webhook message: its body and the headers that sign it."""

    body: bytes
    headers: Mapping[str, str]

    @property
    def id(self) -> str:
        """The sender's id of the message: the same each time it is sent."""
        return self.headers.get("webhook-id", "")


def receive_message(tx: Transaction, hook_id: UUID, secret: str, message: Message) -> list[Taken] | None:
    """Take in what a signed message tells; None when this very message was taken in before.

    Raises `Unauthenticated` unless the signature is genuine and fresh (Standard Webhooks: five minutes),
    `NotFound` for an unknown or closed hook, `Invalid` for a body that holds no records.
    """
    hook = public_store.hook(tx, hook_id)
    if hook is None or not hook.is_active:
        raise NotFound("There is no such webhook.")
    _check_genuine(secret, message)
    if not public_store.note_message(tx, hook_id, message.id):
        return None
    records = _records(message.body)
    if len(records) > MOST_RECORDS:
        raise Invalid(f"A message may hold {MOST_RECORDS:,} records; this one holds {len(records):,}.")
    flat = [_with_tidy_names(_flat(record)) for record in records]
    received = [_Received(cells, verbatim(record)) for cells, record in zip(flat, records, strict=True)]
    return _take(tx, hook.id, hook.campaign_id, received, _mapping(hook, flat))


def _check_genuine(secret: str, message: Message) -> None:
    if not 0 < len(message.id) <= LONGEST_MESSAGE_ID:
        raise Unauthenticated(UNSIGNED)
    try:
        Webhook(secret).verify(message.body, dict(message.headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        logger.info("message %s refused: %s", message.id, error)
        raise Unauthenticated(UNSIGNED) from error


def _records(body: bytes) -> list[dict[str, Json]]:
    """The records of a body: an object, a list of objects, or an object with such a list under `records`."""
    try:
        told = cast("Json", json.loads(body))
    except (ValueError, RecursionError) as error:
        raise Invalid("The message's body is no JSON.") from error
    if isinstance(told, dict) and isinstance(told.get("records"), list):
        told = told["records"]
    listed = told if isinstance(told, list) else [told]
    if not listed or not all(isinstance(one, dict) for one in listed):
        raise Invalid('The message\'s body must be an object, a list of objects, or {"records": [objects]}.')
    return cast("list[dict[str, Json]]", listed)


def _flat(record: Mapping[str, Json], prefix: str = "") -> dict[str, str]:
    """A record as cells: nested objects by dotted names, lists joined by commas."""
    cells: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            cells |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            cells[prefix + name] = ", ".join(_text(one) for one in value)
        else:
            cells[prefix + name] = _text(value)
    return {name: text for name, text in cells.items() if text}


def _text(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _mapping(hook: Hook, records: Sequence[Cells]) -> dict[str, str]:
    """What the fields are: as the hook says, else guessed from their last name (`lead.email` from `email`)."""
    names = list(dict.fromkeys(name for cells in records for name in cells))
    short = {name: name.rpartition(".")[2] for name in names}
    sample = [Row(n, {short[name]: value for name, value in cells.items()}) for n, cells in enumerate(records)]
    taken = {field for name, field in hook.mapping.items() if name in short}
    mapping: dict[str, str] = {}
    guessed = guess(list(dict.fromkeys(short.values())), sample)
    for name in names:
        field = hook.mapping.get(name) or guessed[short[name]]
        is_doubled = name not in hook.mapping and field in taken
        mapping[name] = ATTRIBUTE if is_doubled else field
        taken.add(mapping[name])
    return mapping
