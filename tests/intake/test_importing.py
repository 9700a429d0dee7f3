"""Importing: what goes in, what is reported, what happens with the same file again, what a dry run says."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from conftest import Begin
from identity.factories import a_user
from intake.files import HEADINGS, a_file, a_workbook, people
from intake.imports import CAMPAIGN, Importer, webinar
from offhook import intake
from offhook.identity import Role, actor_of
from offhook.intake import ahead, run, service, store
from offhook.intake.model import RunStatus
from offhook.kernel.database import Actor, Transaction
from offhook.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from offhook.kernel.jobs import only_one
from offhook.leads import campaign_by_name

MESSY = [
    ["Name", "Email", "Email", "Phone", "Responded", "Employees", "Booth", "Owner"],
    [
        "Ada Lovelace",
        "ada@engines.example",
        "ada2@engines.example",
        "(212) 555-0101",
        "2026-02-27",
        "40",
        "A1",
        "",
    ],
    ["ADA LOVELACE", "Ada@Engines.example", "", "212-555-0101", "2026-02-28 10:00", "", "A1", ""],
    ["Bo Diddley", "bo@", "", "12", "2026-02-30", "many", "=1+1", "nobody@acme.example"],
    ["", "", "", "", "", "", "B7", ""],
    ["Jörg Groß", "jörg@bücher.example", "", "", "2027-01-01", "", "", ""],
    ["N" * 5_000, "long@engines.example", "", "", "", "", "", ""],
    ["Zed\0 Null", "zed@engines.example", "", "", "", "", "x\0y", ""],
    [],
    ["Cy Twombly", "cy@engines.example", "", "+999 123 456 789", "31/12/1720", "", "", "", "too", "many"],
    ["Di", "di@engines.example"],
]


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """A file with all that can be wrong with a row."""
    return a_file(tmp_path, MESSY)


def test_good_rows_go_in_and_each_bad_value_is_reported_with_its_place(importer: Importer, messy: Path) -> None:
    report = importer(messy)
    assert (report.rows, report.imported, report.merged, report.rejected) == (9, 5, 1, 3)
    told = [(error.row, error.column, error.value, error.reason) for error in report.errors]
    assert sorted((row, column) for row, column, *_ in told) == [
        (4, ""),
        (4, "Email"),
        (4, "Employees"),
        (4, "Phone"),
        (4, "Responded"),
        (5, ""),
        (6, "Responded"),
        (7, "Name"),
        (8, "Booth"),
        (8, "Name"),
        (10, ""),
    ]
    reasons = {(row, column): reason for row, column, _, reason in told}
    assert "no such day" in reasons[4, "Responded"]
    assert "future" in reasons[6, "Responded"]
    assert "5,000 characters" in reasons[7, "Name"]
    assert "control characters" in reasons[8, "Booth"]
    assert "10 cells under 8 headings" in reasons[10, ""]
    assert all(len(value) <= 201 and "\0" not in value for _, _, value, _ in told)


def test_what_was_received_is_kept_verbatim_beside_what_was_understood(
    importer: Importer, messy: Path, begin: Begin
) -> None:
    report = importer(messy)
    assert report.run_id
    with begin() as tx:
        records = {record.row_number: record for record in service.records_page(tx, report.run_id, limit=100)}
    assert json.loads(records[3].received)["Email"] == "Ada@Engines.example"
    assert json.loads(records[8].received)["Booth"] == "x\0y"
    assert json.loads(records[7].received)["Name"] == "N" * 5_000
    assert "many" in records[10].received, "cells beyond the headings are kept too"
    assert (records[3].outcome, records[10].outcome) == ("merged", "rejected")
    assert records[2].person_id == records[3].person_id is not None


def test_international_addresses_and_custom_attributes_are_kept(
    importer: Importer, messy: Path, begin: Begin
) -> None:
    importer(messy)
    with begin() as tx:
        addresses = tx.scalars(str, "SELECT value FROM contact_point WHERE kind = 'email'")
        booths = tx.scalars(str, "SELECT attributes ->> 'Booth' FROM person ORDER BY 1")
    assert "jörg@bücher.example" in addresses or "jörg@xn--bcher-kva.example" in addresses
    assert "A1" in booths


def test_a_file_in_which_nothing_is_wrong_makes_a_person_a_response_and_a_lead_a_row(
    importer: Importer, tmp_path: Path
) -> None:
    report = importer(a_file(tmp_path, [HEADINGS, *people(40)]))
    assert (report.rows, report.imported, report.errors) == (40, 40, [])
    assert importer.counts() == (40, 40, 40, 40)


def test_a_workbook_goes_the_same_way(importer: Importer, tmp_path: Path) -> None:
    report = importer(a_workbook(tmp_path, [HEADINGS, *people(40)]))
    assert (report.rows, report.imported, report.errors) == (40, 40, [])


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_names_survive_every_encoding(importer: Importer, tmp_path: Path, begin: Begin, encoding: str) -> None:
    importer(a_file(tmp_path, [HEADINGS, ["Zoë", "Größe", "z@acme.example", "", "Acme"]], encoding=encoding))
    with begin() as tx:
        assert tx.scalars(str, "SELECT full_name FROM person") == ["Zoë Größe"]


# Again, and on


def test_the_same_file_again_doubles_nothing_and_says_so(importer: Importer, messy: Path) -> None:
    importer(messy)
    before = importer.counts()
    again = importer(messy)
    assert importer.counts()[:3] == before[:3]
    assert (again.imported, again.merged, again.rejected) == (0, 6, 3)
    assert any("imported on 2026-03-02 already" in note for note in again.notes)


def test_the_same_file_under_another_name_is_known(importer: Importer, messy: Path, tmp_path: Path) -> None:
    importer(messy)
    copy = tmp_path / "copy.csv"
    copy.write_bytes(messy.read_bytes())
    assert any("already" in note for note in importer(copy).notes)


def test_the_same_people_in_another_campaign_respond_again(
    importer: Importer, tmp_path: Path, begin: Begin
) -> None:
    path = a_file(tmp_path, [HEADINGS, *people(5)])
    importer(path)

    def fair(tx: Transaction) -> UUID:
        from offhook.leads import add_campaign

        return (campaign_by_name(tx, "Fair") or add_campaign(tx, "Fair")).id

    report = importer(path, campaign_of=fair)
    assert (report.imported, report.merged, report.notes) == (0, 5, [])
    persons, responses, leads, _ = importer.counts()
    assert (persons, responses, leads) == (5, 10, 5), "whoever is worked on already gets no second lead"


def broken_off(importer: Importer, path: Path, monkeypatch: pytest.MonkeyPatch, **options: dict[str, str]) -> None:
    """Import the first two batches of ten rows, then break."""

    def stop(rows: int, _: int | None) -> None:
        if rows >= 20:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(ahead, "BATCH_ROWS", 10)
    with pytest.raises(RuntimeError):
        importer(path, progress=stop, mapping=options.get("mapping"))


def test_an_import_that_broke_off_goes_on_where_it_was(
    importer: Importer, tmp_path: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, [HEADINGS, *people(35)])
    broken_off(importer, path, monkeypatch)
    with begin() as tx:
        (failed,) = service.runs_page(tx, None, 10)
    assert (failed.status, failed.rows_done, failed.rows_total) == ("failed", 21, 35)
    assert "the disk is full" in (failed.error or "")
    report = importer(path)
    assert report.run_id == failed.id
    assert (report.rows, report.imported, report.merged) == (35, 35, 0)
    assert "after row 21" in report.notes[0]
    assert importer.counts() == (35, 35, 35, 35)


def test_an_import_that_broke_off_begins_anew_when_its_columns_are_told_otherwise(
    importer: Importer, tmp_path: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, [(*HEADINGS, "Who"), *([*row, f"Role {n}"] for n, row in enumerate(people(35)))])
    broken_off(importer, path, monkeypatch)
    report = importer(path, mapping={"Who": "title"})
    assert (report.rows, report.merged, report.imported) == (35, 20, 15)
    assert "begins anew" in report.notes[0]
    assert importer.count("SELECT count(*) FROM person WHERE title IS NULL") == 0
    with begin() as tx:
        assert [one.status for one in service.runs_page(tx, None, 10)] == [RunStatus.DONE, RunStatus.FAILED]


def test_a_file_that_ends_broken_keeps_what_was_read_and_says_where(
    importer: Importer, tmp_path: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "BATCH_ROWS", 10)
    path = a_file(tmp_path, [HEADINGS, *people(400)], encoding="utf-16")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Invalid, match="breaks off after row"):
        importer(path)
    with begin() as tx:
        (failed,) = service.runs_page(tx, None, 10)
    assert (failed.status, failed.rows) == ("failed", 399)
    assert "breaks off" in (failed.error or "")


def test_a_cancelled_import_stops_at_once_and_can_go_on(
    importer: Importer, tmp_path: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "BATCH_ROWS", 10)
    path = a_file(tmp_path, [HEADINGS, *people(30)])

    def cancel(_: int, __: int | None) -> None:
        with begin() as tx:
            (going,) = service.runs_page(tx, None, 10)
            service.cancel(tx, going.id)

    with pytest.raises(Conflict, match="stopped"):
        importer(path, progress=cancel)
    assert importer.counts()[0] == 10
    with begin() as tx:
        (run_,) = service.runs_page(tx, None, 10)
        with pytest.raises(Conflict, match="cancelled already"):
            service.cancel(tx, run_.id)
        going = service.resume(tx, run_.id)
        with pytest.raises(Conflict, match="nothing to go on with"):
            service.resume(tx, run_.id)
    report = run.carry_on(
        importer.database, importer.organisation_id, Actor("system"), going, folder=importer.folder
    )
    assert (report.rows, report.imported) == (30, 30)


def test_two_processes_never_import_one_run_together(importer: Importer, tmp_path: Path, begin: Begin) -> None:
    path = a_file(tmp_path, [HEADINGS, *people(3)])
    with begin() as tx:
        going, _ = run.start_run(tx, path, webinar(tx), intake.ImportOptions(), importer.folder)
    with only_one(importer.database, f"import:{going.id}"), pytest.raises(Conflict, match="right now"):
        importer(path)
    assert importer(path).imported == 3


def test_a_run_is_taken_before_a_server_could_see_it(
    importer: Importer, tmp_path: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server looks every second for runs that nobody is at."""
    seen: list[bool] = []

    def look(_: int, __: int | None) -> None:
        with begin() as tx:
            (going,) = store.unfinished(tx)
        with only_one(importer.database, f"import:{going.id}") as is_free:
            seen.append(is_free)

    importer(a_file(tmp_path, [HEADINGS, *people(3)]), progress=look)
    assert seen == [False]


def test_the_kept_copy_is_what_is_imported(importer: Importer, tmp_path: Path, begin: Begin) -> None:
    path = a_file(tmp_path, [HEADINGS, *people(3)])
    with begin() as tx:
        going, _ = run.start_run(tx, path, webinar(tx), intake.ImportOptions(), importer.folder)
    kept = importer.folder / going.file_path
    assert kept.read_bytes() == path.read_bytes()
    path.write_text("something else")
    report = run.carry_on(
        importer.database, importer.organisation_id, Actor("system"), going, folder=importer.folder
    )
    assert report.imported == 3


def test_a_kept_copy_that_is_gone_is_told(importer: Importer, tmp_path: Path, begin: Begin) -> None:
    with begin() as tx:
        going, _ = run.start_run(
            tx, a_file(tmp_path, [HEADINGS]), webinar(tx), intake.ImportOptions(), importer.folder
        )
    (importer.folder / going.file_path).unlink()
    with pytest.raises(NotFound, match=r"kept copy of responders\.csv is gone"):
        run.carry_on(importer.database, importer.organisation_id, Actor("system"), going, folder=importer.folder)


# Dry runs


def test_a_dry_run_says_what_the_import_will_say_and_writes_nothing(importer: Importer, messy: Path) -> None:
    rehearsed = importer.rehearse(messy, mapping={"Booth": "source"})
    assert importer.counts() == (0, 0, 0, 0)
    assert importer.count("SELECT count(*) FROM campaign") == 0
    assert importer.count("SELECT count(*) FROM event") == 0
    assert importer.count("SELECT count(*) FROM column_mapping") == 0
    assert not importer.folder.exists()
    done = importer(messy, mapping={"Booth": "source"})
    assert replace(rehearsed, run_id=done.run_id) == done


def test_a_dry_run_of_many_batches_counts_every_row(
    importer: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "BATCH_ROWS", 2)
    report = importer.rehearse(a_file(tmp_path, [HEADINGS, *people(2 * run.DRY_BATCHES + 5)]))
    assert report.rows == report.imported == 2 * run.DRY_BATCHES + 5
    assert importer.counts() == (0, 0, 0, 0)


# Columns and options


def test_corrected_columns_are_remembered_for_files_of_their_kind(importer: Importer, tmp_path: Path) -> None:
    headings = ["Wer", "Was", "Adresse"]
    rows = [["Ada Lovelace", "Countess", "ada@engines.example"]]
    corrected = importer(a_file(tmp_path, [headings, *rows]), mapping={"Wer": "full_name", "Was": "title"})
    assert corrected.mapping["Was"] == "title"
    other = a_file(tmp_path, [["Was", "Wer", "Adresse"], ["Baron", "Charles Babbage", "cb@engines.example"]])
    assert importer(other).mapping == corrected.mapping
    assert importer.count("SELECT count(*) FROM person WHERE title IS NOT NULL") == 2


def test_what_was_only_guessed_is_not_remembered(importer: Importer, tmp_path: Path) -> None:
    importer(a_file(tmp_path, [HEADINGS, *people(2)]))
    assert importer.count("SELECT count(*) FROM column_mapping") == 0


def test_a_file_that_names_nobody_is_refused_and_leaves_nothing(importer: Importer, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="No column says who somebody is"):
        importer(a_file(tmp_path, [["Colour", "Size"], ["red", "4"]]))
    assert importer.count("SELECT count(*) FROM campaign") == 0
    assert importer.count("SELECT count(*) FROM import_run") == 0


def test_national_numbers_are_read_as_the_regions_own(importer: Importer, tmp_path: Path, begin: Begin) -> None:
    path = a_file(tmp_path, [["Email", "Phone"], ["g@larkspur.example", "020 7946 0018"]])
    importer(path, region="United Kingdom")
    with begin() as tx:
        assert tx.scalars(str, "SELECT value FROM contact_point WHERE kind = 'phone'") == ["+442079460018"]


@pytest.mark.parametrize(
    ("region", "area_code", "told"), [("Atlantis", None, "'Atlantis'"), (None, "3o3", "digits only")]
)
def test_an_option_that_makes_no_sense_is_refused(
    importer: Importer, tmp_path: Path, begin: Begin, region: str | None, area_code: str | None, told: str
) -> None:
    options = intake.ImportOptions(region=region, area_code=area_code)
    with begin() as tx, pytest.raises(Invalid, match=told):
        run.start_run(tx, a_file(tmp_path, [HEADINGS]), webinar(tx), options, importer.folder)


# What rows say of the response


def test_times_sources_and_owners_are_taken_from_the_file(
    importer: Importer, tmp_path: Path, begin: Begin
) -> None:
    with begin() as tx:
        rep = a_user(tx)
        campaign_id = webinar(tx)
    rows = [
        ["Email", "Company", "Registered", "Source", "Lead Owner", "MQL"],
        ["a@engines.example", "Engines", "27.02.2026 08:30", "newsletter", rep.email.upper(), "yes"],
        ["b@looms.example", "Looms", "", "", "someone@else.example", "perhaps"],
    ]
    report = importer(a_file(tmp_path, rows), mapping={"Lead Owner": "owner"})
    with begin() as tx:
        first, second = tx.connection.execute(
            "SELECT responded_at, source FROM response WHERE campaign_id = %s ORDER BY responded_at",
            (campaign_id,),
        ).fetchall()
        owned = tx.scalars(UUID, "SELECT owner_id FROM lead WHERE owner_id IS NOT NULL AND stage = 'mql'")
    assert first == (datetime(2026, 2, 27, 8, 30, tzinfo=UTC), "newsletter")
    assert second[0] == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert owned == [rep.id]
    assert [(error.column, error.value) for error in report.errors] == [
        ("MQL", "perhaps"),
        ("Lead Owner", "someone@else.example"),
    ]


# Permissions and events


def test_only_who_may_take_in_can_import(importer: Importer, tmp_path: Path, begin: Begin) -> None:
    with begin() as tx:
        rep = actor_of(a_user(tx, Role.REP))
    with pytest.raises(Forbidden, match="intake:write"):
        intake.import_file(
            importer.database,
            importer.organisation_id,
            rep,
            a_file(tmp_path, [HEADINGS, *people(1)]),
            lambda tx: webinar(replace_actor(tx)),
            folder=importer.folder,
        )


def replace_actor(tx: Transaction) -> Transaction:
    """The same transaction for somebody who may add the campaign."""
    return replace(tx, actor=Actor("system", permissions=frozenset({"*"})))


def test_the_end_of_an_import_is_an_event(importer: Importer, messy: Path, begin: Begin) -> None:
    report = importer(messy)
    with begin() as tx:
        (told,) = tx.scalars(dict, "SELECT data FROM event WHERE kind = 'import.finished'")
        campaign = campaign_by_name(tx, CAMPAIGN)
    assert campaign
    assert told == {
        "campaign_id": str(campaign.id),
        "rows": report.rows,
        "imported": report.imported,
        "merged": report.merged,
        "rejected": report.rejected,
    }
