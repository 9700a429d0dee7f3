"""People by command: found, added, changed, merged and reviewed, as somebody at a desk would."""

import json

import pytest
from typer.testing import CliRunner, Result

from offhook.cli.main import app
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings

runner = CliRunner()


@pytest.fixture(autouse=True)
def organisation_founded(settings: Settings, session_database: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A freshly founded organisation."""
    made = f"people-{new_id().hex[-8:]}"
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OFFHOOK_ORGANISATION", made)
    say("init", "--name", "Acme", "--slug", made, "--admin", "ada.byron@acme.example")


def say(*words: str, code: int = 0) -> Result:
    """Run a command and insist on its exit code."""
    answer = runner.invoke(app, list(words))
    assert answer.exit_code == code, answer.output
    return answer


def said(*words: str) -> object:
    """Run a command with --json and read its answer."""
    return json.loads(say(*words, "--json").output)


def add(*fields: str) -> dict[str, object]:
    """Add a person by FIELD=VALUE."""
    made = said("people", "add", *(word for field in fields for word in ("--set", field)))
    assert isinstance(made, dict)
    return made


def test_a_person_is_found_by_whatever_one_knows_of_them() -> None:
    ada = add("full_name=Ada Byron", "email=ada@engines.example", "phone=312 555 0134", "external_id=crm:1")
    for known in (ada["id"], "Ada@engines.EXAMPLE", "+1 (312) 555-0134", "crm:1"):
        assert said("people", "show", str(known)) == ada
    for words in (("--name", "byr"), ("--domain", "engines.example"), ("--account", "engines.example")):
        assert said("people", "list", *words) == [ada]
    assert "Ada Byron" in say("people", "list").output
    assert "Nobody here has" in say("people", "show", "bob@engines.example", code=1).output


def test_a_person_is_changed_by_field() -> None:
    add("full_name=Ada Byron", "email=ada@engines.example")
    changed = said(
        *("people", "change", "ada@engines.example", "--set", "title=Countess", "--set", "email=ada@home.example"),
        *("--attribute", "Plan=gold"),
    )
    assert (changed["title"], changed["emails"], changed["attributes"]) == (
        "Countess",
        ["ada@home.example", "ada@engines.example"],
        {"Plan": "gold"},
    )
    cleared = said("people", "change", "ada@home.example", "--set", "title=", "--attribute", "Plan=")
    assert (cleared["title"], cleared["attributes"]) == (None, {})
    said("accounts", "add", "--set", "name=Bletchley")
    moved = said("people", "change", "ada@home.example", "--set", "account=Bletchley")
    assert moved["account_id"] == said("accounts", "show", "bletchley")["id"]
    assert said("people", "forget-contact", "ada@home.example", "ada@home.example")["emails"] == [
        "ada@engines.example"
    ]
    assert "NAME=VALUE" in say("people", "change", "ada@engines.example", "--set", "title", code=1).output


def test_persons_are_merged_and_parted() -> None:
    add("full_name=Ada Byron", "email=ada@engines.example")
    add("full_name=Robert Koch", "email=koch@charite.example")
    made = said("people", "merge", "ada@engines.example", "koch@charite.example")
    assert said("people", "show", "koch@charite.example")["name"] == "Ada Byron"
    assert [one["id"] for one in said("people", "merges")] == [made["id"]]
    assert "Robert Koch" in say("people", "merges").output
    assert said("people", "undo-merge", made["id"])["undone_at"]
    assert said("people", "show", "koch@charite.example")["name"] == "Robert Koch"


def test_accounts_are_added_changed_and_merged() -> None:
    said(
        "accounts", "add", "--set", "name=Engines Ltd", "--set", "website=engines.example", "--attribute", "Tier=1"
    )
    said("accounts", "add", "--set", "name=Bletchley Park")
    assert said("accounts", "change", "engines.example", "--set", "employees=40")["employees"] == 40
    assert [one["name"] for one in said("accounts", "list", "--attribute", "Tier=1")] == ["Engines Ltd"]
    made = said("accounts", "merge", "Engines Ltd", "Bletchley Park")
    assert [one["name"] for one in said("accounts", "list")] == ["Engines Ltd"]
    assert said("accounts", "merges")[0]["absorbed"] == "Bletchley Park"
    said("accounts", "undo-merge", made["id"])
    assert len(said("accounts", "list")) == 2
    assert "no account" in say("accounts", "show", "Nowhere", code=1).output


def test_doubtful_pairs_are_shown_side_by_side_and_decided() -> None:
    add("full_name=Mary Smith", "phone=+1 312 555 0134")
    add("full_name=Mary Smith")
    shown = say("reviews", "next").output
    assert "Mary Smith" in shown
    assert "same last name" in shown
    pair = said("reviews", "next", "--kind", "person")
    assert [one["id"] for one in said("reviews", "list")] == [pair["id"]]
    assert said("reviews", "decide", pair["id"], "distinct") == {
        "review": pair["id"],
        "status": "distinct",
        "merge": None,
        "survivor": None,
    }
    assert said("reviews", "next") == []
    assert len(said("reviews", "list", "--status", "distinct")) == 1
    assert (
        said("reviews", "decide", pair["id"], "merge", "--survivor", pair["right_id"])["survivor"]
        == pair["right_id"]
    )


def test_a_value_that_several_share_asks_for_an_id() -> None:
    add("full_name=Ada Byron", "phone=+1 312 555 0134")
    add("full_name=Robert Koch", "phone=+1 312 555 0134")
    assert "shared by" in say("people", "show", "+13125550134", code=1).output
