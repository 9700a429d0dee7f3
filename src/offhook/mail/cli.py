"""Commands of e-mail: `offhook mail …`."""

import typer

from offhook.mail.mailboxes.cli import app as mailboxes
from offhook.mail.messages.cli import add_to

app = typer.Typer(help="E-mail: mailboxes, and what is sent from them.", no_args_is_help=True)
app.add_typer(mailboxes, name="mailboxes")
add_to(app)
