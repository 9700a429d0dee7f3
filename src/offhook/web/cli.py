"""Commands that run the product and look it over: `offhook up`, `worker`, `doctor`, `replay`, `openapi`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from offhook.identity import command
from offhook.identity.command import JsonOption

if TYPE_CHECKING:
    from offhook.kernel.settings import Settings

app = typer.Typer(help="Run Offhook and look it over.", no_args_is_help=True)

ConsumerArgument = Annotated[str, typer.Argument(metavar="CONSUMER", help="As `offhook doctor` names it.")]


def _settings(host: str | None, port: int | None) -> "Settings":
    told = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return command.settings().model_copy(update=told)


@app.command()
def up(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on; else OFFHOOK_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Port to listen on; else OFFHOOK_PORT.")
    ] = None,
) -> None:
    """Serve the API with all that works beside it, until stopped (Ctrl-C, SIGTERM)."""
    from offhook.web.server import serve

    settings = _settings(host, port)

    def tell() -> None:
        typer.echo(f"Offhook serves {settings.base_url} (API: {settings.base_url}/api/v1/docs). Ctrl-C stops it.")

    serve(settings, when_ready=tell)


@app.command()
def worker() -> None:
    """Deliver events, do jobs and send webhooks without serving the API, until stopped."""
    from offhook.web.server import work

    def tell() -> None:
        typer.echo("Offhook works: events, jobs, webhooks. Ctrl-C stops it.")

    work(command.settings(), when_ready=tell)


@app.command()
def doctor(as_json: JsonOption = False) -> None:
    """Check that all is well, and say what to do where it is not. Exit code 1 when something fails."""
    from offhook.web.doctor import Health, examine

    findings = examine(command.settings())
    command.show([asdict(one) for one in findings], as_json=as_json, columns=("health", "check", "told"))
    if any(one.health is Health.FAIL for one in findings):
        raise typer.Exit(1)


@app.command()
def replay(
    consumer: ConsumerArgument,
    as_json: JsonOption = False,
) -> None:
    """Deliver a consumer's dead letters again, in order, once what stopped them is mended."""
    from offhook.kernel.delivery import replay_dead_letters
    from offhook.kernel.errors import NotFound
    from offhook.web.consumers import CONSUMERS

    found = next((one for one in CONSUMERS if one.name == consumer), None)
    if found is None:
        known = ", ".join(one.name for one in CONSUMERS)
        raise NotFound(f"There is no consumer '{consumer}'; there are: {known}.")
    with command.installation() as (database, organisation_id):
        delivered, left = replay_dead_letters(database, found, organisation_id)
    command.show({"delivered": delivered, "left": left}, as_json=as_json)


@app.command()
def openapi() -> None:
    """Print the API's description (OpenAPI 3.1), from which clients are generated. Needs no database."""
    import json

    from fastapi import FastAPI

    from offhook.web.app import PREFIX, ROUTERS
    from offhook.web.description import describe

    described = FastAPI()
    for router in ROUTERS:
        described.include_router(router, prefix=PREFIX)
    typer.echo(json.dumps(describe(described), indent=1))
