"""Commands of hand-offs (`offhook hand-off …`) and of closing leads (`recycle`, `disqualify`, `reopen`)."""

from collections.abc import Mapping
from typing import Annotated, cast
from uuid import UUID

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.finding import LeadOption, PersonOption, Which, lead_meant
from offhook.leads.hand_off import closing, service
from offhook.leads.hand_off.model import HandOff, HandOffStatus, MeetingOutcome, Mode, Who
from offhook.leads.hand_off.reasons import DISQUALIFY, RECYCLE, REJECT
from offhook.leads.model import Lead
from offhook.leads.moments import day_in, moment_in

app = typer.Typer(help="Hand-offs to AEs, and how leads close.", no_args_is_help=True)
hand_off_app = typer.Typer(help="Pass qualified leads to AEs.", no_args_is_help=True)
app.add_typer(hand_off_app, name="hand-off")

COLUMNS = (
    "person",
    "company",
    "status",
    "mode",
    "meeting_at",
    "meeting_outcome",
    "rep",
    "ae",
    "at",
    "reason",
    "id",
)
LEAD_COLUMNS = ("id", "stage", "close_reason", "recycle_until", "next_touch_at")

HandOffArgument = Annotated[
    UUID | None,
    typer.Argument(metavar="[HAND-OFF]", help="Its id; or name the lead or person.", show_default=False),
]
NoteOption = Annotated[str, typer.Option("--note", help="What else there is to say.")]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at", help="When it was done: 14:30, '2026-03-02 14:30'; now if not given.", show_default=False
    ),
]


def _meant(tx: Transaction, hand_off: UUID | None, lead: UUID | None, person: str | None) -> UUID:
    """The hand-off of this id, or the last one of the lead."""
    if hand_off is not None:
        if lead or person:
            raise Invalid(
                "Name the hand-off or its lead, not both.", fields=[FieldError("hand-off", "one of them")]
            )
        return hand_off
    return service.last_hand_off(tx, lead_meant(tx, lead, person, which=Which.LAST)).id


@hand_off_app.command("offer")
def offer(
    lead: LeadOption = None,
    person: PersonOption = None,
    meeting: Annotated[
        str | None,
        typer.Option(
            "--meeting", help="When they meet: '2026-03-02 14:30', +2d; live if not given.", show_default=False
        ),
    ] = None,
    ae: Annotated[
        str | None,
        typer.Option(
            "--ae", metavar="EMAIL", help="To whom; whom routing chooses if not given.", show_default=False
        ),
    ] = None,
    note: NoteOption = "",
    override: Annotated[
        str | None,
        typer.Option("--override", help="Why without the verdict 'in' (for managers).", show_default=False),
    ] = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Hand a qualified lead off with a briefing: with --meeting scheduled, without one live."""
    with command.transaction(as_email) as tx:
        offered = service.hand_off(
            tx,
            lead_meant(tx, lead, person),
            Mode.SCHEDULED if meeting else Mode.LIVE,
            moment_in(tx, meeting, "meeting"),
            identity.user_by_email(tx, ae).id if ae else None,
            moment_in(tx, at, "at"),
            note=note,
            override=override,
        )
        row = _row(tx, offered)
    _show(offered, row, as_json=as_json)
    if not as_json:
        typer.echo(str(offered.explanation.get("text", "")))


@hand_off_app.command("accept")
def accept(
    hand_off: HandOffArgument = None,
    lead: LeadOption = None,
    person: PersonOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Take the lead."""
    with command.transaction(as_email) as tx:
        done = service.accept(tx, _meant(tx, hand_off, lead, person), moment_in(tx, at, "at"))
        row = _row(tx, done)
    _show(done, row, as_json=as_json)


@hand_off_app.command("reject", help="Send the lead back to its rep. Reasons: " + ", ".join(REJECT) + ".")
def reject(
    hand_off: HandOffArgument = None,
    reason: Annotated[str, typer.Option("--reason", help="An agreed reason.")] = "",
    lead: LeadOption = None,
    person: PersonOption = None,
    note: NoteOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Send the lead back to its rep."""
    with command.transaction(as_email) as tx:
        done = service.reject(tx, _meant(tx, hand_off, lead, person), reason, note, moment_in(tx, at, "at"))
        row = _row(tx, done)
    _show(done, row, as_json=as_json)


@hand_off_app.command("confirm")
def confirm(
    hand_off: HandOffArgument = None,
    lead: LeadOption = None,
    person: PersonOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Confirm after the first conversation that it meets the criteria: it is SQL."""
    with command.transaction(as_email) as tx:
        done = service.confirm(tx, _meant(tx, hand_off, lead, person), moment_in(tx, at, "at"))
        row = _row(tx, done)
    _show(done, row, as_json=as_json)


@hand_off_app.command("withdraw")
def withdraw(
    hand_off: HandOffArgument = None,
    lead: LeadOption = None,
    person: PersonOption = None,
    note: NoteOption = "",
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Take back a hand-off that is not decided yet."""
    with command.transaction(as_email) as tx:
        done = service.withdraw(tx, _meant(tx, hand_off, lead, person), note)
        row = _row(tx, done)
    _show(done, row, as_json=as_json)


@hand_off_app.command("meeting")
def meeting(
    outcome: Annotated[MeetingOutcome, typer.Argument(help="What became of it.")],
    hand_off: HandOffArgument = None,
    lead: LeadOption = None,
    person: PersonOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Tell what became of the meeting: held, no_show or cancelled."""
    with command.transaction(as_email) as tx:
        told = _meant(tx, hand_off, lead, person)
        done = service.record_meeting_outcome(tx, told, outcome, moment_in(tx, at, "at"))
        row = _row(tx, done)
    _show(done, row, as_json=as_json)


@hand_off_app.command("reschedule")
def reschedule(
    meeting: Annotated[str, typer.Argument(help="When to meet instead: '2026-03-02 14:30', +2d.")],
    hand_off: HandOffArgument = None,
    lead: LeadOption = None,
    person: PersonOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Book the meeting at another time; also after it was missed."""
    with command.transaction(as_email) as tx:
        moment = moment_in(tx, meeting, "meeting") or tx.now
        done = service.reschedule(tx, _meant(tx, hand_off, lead, person), moment)
        row = _row(tx, done)
    _show(done, row, as_json=as_json)


@hand_off_app.command("list")
def list_hand_offs(
    ae: Annotated[str | None, typer.Option("--ae", metavar="EMAIL", help="Only those to this AE.")] = None,
    rep: Annotated[str | None, typer.Option("--rep", metavar="EMAIL", help="Only those of this rep.")] = None,
    status: Annotated[
        list[HandOffStatus] | None, typer.Option("--status", help="Only those that stand so.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List hand-offs, the newest first."""
    with command.transaction(as_email) as tx:
        found = service.hand_offs_page(
            tx,
            ae_id=identity.user_by_email(tx, ae).id if ae else None,
            rep_id=identity.user_by_email(tx, rep).id if rep else None,
            statuses=status,
            limit=limit,
        )
        rows = [_row(tx, one) for one in found]
    command.show(list(found) if as_json else rows, as_json=as_json, columns=COLUMNS, title="Hand-offs")


@hand_off_app.command("show")
def show(
    hand_off: HandOffArgument = None,
    lead: LeadOption = None,
    person: PersonOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show a hand-off with its briefing."""
    with command.transaction(as_email) as tx:
        found = service.hand_off_by_id(tx, _meant(tx, hand_off, lead, person))
        row = _row(tx, found)
    _show(found, row, as_json=as_json)
    if not as_json:
        _show_briefing(found.briefing)


def _row(tx: Transaction, one: HandOff) -> dict[str, object]:
    """A hand-off with the names that a reader knows."""
    names = {user.id: user.name for user in identity.users(tx)}
    who = cast("Mapping[str, object]", one.briefing.get("who", {}))
    row: dict[str, object] = {name: getattr(one, name) for name in one.__slots__ if name != "briefing"}
    return row | {
        "person": who.get("name"),
        "company": who.get("company"),
        "rep": names.get(one.rep_id) if one.rep_id else None,
        "ae": names.get(one.ae_id),
    }


def _show(one: HandOff, row: Mapping[str, object], *, as_json: bool) -> None:
    command.show(one if as_json else row, as_json=as_json, columns=COLUMNS)


def _show_briefing(briefing: Mapping[str, object]) -> None:
    who = cast("Mapping[str, object]", briefing["who"])
    command.show({name: who[name] for name in Who.__slots__ if who.get(name)}, title="Who")
    _lines("Why now", cast("list[str]", briefing["why_now"]))
    answers = cast("list[dict[str, object]]", briefing["answers"])
    command.show(
        [one | {"evidence": _excerpt(one["evidence"])} for one in answers],
        columns=("question", "answer", "note", "evidence"),
        title=f"Answers ({briefing['criteria'] or 'no criteria'})",
    )
    _lines("Still open", cast("list[str]", briefing["open_questions"]))
    _lines(
        "Noted", [f"{one['at'][:10]}, {one['by'] or 'nobody'}: {one['text']}" for one in _of(briefing, "notes")]
    )
    _lines("Agreed to", [f"{one['obtained_at'][:10]}: {one['wording']}" for one in _of(briefing, "consents")])
    command.show(cast("list[object]", briefing["history"]), columns=("at", "text"), title="History")
    if briefing["note"]:
        typer.echo(f"Note: {briefing['note']}")
    typer.echo(f"Next: {briefing['next_step']}")


def _of(briefing: Mapping[str, object], part: str) -> list[dict[str, str]]:
    """What briefings of earlier releases have not."""
    return cast("list[dict[str, str]]", briefing.get(part, []))


def _excerpt(evidence: object) -> str:
    if evidence is None:
        return ""
    told = cast("Mapping[str, str]", evidence)
    return f"{told['kind']} of {told['at'][:10]}: {told['excerpt']}".rstrip(": ")


def _lines(title: str, lines: list[str]) -> None:
    if lines:
        typer.echo(f"{title}:")
        for line in lines:
            typer.echo(f"  - {line}")


@app.command("recycle", help="Give a lead back to marketing. Reasons: " + ", ".join(RECYCLE) + ".")
def recycle(
    reason: Annotated[str, typer.Argument(help="An agreed reason.")],
    until: Annotated[str, typer.Option("--until", help="When it comes back: 2026-09-30, +90d.")],
    lead: LeadOption = None,
    person: PersonOption = None,
    note: NoteOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Give a lead back to marketing."""
    with command.transaction(as_email) as tx:
        day = day_in(tx, until, "until")
        closed = closing.recycle(tx, lead_meant(tx, lead, person), reason, day, note, moment_in(tx, at, "at"))
    _show_lead(closed, as_json=as_json)


@app.command("disqualify", help="Qualify a lead out. Reasons: " + ", ".join(DISQUALIFY) + ".")
def disqualify(
    reason: Annotated[str, typer.Argument(help="An agreed reason.")],
    lead: LeadOption = None,
    person: PersonOption = None,
    note: NoteOption = "",
    at: AtOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Qualify a lead out."""
    with command.transaction(as_email) as tx:
        closed = closing.disqualify(tx, lead_meant(tx, lead, person), reason, note, moment_in(tx, at, "at"))
    _show_lead(closed, as_json=as_json)


@app.command("reopen")
def reopen(
    lead: LeadOption = None, person: PersonOption = None, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Undo a recycling or disqualification: the lead goes on where it was."""
    with command.transaction(as_email) as tx:
        reopened = closing.reopen(tx, lead_meant(tx, lead, person, which=Which.CLOSED))
    _show_lead(reopened, as_json=as_json)


def _show_lead(lead: Lead, *, as_json: bool) -> None:
    command.show(lead, as_json=as_json, columns=LEAD_COLUMNS)
