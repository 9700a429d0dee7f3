"""Commands of e-mail: `offhook mail …`."""

import typer

from offhook.mail.conversations.cli import app as conversations
from offhook.mail.mailboxes.cli import app as mailboxes
from offhook.mail.messages.cli import add_to
from offhook.mail.templates.cli import app as templates

app = typer.Typer(
    help="E-mail: templates and snippets, mailboxes, and what is sent from them.", no_args_is_help=True
)
app.add_typer(mailboxes, name="mailboxes")
app.add_typer(conversations, name="inbox")
app.add_typer(templates, name="templates")
add_to(app)
