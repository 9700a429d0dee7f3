"""The use cases of results: note what became of mails, and tell how a template's variants do.

Only mails count that say what their variant says (a user's own words are no test of it), and only those written
since all variants in use say what they say now: before, they were not sent side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from offhook.kernel.database import Transaction
from offhook.kernel.errors import Invalid
from offhook.kernel.events import StoredEvent
from offhook.mail.results import store
from offhook.mail.results.comparing import Counts, Interval, Verdict, compare, wilson
from offhook.mail.results.store import Numbers, Outcome
from offhook.mail.templates.model import TemplateKind, Variant
from offhook.mail.templates.service import template

REPLY = "reply"
"""The kind of a received mail that somebody wrote (`mail.received`)."""
KINDS: Mapping[str, str] = {
    "mail.received": "replied",
    "mail.opened": "opened",
    "mail.clicked": "clicked",
    "mail.bounced": "bounced",
}


@dataclass(frozen=True, slots=True)
class VariantResults:
    """How a variant does. `interval`: in which its true rate of replies lies, 95 times in a hundred."""

    variant: Variant
    numbers: Numbers
    counts: Counts
    interval: Interval


@dataclass(frozen=True, slots=True)
class Results:
    """How the variants of a template in use do, by mails written `since`."""

    since: datetime
    variants: tuple[VariantResults, ...]
    verdict: Verdict


def note_outcomes(tx: Transaction, events: Sequence[StoredEvent]) -> None:
    """Keep what events tell of mails of ours: replies that somebody wrote, opens, clicks, bounces for good."""
    told = [one for one in map(_outcome, events) if one is not None]
    if told:
        store.note(tx, told)


def _outcome(event: StoredEvent) -> Outcome | None:
    what = KINDS[event.kind]
    if what == "replied":
        answered = event.data.get("answers_mail_id")
        if answered is None or event.data.get("kind") != REPLY:
            return None
        return Outcome(UUID(str(answered)), what, event.at)
    if what == "bounced" and not event.data.get("is_permanent"):
        return None
    return Outcome(event.subject_id, what, event.at)


def results(tx: Transaction, template_id: UUID) -> Results:
    """How the variants of a template that one sees do. Raises `NotFound`, `Invalid` for a snippet."""
    found = template(tx, template_id)
    if found.kind is not TemplateKind.EMAIL:
        raise Invalid(f"'{found.name}' is a snippet: it is sent within mails only.")
    since = store.worded_since(tx, template_id) or found.created_at
    counted = store.numbers(tx, template_id, since)
    shown = tuple(_of(one, counted.get(one.id)) for one in found.variants)
    return Results(since, shown, _verdict(shown))


def _of(variant: Variant, counted: Numbers | None) -> VariantResults:
    numbers = counted or Numbers(variant.id, 0, 0, 0, 0, 0, 0)
    counts = Counts(numbers.sent - numbers.bounced, numbers.replied)
    return VariantResults(variant, numbers, counts, wilson(counts))


def _verdict(shown: Sequence[VariantResults]) -> Verdict:
    """Of those in use; `best` is a place among all."""
    places = [place for place, one in enumerate(shown) if one.variant.weight]
    said = compare([shown[place].counts for place in places])
    return Verdict(said.conclusion, None if said.best is None else places[said.best])
