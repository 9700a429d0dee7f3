"""Commands of conversations: `offhook mail inbox …`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from offhook import identity
from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.kernel.errors import Invalid
from offhook.mail.conversations import files, service
from offhook.mail.conversations.model import Conversation, ConversationState
from offhook.mail.incoming.files import objects_of

app = typer.Typer(help="Conversations: what persons wrote, and what is to be done about it.", no_args_is_help=True)

COLUMNS = ("state", "person_name", "company", "subject", "last_kind", "snippet", "last_at", "id")
ConversationArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The conversation's id.")]


@app.command("list")
def list_conversations(
    state: Annotated[ConversationState | None, typer.Option("--state", help="Only those in this state.")] = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="EMAIL", help="Only those that this user looks after.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 50,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List conversations, that with the latest mail first."""
    with command.transaction(as_email) as tx:
        found = service.conversations_page(
            tx,
            states=[state] if state else (),
            assignee_id=identity.user_by_email(tx, user).id if user else None,
            limit=limit,
        ).items
    rows = [
        {
            **_told(one.conversation),
            "person_name": one.person_name or one.person_address,
            "company": one.company,
            "last_kind": one.last_kind,
            "snippet": one.snippet,
        }
        for one in found
    ]
    command.show(rows, as_json=as_json, columns=COLUMNS, title="Conversations")


@app.command("show")
def show(conversation: ConversationArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show the mails of one, the oldest first."""
    with command.transaction(as_email) as tx:
        opened = service.conversation(tx, conversation)
    columns = ("at", "from", "kind", "text")
    theirs = [(one.received_at, one.from_address, one.kind.value, one.body_text) for one in opened.received]
    ours = [(one.created_at, one.from_address, one.state.value, one.body_text) for one in opened.sent]
    rows = [dict(zip(columns, row, strict=True)) for row in sorted([*theirs, *ours])]
    command.show(rows, as_json=as_json, columns=columns)


@app.command("files")
def list_files(conversation: ConversationArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List what hangs at the mails of one; what has no id stays in the mailbox."""
    with command.transaction(as_email) as tx:
        opened = service.conversation(tx, conversation)
    rows = [
        {"at": mail.received_at, "from": mail.from_address, "name": one.name, "size": one.size, "id": one.file_id}
        for mail in opened.received
        for one in mail.attachments
    ]
    command.show(rows, as_json=as_json, columns=("at", "from", "name", "size", "id"), title="Files")


@app.command("save")
def save_file(
    file: Annotated[UUID, typer.Argument(metavar="FILE_ID", help="The file's id, from `files`.")],
    output: Annotated[
        Path | None, typer.Option("--output", help="Where to write it; here, by its name, if not given.")
    ] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Save a file that hangs at a received mail. Nothing is written over."""
    with command.transaction(as_email) as tx:
        stored = files.received_file(tx, objects_of(command.settings()), file)
    target = output or Path(stored.name or str(file))
    try:
        with target.open("xb") as written:
            written.writelines(stored.read(0, stored.size))
    except OSError as error:
        raise Invalid(f"{target} cannot be written: {error.strerror}. Choose another file by --output.") from error
    command.show({"file": str(target), "size": stored.size}, as_json=as_json)


@app.command("done")
def done(conversation: ConversationArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Nothing is to be done about it."""
    with command.transaction(as_email) as tx:
        after = service.done(tx, conversation)
    command.show(_told(after), as_json=as_json)


@app.command("snooze")
def snooze(
    conversation: ConversationArgument,
    until: Annotated[datetime, typer.Option("--until", help="Until when, in UTC, such as 2026-03-02T14:30.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Put it off until then."""
    with command.transaction(as_email) as tx:
        after = service.snooze(tx, conversation, until.replace(tzinfo=until.tzinfo or tx.now.tzinfo))
    command.show(_told(after), as_json=as_json)


@app.command("assign")
def assign(
    conversation: ConversationArgument,
    user: Annotated[str, typer.Option("--to", metavar="EMAIL", help="Who looks after it from now on.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Let a colleague look after it."""
    with command.transaction(as_email) as tx:
        after = service.assign(tx, conversation, identity.user_by_email(tx, user).id)
    command.show(_told(after), as_json=as_json)


def _told(one: Conversation) -> dict[str, object]:
    return {name: getattr(one, name) for name in Conversation.__slots__ if name != "version"}
