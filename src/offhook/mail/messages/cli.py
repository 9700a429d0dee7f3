"""Commands of mails: `offhook mail send`, `list`, `show`, `send-again`, `was-sent`, `withdraw`."""

import sys
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import Transaction
from offhook.leads.finding import LeadOption, PersonOption, lead_meant
from offhook.mail.messages import service
from offhook.mail.messages.model import Mail, MailState

COLUMNS = ("state", "from_address", "to_address", "subject", "reason", "sent_at", "id")

MailArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The mail's id.")]


def send(
    subject: Annotated[str, typer.Option("--subject", help="Its subject.")],
    lead: LeadOption = None,
    person: PersonOption = None,
    text: Annotated[str | None, typer.Option("--text", help="Its text; read from a pipe if not given.")] = None,
    reply_to: Annotated[
        str | None, typer.Option("--in-reply-to", metavar="ID", help="Message-ID of the mail it answers.")
    ] = None,
    key: Annotated[str | None, typer.Option("--key", help="Your own id of it: it is sent once.")] = None,
    is_automatic: Annotated[
        bool, typer.Option("--automatic", help="Sent by a plan: it waits for hours, limits and spacing.")
    ] = False,
    user: Annotated[str | None, typer.Option("--from", metavar="EMAIL", help="Who sends it; who acts.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Write to a lead's person; a running server or worker sends it."""
    body = text if text is not None else sys.stdin.read()
    with command.transaction(as_email) as tx:
        mail = service.send_mail(
            tx,
            lead_id=lead_meant(tx, lead, person),
            subject_line=subject,
            text=body,
            in_reply_to=reply_to,
            key=key,
            is_automatic=is_automatic,
            user_id=identity.user_by_email(tx, user).id if user else None,
        )
    command.show(mail, as_json=as_json, columns=COLUMNS)


def list_mails(
    state: Annotated[MailState | None, typer.Option("--state", help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List mails, the newest first."""
    with command.transaction(as_email) as tx:
        found = service.mails_page(tx, state=state, limit=limit).items
    command.show(found, as_json=as_json, columns=COLUMNS, title="Mails")


def show(mail: MailArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one in full."""
    with command.transaction(as_email) as tx:
        found = service.mail_by_id(tx, mail)
    command.show(found, as_json=as_json)


def deciding(work: Callable[[Transaction, UUID], Mail], told: str) -> Callable[..., None]:
    """A command that decides on one mail."""

    def decide(mail: MailArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
        with command.transaction(as_email) as tx:
            decided = work(tx, mail)
        command.show(decided, as_json=as_json, columns=COLUMNS)

    decide.__doc__ = told
    return decide


def add_to(app: typer.Typer) -> None:
    """Put these commands into an app."""
    app.command("send")(send)
    app.command("list")(list_mails)
    app.command("show")(show)
    app.command("send-again")(deciding(service.send_again, "Send one that failed or is in doubt again."))
    app.command("was-sent")(deciding(service.was_sent, "Say that one in doubt was sent; it is logged."))
    app.command("withdraw")(deciding(service.withdraw, "Send one no more."))
