"""Commands that log what was done: `offhook log call …`, one for each kind, and `offhook log correct`."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer

from offhook import activities, identity
from offhook.activities import OUTCOMES, Activity, Direction, Disposition, Kind, dispositions_of
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.leads.finding import LeadOption, PersonOption, person_meant
from offhook.leads.moments import moment_in
from offhook.leads.touch import service

app = typer.Typer(help="Log what was done with a person.", no_args_is_help=True)

COLUMNS = ("at", "kind", "direction", "disposition", "seconds", "is_conversation", "body", "id")

RepOption = Annotated[
    str | None,
    typer.Option("--rep", metavar="EMAIL", help="Who did it; who acts, else the lead's rep.", show_default=False),
]
NoteOption = Annotated[str, typer.Option("--note", help="What was said, or its text.")]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at", help="When it was done: 14:30, '2026-03-02 14:30'; now if not given.", show_default=False
    ),
]
CallBackOption = Annotated[
    str | None, typer.Option("--call-back", help="When the person asked to be called: +2h, '2026-03-02 14:30'.")
]
DispositionOption = Annotated[
    Disposition | None,
    typer.Option("--disposition", "-d", help="How it ended; `offhook log dispositions` explains them."),
]
SecondsOption = Annotated[int | None, typer.Option("--seconds", min=0, help="Talk time, or length of a meeting.")]
InboundOption = Annotated[bool, typer.Option("--inbound", help="They came to us.")]
SubjectOption = Annotated[str, typer.Option("--subject", help="Its subject.")]
KeyOption = Annotated[
    str | None, typer.Option("--key", help="Your own id of it: told again, it is logged once.", show_default=False)
]


def _logging(kind: Kind) -> Callable[..., None]:
    """The command of one kind of activity."""

    def log(
        lead: LeadOption = None,
        person: PersonOption = None,
        disposition: DispositionOption = None,
        seconds: SecondsOption = None,
        subject: SubjectOption = "",
        note: NoteOption = "",
        inbound: InboundOption = False,
        call_back: CallBackOption = None,
        at: AtOption = None,
        rep: RepOption = None,
        key: KeyOption = None,
        as_json: JsonOption = False,
        as_email: AsOption = None,
    ) -> None:
        with command.transaction(as_email) as tx:
            entry = service.log_activity(
                tx,
                kind=kind,
                lead_id=lead,
                person_id=person_meant(tx, person) if person else None,
                direction=Direction.INBOUND if inbound else None,
                disposition=disposition,
                seconds=seconds,
                subject=subject,
                body=note,
                at=moment_in(tx, at, "at"),
                user_id=identity.user_by_email(tx, rep).id if rep else None,
                call_back_at=moment_in(tx, call_back, "call_back"),
                external_key=key,
            )
        _show(entry, as_json=as_json)

    log.__doc__ = _help_of(kind)
    return log


def _help_of(kind: Kind) -> str:
    words = ", ".join(dispositions_of(kind))
    return f"Log a {kind} with a lead or a person." + (f" Dispositions: {words}." if words else "")


for _kind in Kind:
    app.command(_kind.value)(_logging(_kind))


@app.command("correct")
def correct(
    activity: Annotated[UUID, typer.Argument(metavar="ACTIVITY", help="The entry's id.")],
    disposition: DispositionOption = None,
    seconds: SecondsOption = None,
    note: Annotated[str | None, typer.Option("--note", help="The right text.")] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Correct an entry by a later one; the lead is counted again."""
    with command.transaction(as_email) as tx:
        told = {
            "disposition": disposition,
            "seconds": seconds,
            "body": note,
            "at": moment_in(tx, at, "at"),
        }
        changes = {name: value for name, value in told.items() if value is not None}
        entry = service.correct_activity(tx, activity, changes)
    _show(entry, as_json=as_json)


@app.command("list")
def list_activities(
    lead: LeadOption = None,
    person: PersonOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show what was done on a lead or with a person, the newest first."""
    with command.transaction(as_email) as tx:
        person_id = person_meant(tx, person) if person else None
        found = activities.timeline(tx, lead_id=lead, person_id=person_id, limit=limit).items
    command.show(list(found), as_json=as_json, columns=COLUMNS, title="Activities")


@app.command("dispositions")
def list_dispositions(as_json: JsonOption = False) -> None:
    """Explain how activities can end, and what each counts as."""
    rows = [
        {
            "disposition": disposition,
            "kinds": sorted(outcome.kinds),
            "meaning": outcome.meaning,
            "is_connect": outcome.is_connect,
            "reaches_person": outcome.reaches_person,
        }
        for disposition, outcome in OUTCOMES.items()
    ]
    command.show(rows, as_json=as_json, title="Dispositions")


def _show(entry: Activity, *, as_json: bool) -> None:
    command.show(entry, as_json=as_json, columns=COLUMNS)
