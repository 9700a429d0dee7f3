"""Commands of intake: `offhook import FILE --campaign NAME`, `offhook imports …`; doors have their own file."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from offhook.identity import command
from offhook.identity.command import AsOption, JsonOption
from offhook.intake import service
from offhook.intake.door_commands import forms_app, hooks_app
from offhook.intake.mapping import read_corrections
from offhook.intake.model import ImportOptions, ImportRun, RunStatus
from offhook.intake.run import Progress, Report, carry_on, import_file, rehearse_file
from offhook.kernel.database import SYSTEM, Transaction
from offhook.kernel.export import write_table
from offhook.leads import CampaignKind, add_campaign, campaign_by_name

app = typer.Typer(help="Bring responders in, and see what became of them.", no_args_is_help=True)
imports_app = typer.Typer(help="Imports so far, their rows and errors.", no_args_is_help=True)
app.add_typer(imports_app, name="imports")
app.add_typer(forms_app, name="forms")
app.add_typer(hooks_app, name="hooks")

RUN_COLUMNS = ("file_name", "status", "rows", "imported", "merged", "rejected", "started_at", "id")
ERRORS_SHOWN = 20

RunArgument = Annotated[UUID, typer.Argument(metavar="ID", help="The import's id.")]


@app.command("import")
def import_responders(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False, readable=True)],
    campaign: Annotated[str, typer.Option("--campaign", help="What they responded to; added if it is new.")],
    corrections: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="What a column is; may be repeated; remembered."),
    ] = None,
    kind: Annotated[
        CampaignKind, typer.Option("--kind", help="Of a new campaign: by what it reached people.")
    ] = CampaignKind.OTHER,
    mql: Annotated[
        bool, typer.Option("--mql", help="Of a new campaign: marketing has qualified every responder.")
    ] = False,
    region: Annotated[
        str | None, typer.Option("--region", help="Country whose national phone numbers the file holds.")
    ] = None,
    area_code: Annotated[
        str | None, typer.Option("--area-code", help="Completes phone numbers that were written without one.")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Of a workbook; the first if not given.")] = None,
    day_first: Annotated[
        bool | None,
        typer.Option("--day-first/--month-first", help="How 03/04/2026 is meant, where the file does not tell."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each row; write nothing.")
    ] = False,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Import a file of responders; an import that broke off goes on where it was."""
    options = ImportOptions(read_corrections(corrections or ()), region, sheet, day_first, area_code)

    def responded_to(tx: Transaction) -> UUID:
        command.act_as(tx, as_email)
        found = campaign_by_name(tx, campaign)
        return (found or add_campaign(tx, campaign, kind=kind, responders_are_mql=mql)).id

    with command.installation() as (database, organisation_id):
        with database.transaction(organisation_id, SYSTEM) as tx:
            command.act_as(tx, as_email)
            actor = tx.actor
        with _progress(file.name, quiet=as_json) as progress:
            if dry_run:
                report = rehearse_file(
                    database, organisation_id, actor, file, responded_to, options=options, progress=progress
                )
            else:
                report = import_file(
                    database,
                    organisation_id,
                    actor,
                    file,
                    responded_to,
                    folder=service.files_folder(command.settings()),
                    options=options,
                    progress=progress,
                )
    _show(report, as_json=as_json, dry_run=dry_run)


@contextmanager
def _progress(name: str, *, quiet: bool) -> Generator[Progress | None]:
    """A bar on the terminal, where there is one."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with Bar(console=console) as bar:
        task = bar.add_task(name, total=None)
        move: Callable[[int, int | None], None] = lambda rows, total: bar.update(task, completed=rows, total=total)  # noqa: E731
        yield move


def _show(report: Report, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        command.show(asdict(report), as_json=True)
        return
    for note in report.notes:
        typer.echo(note)
    mapped = {name: field for name, field in report.mapping.items() if field not in {"attribute", "ignore"}}
    typer.echo("Columns: " + ", ".join(f"{name} → {field}" for name, field in mapped.items()))
    left = [name for name, field in report.mapping.items() if field == "attribute"]
    if left:
        typer.echo("Kept as custom attributes: " + ", ".join(left))
    would = "would be " if dry_run else ""
    typer.echo(
        f"{report.rows:,} rows: {report.imported:,} {would}imported, {report.merged:,} {would}merged,"
        f" {report.rejected:,} {would}rejected."
    )
    if report.errors:
        command.show([asdict(error) for error in report.errors[:ERRORS_SHOWN]], title="What could not be used")
    more = len(report.errors) + report.errors_left_out - ERRORS_SHOWN
    if more > 0:
        where = f": offhook imports errors {report.run_id}" if report.run_id else ""
        typer.echo(f"… and {more:,} more{where}")


def _row(run: ImportRun) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(run, name) for name in run.__slots__ if name != "file_sha256"}
    return row | {"rows": run.rows}


@imports_app.command("list")
def list_imports(as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """List the imports, the newest first."""
    with command.transaction(as_email) as tx:
        found = service.runs_page(tx, None, 100)
    command.show([_row(run) for run in found], as_json=as_json, columns=RUN_COLUMNS, title="Imports")


@imports_app.command("show")
def show_import(run_id: RunArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Show one import."""
    with command.transaction(as_email) as tx:
        command.show(_row(service.run(tx, run_id)), as_json=as_json)


@imports_app.command("errors")
def show_errors(
    run_id: RunArgument,
    output: Annotated[Path | None, typer.Option("--output", help="Write them to this CSV or XLSX file.")] = None,
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """List what could not be used of an import's rows."""
    with command.transaction(as_email) as tx:
        errors = service.errors_of(tx, service.run(tx, run_id).id)
    if output is not None:
        headings = ("row", "column", "value", "reason")
        count = write_table(output, headings, ((one.row, one.column, one.value, one.reason) for one in errors))
        _tell_written(count, "errors", output, as_json=as_json)
        return
    command.show([asdict(error) for error in errors], as_json=as_json, title="What could not be used")


@imports_app.command("export")
def export_rows(
    run_id: RunArgument,
    output: Annotated[Path, typer.Argument(help="CSV or XLSX file to write.")],
    as_json: JsonOption = False,
    as_email: AsOption = None,
) -> None:
    """Write an import's rows as they were received, with what became of each."""
    with command.transaction(as_email) as tx:
        count = write_table(output, *service.rows_as_received(tx, run_id))
    _tell_written(count, "rows", output, as_json=as_json)


def _tell_written(count: int, what: str, output: Path, *, as_json: bool) -> None:
    if as_json:
        command.show({what: count, "file": str(output)}, as_json=True)
        return
    typer.echo(f"{count:,} {what} written to {output}.")


@imports_app.command("resume")
def resume(run_id: RunArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Go on with an import that failed, was cancelled or broke off, from the kept copy of its file."""
    with command.installation() as (database, organisation_id):
        with database.transaction(organisation_id, SYSTEM) as tx:
            command.act_as(tx, as_email)
            actor, run = tx.actor, service.run(tx, run_id)
            if run.status is not RunStatus.RUNNING:
                run = service.resume(tx, run_id)
        with _progress(run.file_name, quiet=as_json) as progress:
            folder = service.files_folder(command.settings())
            report = carry_on(database, organisation_id, actor, run, folder=folder, progress=progress)
    _show(report, as_json=as_json, dry_run=False)


@imports_app.command("cancel")
def cancel(run_id: RunArgument, as_json: JsonOption = False, as_email: AsOption = None) -> None:
    """Stop an import; what is in stays in. Importing the file again goes on with it."""
    with command.transaction(as_email) as tx:
        command.show(_row(service.cancel(tx, run_id)), as_json=as_json, columns=RUN_COLUMNS)
