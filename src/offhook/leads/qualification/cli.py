"""Commands of qualification: `offhook criteria …` and `offhook qualify …`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid, NotFound
from offhook.leads.finding import LeadOption, PersonOption, Which, lead_meant
from offhook.leads.qualification import service
from offhook.leads.qualification.documents import (
    CriteriaDocument,
    read_document,
    ready_made,
    ready_made_by_name,
    write_agreement,
)
from offhook.leads.qualification.model import Criteria, CriteriaStatus

app = typer.Typer(help="Qualification: criteria agreed with sales, and answers.", no_args_is_help=True)
criteria_app = typer.Typer(help="Qualification criteria agreed with sales.", no_args_is_help=True)
qualify_app = typer.Typer(help="Ask, answer and judge whether a lead is in.", no_args_is_help=True)
app.add_typer(criteria_app, name="criteria")
app.add_typer(qualify_app, name="qualify")

COLUMNS = ("name", "edition", "status", "framework", "agreed_with", "questions", "published_at")
QUESTION_COLUMNS = ("key", "text", "kind", "choices", "disqualifying", "points", "is_required")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the criteria.")]
EditionOption = Annotated[
    int | None,
    typer.Option("--edition", min=1, help="Which edition; the newest if not given.", show_default=False),
]


def _row(one: Criteria) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(one, name) for name in one.__slots__ if name != "agreement"}
    return row | {"questions": len(one.agreement.questions), "minimum_points": one.agreement.minimum_points}


def _show(one: Criteria, *, as_json: bool) -> None:
    if as_json:
        command.show(one, as_json=True)
        return
    command.show(_row(one), columns=COLUMNS)
    command.show(list(one.agreement.questions), columns=QUESTION_COLUMNS)


@criteria_app.command("list")
def list_criteria(
    status: Annotated[CriteriaStatus | None, typer.Option("--status", help="Only those that are this.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List the criteria with all their editions, the newest first."""
    with command.transaction(as_email) as tx:
        found = service.criteria_page(tx, status=status, limit=1_000)
    command.show([_row(one) for one in found], as_json=as_json, columns=COLUMNS, title="Criteria")


@criteria_app.command("show")
def show_criteria(
    name: NameArgument,
    edition: EditionOption = None,
    document: Annotated[
        bool, typer.Option("--document", help="As the JSON that `new` and `edit` take, and nothing else.")
    ] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Show criteria with their questions and rules; BANT, CHAMP and MEDDICC also before they are drafted."""
    with command.transaction(as_email) as tx:
        drafted = _drafted(tx, name, edition)
    if drafted is not None and not document:
        _show(drafted, as_json=as_json)
        return
    text = _document_of(drafted) if drafted else ready_made_by_name(name)
    if document or as_json:
        command.show(_plain(text), as_json=True)
        return
    command.show(list(text.questions), columns=QUESTION_COLUMNS, title=f"{text.name} (ready-made)")


def _drafted(tx: Transaction, name: str, edition: int | None) -> Criteria | None:
    """The criteria of this name; None where there are none, but ready-made ones. Raises `NotFound`."""
    try:
        return service.criteria_by_name(tx, name, edition)
    except NotFound:
        if edition is None and name.strip().upper() in ready_made():
            return None
        raise


def _document_of(one: Criteria) -> CriteriaDocument:
    agreed = one.agreement
    return CriteriaDocument(
        one.name, agreed.questions, agreed.minimum_points, one.framework, agreed_with=one.agreed_with
    )


def _plain(text: CriteriaDocument) -> dict[str, object]:
    head = {"name": text.name, "framework": text.framework, "agreed_with": text.agreed_with}
    return {**head, **write_agreement(text.agreement)}


@criteria_app.command("new")
def new_criteria(
    framework: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FRAMEWORK", help="Ready-made: BANT, CHAMP or MEDDICC.", show_default=False
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            help="Your own, as JSON (docs/rep.md shows how).",
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Under which name; that of the framework if not given.")
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Draft criteria; under a name that exists, its next edition."""
    if (framework is None) == (file is None):
        raise Invalid(
            "Say where the criteria come from: --from BANT, or --file of your own.",
            fields=[FieldError("from", "give --from or --file")],
        )
    with command.transaction(as_email) as tx:
        if file is not None:
            document = read_document(_text(file))
            drafted = service.draft(tx, replace(document, name=name or document.name))
        else:
            drafted = service.draft_ready_made(tx, framework or "", name=name)
    _show(drafted, as_json=as_json)


@criteria_app.command("edit")
def edit_criteria(
    name: NameArgument,
    file: Annotated[
        Path, typer.Option("--file", help="The new text: what `show --document` prints, changed.", dir_okay=False)
    ],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change a draft: print it with `show --document`, change that, and give it back."""
    document = read_document(_text(file))
    with command.transaction(as_email) as tx:
        before = service.criteria_by_name(tx, name)
        changed = service.change_draft(tx, before.id, before.version, document)
    _show(changed, as_json=as_json)


def _text(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror}.") from error


@criteria_app.command("publish")
def publish_criteria(
    name: NameArgument,
    agreed_with: Annotated[str, typer.Option("--agreed-with", help="Who in sales agreed.")] = "",
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Put the draft in force and retire what was; leads keep the edition they were judged by."""
    with command.transaction(as_email) as tx:
        published = service.publish(tx, service.criteria_by_name(tx, name).id, agreed_with=agreed_with)
    _show(published, as_json=as_json)


@criteria_app.command("discard")
def discard_criteria(name: NameArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Throw a draft away."""
    with command.transaction(as_email) as tx:
        draft = service.criteria_by_name(tx, name)
        discarded = service.discard_draft(tx, draft.id, draft.version)
    command.show(_row(discarded), as_json=as_json, columns=COLUMNS)


@qualify_app.command("show")
def show_qualification(
    lead: LeadOption = None, person: PersonOption = None, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Show what is known of a lead and which question to ask next."""
    with command.transaction(as_email) as tx:
        found = service.qualification_of(tx, lead_meant(tx, lead, person, which=Which.LAST))
    _show_qualification(found, as_json=as_json)


@qualify_app.command("answer")
def answer(
    answers: Annotated[
        list[str],
        typer.Argument(
            metavar="QUESTION=ANSWER...", help="Such as budget=planned; 'budget=?' for: asked, not known."
        ),
    ],
    lead: LeadOption = None,
    person: PersonOption = None,
    activity: Annotated[
        UUID | None,
        typer.Option("--activity", help="The evidence: the activity that says so.", show_default=False),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What was said, in words.")] = "",
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Answer questions of the criteria and show what the answers come to."""
    given = dict(_pair(text) for text in answers)
    with command.transaction(as_email) as tx:
        found = service.answer_all(tx, lead_meant(tx, lead, person), given, activity_id=activity, note=note)
    _show_qualification(found, as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    question, equals, value = text.partition("=")
    if not equals:
        raise Invalid(
            f"'{text}' is no answer; write QUESTION=ANSWER, such as budget=planned.",
            fields=[FieldError("answers", "QUESTION=ANSWER", text)],
        )
    return question.strip(), value


@qualify_app.command("judge")
def judge(
    lead: LeadOption = None, person: PersonOption = None, as_json: JsonOption = False, as_email: AsOption = None
) -> None:
    """Show the verdict (in, out or open) in a sentence."""
    with command.transaction(as_email) as tx:
        found = service.qualification_of(tx, lead_meant(tx, lead, person, which=Which.LAST))
    judged = found.judgement
    if as_json:
        asked = judged.next_question.key if judged.next_question else None
        command.show(
            {
                "lead_id": found.lead_id,
                "verdict": judged.verdict,
                "points": judged.points,
                "minimum_points": judged.minimum_points,
                "next_question": asked,
                "explanation": judged.explanation,
            },
            as_json=True,
        )
        return
    typer.echo(judged.explanation)


def _show_qualification(found: service.Qualification, *, as_json: bool) -> None:
    judged = found.judgement
    if as_json:
        command.show(
            {
                "lead_id": found.lead_id,
                "criteria_id": found.criteria.id,
                "criteria_name": found.criteria.name,
                "edition": found.criteria.edition,
                "verdict": judged.verdict,
                "points": judged.points,
                "minimum_points": judged.minimum_points,
                "explanation": judged.explanation,
                "next_question": judged.next_question,
                "findings": judged.findings,
                "answers": found.answers,
            },
            as_json=True,
        )
        return
    command.show(
        list(judged.findings),
        columns=("question", "effect", "points", "text"),
        title=f"{found.criteria.name}, edition {found.criteria.edition}: {judged.verdict}",
    )
    typer.echo(judged.explanation)
    if judged.next_question:
        _show_question(judged.next_question.text, judged.next_question.hint, judged.next_question.choices)


def _show_question(text: str, hint: str, choices: tuple[str, ...]) -> None:
    typer.echo(f"Next: {text}" + (f" ({', '.join(choices)})" if choices else ""))
    if hint:
        typer.echo(f"Try: {hint}")
