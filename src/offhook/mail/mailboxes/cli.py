"""Commands of mailboxes: `offhook mail mailboxes …`. Each opens a transaction, calls one use case, prints it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.database import SYSTEM, Transaction
from offhook.kernel.errors import NotFound
from offhook.kernel.sealing import Seal
from offhook.mail.mailboxes import checking, service
from offhook.mail.mailboxes.model import Mailbox, Security

app = typer.Typer(help="Mailboxes: where users' mail is handed in and read.", no_args_is_help=True)

COLUMNS = (
    "address",
    "shown_name",
    "smtp_host",
    "smtp_port",
    "imap_host",
    "imap_port",
    "signs_in_by",
    "problem",
    "retry_at",
    "id",
)
EVERY_PAGE = 10_000

MailboxArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help="The mailbox's address, or its id.")]
ShownNameOption = Annotated[str | None, typer.Option("--name", help="What receivers read; the user's name.")]
SmtpPortOption = Annotated[
    int | None, typer.Option("--smtp-port", min=1, max=65_535, help="587, or 465 for tls, unless given.")
]
SmtpSecurityOption = Annotated[Security | None, typer.Option("--smtp-security", help="starttls unless given.")]
ImapPortOption = Annotated[
    int | None, typer.Option("--imap-port", min=1, max=65_535, help="993, or 143 for starttls, unless given.")
]
ImapSecurityOption = Annotated[Security | None, typer.Option("--imap-security", help="tls unless given.")]
UsernameOption = Annotated[str | None, typer.Option("--username", help="The address unless given.")]
SavesSentOption = Annotated[
    bool | None,
    typer.Option("--saves-sent/--no-saves-sent", help="Its server keeps copies of sent mail by itself."),
]

SignatureOption = Annotated[str | None, typer.Option("--signature", help="What stands below each mail; '' none.")]


@app.command("list")
def list_mailboxes(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the mailboxes and how they stand."""
    with command.transaction(as_email) as tx:
        found = _shown(tx, service.mailboxes_page(tx, None, EVERY_PAGE))
    command.show(found, as_json=as_json, columns=COLUMNS, title="Mailboxes")


@app.command("add")
def add_mailbox(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="What mail is sent from.")],
    smtp_host: Annotated[str, typer.Option("--smtp", metavar="HOST", help="Where mail is handed in.")],
    imap_host: Annotated[str, typer.Option("--imap", metavar="HOST", help="Where mail is read.")],
    user: Annotated[
        str | None, typer.Option("--user", metavar="EMAIL", help="Whose; who acts, if not given.")
    ] = None,
    shown_name: ShownNameOption = None,
    smtp_port: SmtpPortOption = None,
    smtp_security: SmtpSecurityOption = None,
    imap_port: ImapPortOption = None,
    imap_security: ImapSecurityOption = None,
    username: UsernameOption = None,
    saves_sent: SavesSentOption = None,
    signature: SignatureOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Connect a mailbox; its password is asked for, or read from a pipe, and kept sealed."""
    given = command.given(
        shown_name=shown_name,
        smtp_port=smtp_port,
        smtp_security=smtp_security,
        imap_port=imap_port,
        imap_security=imap_security,
        username=username,
        saves_sent=saves_sent,
        signature=signature,
    )
    password = command.secret("the mailbox")
    with command.transaction(as_email) as tx:
        added = service.add_mailbox(
            tx,
            _seal(),
            address=address,
            smtp_host=smtp_host,
            imap_host=imap_host,
            password=password,
            user_id=identity.user_by_email(tx, user).id if user else None,
            **given,  # pyright: ignore[reportArgumentType] # by name
        )
        shown = _shown(tx, [added])
    command.show(shown[0], as_json=as_json, columns=COLUMNS)


@app.command("show")
def show_mailbox(mailbox: MailboxArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one in full."""
    with command.transaction(as_email) as tx:
        found = _shown(tx, [_named(tx, mailbox)])
    command.show(found[0], as_json=as_json)


@app.command("change")
def change_mailbox(
    mailbox: MailboxArgument,
    address: Annotated[str | None, typer.Option("--address", help="What mail is sent from.")] = None,
    smtp_host: Annotated[str | None, typer.Option("--smtp", metavar="HOST", help="Where it is handed in.")] = None,
    imap_host: Annotated[str | None, typer.Option("--imap", metavar="HOST", help="Where it is read.")] = None,
    with_password: Annotated[
        bool, typer.Option("--password", help="Ask for its password, or read that from a pipe.")
    ] = False,
    shown_name: ShownNameOption = None,
    smtp_port: SmtpPortOption = None,
    smtp_security: SmtpSecurityOption = None,
    imap_port: ImapPortOption = None,
    imap_security: ImapSecurityOption = None,
    username: UsernameOption = None,
    saves_sent: SavesSentOption = None,
    signature: SignatureOption = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Change one; what is not given stays. One that refuses is tried again at once."""
    changes = command.given(
        address=address,
        smtp_host=smtp_host,
        imap_host=imap_host,
        shown_name=shown_name,
        smtp_port=smtp_port,
        smtp_security=smtp_security,
        imap_port=imap_port,
        imap_security=imap_security,
        username=username,
        saves_sent=saves_sent,
        signature=signature,
        password=command.secret("the mailbox") if with_password else None,
    )
    with command.transaction(as_email) as tx:
        before = _named(tx, mailbox)
        changed = service.change_mailbox(tx, _seal(), before.id, before.version, changes)
        shown = _shown(tx, [changed])
    command.show(shown[0], as_json=as_json, columns=COLUMNS)


@app.command("remove")
def remove_mailbox(mailbox: MailboxArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Remove one in which no mail waits; what was sent from it stays on record."""
    with command.transaction(as_email) as tx:
        before = _named(tx, mailbox)
        shown = _shown(tx, [before])
        service.remove_mailbox(tx, before.id, before.version)
    command.show(shown[0], as_json=as_json, columns=COLUMNS)


@app.command("check")
def check_mailbox(mailbox: MailboxArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Connect to both servers of one and sign in; exit code 1 when something is wrong. No mail is sent."""
    with command.installation() as (database, organisation_id):
        with database.transaction(organisation_id, SYSTEM) as tx:
            command.act_as(tx, as_email)
            login = service.login_to_check(tx, _seal(), _named(tx, mailbox).id)
        found = checking.check(login)
        with database.transaction(organisation_id, SYSTEM) as tx:
            service.note_check(tx, login.mailbox.id, found)
    command.show(found, as_json=as_json)
    if found.smtp_problem or found.imap_problem:
        raise typer.Exit(1)


def _shown(tx: Transaction, found: Sequence[Mailbox]) -> list[dict[str, object]]:
    ways = service.signs_in_by(tx, found)
    return [{**asdict(one), "signs_in_by": ways[one.id]} for one in found]


def _named(tx: Transaction, name: str) -> Mailbox:
    wanted = name.strip().casefold()
    every = service.mailboxes_page(tx, None, EVERY_PAGE)
    found = next((one for one in every if wanted in {one.address, str(one.id)}), None)
    if found is None:
        raise NotFound(f"There is no mailbox '{name}'. `offhook mail mailboxes list` shows which there are.")
    return found


def _seal() -> Seal:
    return service.seal_of(command.settings())
