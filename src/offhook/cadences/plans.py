"""What makes a plan: what may be drafted, what may be published, and how it is kept. Pure."""

from collections.abc import Iterator
from datetime import time

from pydantic import TypeAdapter

from offhook.activities import Disposition
from offhook.cadences.model import CHOSEN_ENDINGS, Branch, BranchOn, Delay, DelayUnit, Plan, Step, StepKind, Window
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads import Stage

MOST_STEPS = 50
MOST_BRANCHES = 10
MOST_VALUES = 30
LONGEST_INSTRUCTIONS = 2_000
LONGEST_DELAY = {DelayUnit.DAYS: 365, DelayUnit.MINUTES: 30 * 8 * 60}
"""A year of days; thirty working days of minutes."""
SHORTEST_WINDOW_MINUTES = 30
"""Shorter ones leave no room for the hour that a clock skips, nor for a mailbox's spacing."""

_MAILS = frozenset({StepKind.EMAIL, StepKind.MANUAL_EMAIL})
_ADAPTER = TypeAdapter(Plan)


def checked_draft(plan: Plan) -> Plan:
    """A plan that makes sense as far as it goes; it may have no steps yet. Raises `Invalid` with every fault."""
    _raise(list(_faults(plan)))
    return plan


def check_publishable(plan: Plan) -> None:
    """Raise `Invalid` with every fault that keeps a plan from being published."""
    faults = list(_faults(plan))
    if not plan.steps:
        faults.append(FieldError("steps", "are none: a cadence needs at least one"))
    faults += [
        FieldError(f"steps.{number}.template_id", "is missing: a mail that goes by itself needs a template")
        for number, step in enumerate(plan.steps, 1)
        if step.kind is StepKind.EMAIL and step.template_id is None
    ]
    _raise(faults)


def plan_as_json(plan: Plan) -> str:
    """As it is kept."""
    return _ADAPTER.dump_json(plan).decode()


def plan_from_json(kept: object) -> Plan:
    """As it was kept."""
    return _ADAPTER.validate_python(kept)


def _raise(faults: list[FieldError]) -> None:
    if faults:
        told = "; ".join(f"{fault.field} {fault.reason}" for fault in faults[:3])
        more = f"; {len(faults) - 3} more" if len(faults) > 3 else ""
        raise Invalid(f"The cadence does not work yet: {told}{more}.", fields=faults)


def _faults(plan: Plan) -> Iterator[FieldError]:
    if len(plan.steps) > MOST_STEPS:
        yield FieldError("steps", f"are {len(plan.steps)}; at most {MOST_STEPS} make a cadence")
    for because in sorted(plan.ends_on - CHOSEN_ENDINGS):
        yield FieldError("ends_on", "is nothing to choose", because.value)
    for number, step in enumerate(plan.steps, 1):
        for field, reason in _step_faults(number, step, len(plan.steps)):
            yield FieldError(f"steps.{number}.{field}", reason)


def _step_faults(number: int, step: Step, count: int) -> Iterator[tuple[str, str]]:
    yield from _delay_faults(step.delay)
    if step.window is not None:
        yield from _window_faults(step.window)
    if step.template_id is not None and step.kind not in _MAILS:
        yield "template_id", "belongs to a mail only"
    if step.continues_thread and step.kind is not StepKind.EMAIL:
        yield "continues_thread", "belongs to a mail that goes by itself only"
    if len(step.instructions) > LONGEST_INSTRUCTIONS or "\0" in step.instructions:
        yield "instructions", f"must have at most {LONGEST_INSTRUCTIONS:,} characters and no null character"
    if len(step.branches) > MOST_BRANCHES:
        yield "branches", f"are {len(step.branches)}; at most {MOST_BRANCHES} leave a step"
    for place, branch in enumerate(step.branches, 1):
        for field, reason in _branch_faults(branch, number, count):
            yield f"branches.{place}.{field}", reason


def _delay_faults(delay: Delay) -> Iterator[tuple[str, str]]:
    longest = LONGEST_DELAY[delay.unit]
    if not 0 <= delay.amount <= longest:
        yield "delay", f"must be 0 to {longest:,} working {delay.unit}"


def _window_faults(window: Window) -> Iterator[tuple[str, str]]:
    if window.opens.tzinfo or window.closes.tzinfo:
        yield "window", "is by the person's clock and carries no zone"
    elif _minutes(window.closes) - _minutes(window.opens) < SHORTEST_WINDOW_MINUTES:
        yield "window", f"must close at least {SHORTEST_WINDOW_MINUTES} minutes after it opens, the same day"


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _branch_faults(branch: Branch, number: int, count: int) -> Iterator[tuple[str, str]]:
    if branch.goes_to is not None and not number < branch.goes_to <= count:
        yield "goes_to", "must be a later step: a cadence never goes back"
    known = _VALUES.get(branch.on)
    if known is None:
        if branch.values:
            yield "values", f"say nothing of '{branch.on}'"
    elif not branch.values or len(branch.values) > MOST_VALUES or not known.issuperset(branch.values):
        yield "values", f"must be of: {', '.join(sorted(known))}"
    is_score = branch.on is BranchOn.SCORE
    if is_score and (branch.at_least is None or not 0 <= branch.at_least <= 100):
        yield "at_least", "must be a score from 0 to 100"
    if not is_score and branch.at_least is not None:
        yield "at_least", f"says nothing of '{branch.on}'"


_VALUES: dict[BranchOn, frozenset[str]] = {
    BranchOn.DISPOSITION: frozenset(one.value for one in Disposition),
    BranchOn.STAGE: frozenset(one.value for one in Stage),
}
