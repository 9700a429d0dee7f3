"""Commands of e-mail: `offhook mail …`."""

import typer

from offhook.mail.templates.cli import app as templates

app = typer.Typer(help="E-mail: templates and snippets.", no_args_is_help=True)
app.add_typer(templates, name="templates")
