"""Which events a timeline tells, and how they are folded into moments. Pure.

Left out is what only counts what another event tells: a first attempt beside its call, a promise that was kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from uuid import UUID

from offhook.activities import Activity, Kind
from offhook.kernel.events import StoredEvent
from offhook.leads.timeline.model import Answered, Beside, Moment

TOLD = (
    "response.received",
    "activity.logged",
    "lead.opened",
    "lead.became_mql",
    "lead.assigned",
    "lead.answered",
    "lead.handed_off",
    "lead.accepted",
    "lead.rejected",
    "lead.withdrawn",
    "lead.confirmed",
    "lead.recycled",
    "lead.disqualified",
    "lead.reopened",
    "meeting.booked",
    "meeting.held",
    "meeting.missed",
    "meeting.cancelled",
    "meeting.rescheduled",
    "sla.breached",
    "person.merged",
    "person.unmerged",
)


def moments(events: Sequence[StoredEvent], beside: Beside) -> list[Moment]:
    """The moments of these events, in their order: answers given together are one, corrected entries none."""
    told: list[Moment] = []
    for (kind, _, _, _), group in groupby(events, key=_together):
        found = list(group)
        if kind == "lead.answered":
            told.append(_answered(found, beside))
        else:
            told += _each(found, beside)
    return told


def _together(event: StoredEvent) -> tuple[str, str, object, str]:
    return event.kind, event.subject, event.at, event.actor


def _each(events: Iterable[StoredEvent], beside: Beside) -> Iterator[Moment]:
    for event in events:
        activity_id = id_in(event, "activity_id") if event.kind == "activity.logged" else None
        if activity_id in beside.corrected:
            continue
        activity = beside.activities.get(activity_id) if activity_id else None
        if activity and _is_told_by_its_meeting(activity):
            continue
        response_id = id_in(event, "response_id")
        yield Moment(
            event,
            lead_of(event),
            activity,
            beside.activities.get(activity.corrects) if activity and activity.corrects else None,
            beside.responses.get(response_id) if response_id else None,
        )


def _is_told_by_its_meeting(entry: Activity) -> bool:
    """Whether it is what became of a booked meeting, which an event of its own tells, with the AE and the hour."""
    return entry.kind is Kind.MEETING and "hand_off_id" in entry.data and entry.corrects is None


def _answered(events: Sequence[StoredEvent], beside: Beside) -> Moment:
    """Answers given together, in the order in which they were given."""
    given = sorted(events, key=lambda event: event.position)
    answers = tuple(
        Answered(
            str(event.data["question"]),
            beside.questions.get((str(event.data["criteria_id"]), str(event.data["question"])), ""),
            event.data.get("value"),
        )
        for event in given
    )
    return Moment(given[-1], lead_of(given[-1]), answers=answers)


def id_in(event: StoredEvent, name: str) -> UUID | None:
    """An id that the event's data holds."""
    found = event.data.get(name)
    return UUID(found) if isinstance(found, str) else None


def lead_of(event: StoredEvent) -> UUID | None:
    """The lead that an event is about, if it is about one."""
    return event.subject_id if event.subject.startswith("lead:") else id_in(event, "lead_id")
