"""The command line: one table of words, each loaded when it is used.

`offhook --help` must answer at once, so the words and their one-line helps stand here as a table and a slice's
`cli.py` (which may pull in half the program) is imported only when one of its words is spoken. Errors of ours
end in one line on stderr and exit code 1, wrong usage in 2, an interrupt in 130; never in a stack trace.
"""

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from offhook import __version__

if TYPE_CHECKING:
    from typer._click.core import Command, Context  # pyright: ignore[reportPrivateUsage] # what it overrides says so

WORDS: Mapping[str, tuple[str, str]] = {
    "up": ("offhook.web.cli:app", "Serve the API with all that works beside it."),
    "worker": ("offhook.web.cli:app", "Deliver events, do jobs and send webhooks, without the API."),
    "demo": ("offhook.simulator.cli:app", "A generated organisation with months of history, served."),
    "doctor": ("offhook.web.cli:app", "Check that all is well, and say what to do where it is not."),
    "replay": ("offhook.web.cli:app", "Deliver a consumer's dead letters again."),
    "openapi": ("offhook.web.cli:app", "Print the API's description (OpenAPI 3.1)."),
    "init": ("offhook.identity.cli:app", "Found the organisation and its first admin; prints a token once."),
    "organisation": ("offhook.identity.cli:app", "Show or change the organisation."),
    "users": ("offhook.identity.cli:app", "Who works here: add, change, deactivate, passwords."),
    "teams": ("offhook.identity.cli:app", "Teams of reps and AEs."),
    "absences": ("offhook.identity.cli:app", "Who is away when."),
    "hours": ("offhook.identity.cli:app", "Business hours and holidays."),
    "tokens": ("offhook.identity.cli:app", "API tokens: issue, list, revoke."),
    "events": ("offhook.identity.cli:app", "The event log: what happened, when, by whom."),
    "webhooks": ("offhook.webhooks.cli:app", "Who is told of which events: endpoints, deliveries, replay."),
    "import": ("offhook.intake.cli:app", "Import a file of responders into a campaign."),
    "imports": ("offhook.intake.cli:app", "Imports so far, their rows and errors."),
    "forms": ("offhook.intake.cli:app", "Hosted forms: addresses, questions, consent."),
    "hooks": ("offhook.intake.cli:app", "Inbound webhooks: addresses, secrets, fields."),
    "people": ("offhook.people.cli:app", "Persons: find, show, add, change, merge."),
    "accounts": ("offhook.people.cli:app", "Accounts: find, show, add, change, merge."),
    "reviews": ("offhook.people.cli:app", "Pairs that may be one: look and decide."),
    "campaigns": ("offhook.leads.campaigns.cli:app", "Campaigns: what people respond to."),
    "leads": ("offhook.leads.cli:app", "Leads: find them, look at them, open, assign and take them."),
    "routing": ("offhook.leads.routing.cli:app", "Who gets which leads: rules and turns."),
    "scoring": ("offhook.leads.scoring.cli:app", "How leads are scored, and from when on they are MQLs."),
    "sla": ("offhook.leads.sla.cli:app", "Promises on time: policies, and moving what is due."),
    "queue": ("offhook.leads.queue.cli:app", "The work queue: what to do next, and why."),
    "log": ("offhook.leads.touch.cli:app", "Log what was done with a person: calls, e-mails, meetings, notes."),
    "qualify": ("offhook.leads.qualification.cli:app", "Ask, answer and judge whether a lead is in."),
    "criteria": ("offhook.leads.qualification.cli:app", "Qualification criteria agreed with sales."),
    "hand-off": ("offhook.leads.hand_off.cli:app", "Pass qualified leads to AEs, and decide on them."),
    "recycle": ("offhook.leads.hand_off.cli:app", "Give a lead back to marketing, to come back on a date."),
    "disqualify": ("offhook.leads.hand_off.cli:app", "Qualify a lead out, with a reason."),
    "reopen": ("offhook.leads.hand_off.cli:app", "Undo a recycling or disqualification."),
    "named": ("offhook.leads.named.cli:app", "Named accounts: target lists, coverage and penetration."),
    "mail": ("offhook.mail.cli:app", "E-mail: templates, mailboxes, and what is sent."),
    "cadences": ("offhook.cadences.cli:app", "Cadences: plans of timed touches, and who is in them."),
    "calendar": ("offhook.calendar.cli:app", "The calendar: connected calendars, booking pages, meetings."),
    "suppressions": (
        "offhook.compliance.mailing.cli:app",
        "Addresses that must not be mailed: add, remove, list.",
    ),
    "trunks": ("offhook.voice.trunks.cli:app", "Lines to carriers: by which calls leave and arrive."),
    "numbers": (
        "offhook.voice.trunks.numbers_cli:app",
        "Our phone numbers and extensions: whom they ring, who shows them.",
    ),
    "goals": ("offhook.goals.cli:app", "Goals: how they stand, setting them."),
    "compliance": ("offhook.compliance.cli:app", "May we call, and mail? Rules, checks, what was answered."),
    "dnc": ("offhook.compliance.do_not_call.cli:app", "Do-not-call lists: add, remove, import, list."),
    "kpis": ("offhook.goals.cli:app", "KPIs by rep, team or campaign."),
    "carrier": (
        "offhook.carrier.cli:app",
        "A virtual carrier: numbers to call, and calls to us, without any account.",
    ),
    "bench": ("offhook.bench.cli:bench", "Measure speed and size, each figure beside its goal."),
    "eval": ("offhook.eval.cli:app", "Judge identity resolution on labelled files."),
}
"""Every word of the command line: where its command is (`module:attribute`, a Typer app that is or holds it, or a
plain function), and its help. In the order in which `--help` shows them."""


class Words(TyperGroup):
    """A group that knows its words by the table and loads a word's command when it is spoken."""

    def __init__(self, **attributes: object) -> None:
        """Stand a bare command with name and help in for every word."""
        super().__init__(**attributes)  # pyright: ignore[reportArgumentType] # passed on as Typer gives them
        for word, (_, told) in WORDS.items():
            self.add_command(TyperCommand(word, help=told, callback=None), word)

    def resolve_command(
        self, ctx: "Context", args: list[str]
    ) -> "tuple[str | None, Command | None, list[str]]":  # as Typer types it
        """The spoken word's real command."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, load(name) if name and name in WORDS else found, rest

    def invoke(self, ctx: "Context") -> object:
        """Run it; errors that are answers become words and an exit code."""
        from offhook.kernel.errors import OffhookError

        try:
            return super().invoke(ctx)
        except OffhookError as error:
            more = (
                f"  {wrong.field}: {wrong.reason}" for wrong in error.fields if wrong.reason not in error.message
            )
            lines = [error.message, *more]
            _fail("\n".join(lines))
        except Exception as error:
            if _is_lost_database(error):
                _fail(f"The database does not answer: {error}. Try `offhook doctor`.")
            raise


def load(word: str) -> "Command":
    """Import the command of a word of the table."""
    module, _, attribute = WORDS[word][0].partition(":")
    found = getattr(import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(word)(found)
        return get_command(alone)
    whole = get_command(found)
    whole.params = [one for one in whole.params if one.name not in {"install_completion", "show_completion"}]
    return getattr(whole, "commands", {}).get(word, whole)


def _fail(text: str) -> NoReturn:
    typer.echo(f"offhook: {text}", err=True)
    raise typer.Exit(1)


def _is_lost_database(error: Exception) -> bool:
    import psycopg

    return isinstance(error, psycopg.OperationalError)


app = typer.Typer(
    cls=Words,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Offhook: from campaign responder to documented hand-off.",
    epilog="Settings are environment variables: OFFHOOK_DATA, OFFHOOK_DATABASE_URL, … (docs/administrator.md).",
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"offhook {__version__}")
        raise typer.Exit


@app.callback()
def offhook(
    data: Annotated[
        Path | None, typer.Option("--data", help="Data folder, instead of OFFHOOK_DATA.", show_default=False)
    ] = None,
    organisation: Annotated[
        str | None,
        typer.Option(
            "--organisation", help="Short name of the organisation, where there are several.", show_default=False
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Offhook: from campaign responder to documented hand-off."""
    if data is not None:
        os.environ["OFFHOOK_DATA"] = str(data)
    if organisation is not None:
        os.environ["OFFHOOK_ORGANISATION"] = organisation


def run() -> None:
    """The `offhook` of the shell."""
    sys.exit(get_command(app)(prog_name="offhook"))
