"""Identity by command: an organisation founded, filled and looked at, as a person would."""

import json

import pytest
from typer.testing import CliRunner, Result

from offhook.cli.main import app
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings

runner = CliRunner()


@pytest.fixture
def slug(settings: Settings, session_database: object, monkeypatch: pytest.MonkeyPatch) -> str:
    """A freshly founded organisation with the admin ada@acme.example."""
    made = f"acme-{new_id().hex[-8:]}"
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.delenv("OFFHOOK_DATABASE_URL", raising=False)
    monkeypatch.delenv("OFFHOOK_AS", raising=False)
    monkeypatch.setenv("OFFHOOK_ORGANISATION", made)
    said = say("init", "--name", "Acme", "--slug", made, "--admin", "ada.byron@acme.example")
    assert "oh_" in said.output
    return made


def say(*words: str, code: int = 0) -> Result:
    """Run a command and insist on its exit code."""
    answer = runner.invoke(app, list(words))
    assert answer.exit_code == code, answer.output
    return answer


def said(*words: str) -> object:
    """Run a command with --json and read its answer."""
    return json.loads(say(*words, "--json").output)


def test_a_week_of_administration(slug: str) -> None:
    assert [user["name"] for user in said("users", "list")] == ["Ada Byron"]
    said("teams", "add", "West", "--time-zone", "America/Denver")
    added = said(
        "users", "add", "rep@acme.example", "--name", "Rep", "--role", "rep", "--team", "west", "--capacity", "40"
    )
    assert (added["team"], added["time_zone"], added["capacity"]) == ("West", "America/Denver", 40)
    changed = said("users", "change", "rep@acme.example", "--capacity", "none", "--team", "none", "--weight", "3")
    assert (changed["capacity"], changed["team"], changed["routing_weight"]) == (None, None, 3)
    assert said("teams", "change", "West", "--manager", "ada.byron@acme.example")["manager_id"]
    assert said("organisation", "change", "--region", "DE")["region"] == "DE"
    assert said("users", "deactivate", "rep@acme.example")["is_active"] is False
    assert len(said("users", "list")) == 1
    assert len(said("users", "list", "--all")) == 2
    kinds = [event["kind"] for event in said("events", "--limit", "3")]
    assert kinds == ["user.changed", "organisation.changed", "team.changed"]


def test_absences_are_days_in_the_users_zone(slug: str) -> None:
    say("users", "add", "rep@acme.example", "--name", "Rep", "--role", "rep", "--time-zone", "Asia/Tokyo")
    added = said("absences", "add", "rep@acme.example", "--from", "2096-03-02", "--until", "2096-03-03")
    assert (added["starts_at"], added["ends_at"]) == ("2096-03-01T15:00:00Z", "2096-03-03T15:00:00Z")
    assert [one["id"] for one in said("absences", "list")] == [added["id"]]
    said("absences", "remove", added["id"])
    assert said("absences", "list") == []
    wrong = say("absences", "add", "rep@acme.example", "--from", "soon", "--until", "later", code=1)
    assert "2026-03-02" in wrong.output


def test_hours_are_set_by_days(slug: str) -> None:
    hours = said("hours", "set", "--day", "mon-fri=08:00-12:00,13:00-24:00", "--day", "sat=10:00-12:00",
                 "--holiday", "2026-12-25", "--time-zone", "Europe/Berlin")  # fmt: skip
    assert hours["week"]["mon"] == [["08:00", "12:00"], ["13:00", "24:00"]]
    assert (hours["week"]["sun"], hours["holidays"]) == ([], ["2026-12-25"])
    assert said("hours", "set", "--day", "sat=", "--no-holiday", "2026-12-25")["holidays"] == []
    assert said("hours", "show")["week"]["sat"] == []
    for wrong in ("mon", "fri-mon=09:00", "mon=9-x", "someday=09:00-10:00"):
        assert "day" in say("hours", "set", "--day", wrong, code=1).output


def test_a_teams_own_hours_can_be_dropped(slug: str) -> None:
    said("teams", "add", "West")
    assert said("hours", "set", "--team", "West", "--day", "sat=10:00-12:00")["version"] == 1
    dropped = said("hours", "drop", "West")
    assert (dropped["version"], dropped["week"]["sat"]) == (0, [])
    assert "already" in say("hours", "drop", "West", code=1).output


def test_who_cannot_get_in_is_helped_by_command(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFHOOK_PUBLIC_URL", "https://offhook.acme.example")
    say("users", "add", "rep@acme.example", "--name", "Rep", "--role", "rep", "--time-zone", "America/Denver")
    invited = said("users", "invite", "rep@acme.example")
    assert invited["purpose"] == "invitation"
    assert invited["url"].startswith("https://offhook.acme.example/enter#ohe_")
    told = say("users", "invite", "rep@acme.example").output.splitlines()
    assert "Rep sets their password here, once, until " in told[0]
    assert told[1].startswith("https://offhook.acme.example/enter#ohe_")
    assert said("users", "end-sessions", "rep@acme.example") == {"email": "rep@acme.example", "ended": 0}
    assert said("users", "remove-second-factors", "rep@acme.example")["second_factors"] == "removed"
    kinds = [event["kind"] for event in said("events", "--kind", "user.*", "--limit", "3")]
    assert kinds == ["user.second_factors_removed", "user.sessions_ended", "user.invited"]
    say("users", "password", "rep@acme.example", "--password", "correct horse battery")
    assert said("users", "invite", "rep@acme.example")["purpose"] == "reset"
    say("users", "deactivate", "rep@acme.example")
    assert "Activate them first" in say("users", "invite", "rep@acme.example", code=1).output


def test_only_admins_help_others_to_get_in(slug: str) -> None:
    say("users", "add", "rep@acme.example", "--name", "Rep", "--role", "rep")
    for word in ("invite", "end-sessions", "remove-second-factors"):
        refused = say("users", word, "ada.byron@acme.example", "--as", "rep@acme.example", code=1)
        assert "users:write" in refused.output


def test_tokens_are_told_once_and_revoked(slug: str) -> None:
    issued = said(
        "tokens", "issue", "ada.byron@acme.example", "--name", "ci", "--scope", "leads:read", "--days", "7"
    )
    assert issued["token"].startswith("oh_")
    listed = said("tokens", "list")
    assert {one["name"] for one in listed} == {"ci", "first token"}
    assert issued["token"] not in json.dumps(listed)
    assert said("tokens", "revoke", issued["id"])["revoked_at"]
    unknown = say("tokens", "issue", "ada.byron@acme.example", "--name", "x", "--scope", "moon:walk", code=1)
    assert "moon:walk" in unknown.output


def test_a_command_as_somebody_may_what_they_may(slug: str) -> None:
    say("users", "add", "rep@acme.example", "--name", "Rep", "--role", "rep")
    refused = say("teams", "add", "Mine", "--as", "rep@acme.example", code=1)
    assert "users:write" in refused.output
    assert "nobody@acme.example" in say("users", "list", "--as", "nobody@acme.example", code=1).output
    say("users", "deactivate", "rep@acme.example")
    assert "deactivated" in say("users", "list", "--as", "rep@acme.example", code=1).output


def test_a_password_is_asked_for_and_checked(slug: str) -> None:
    words = ["users", "password", "ada.byron@acme.example"]
    right = runner.invoke(app, words, input="correct horse battery\ncorrect horse battery\n")
    assert right.exit_code == 0, right.output
    assert "battery" not in right.output
    short = runner.invoke(app, words, input="short\nshort\n")
    assert (short.exit_code, "12" in short.output) == (1, True)


def test_several_organisations_must_be_told_apart(slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    say("init", "--name", "Second", "--slug", f"{slug}-2", "--admin", "b@acme.example")
    monkeypatch.delenv("OFFHOOK_ORGANISATION")
    assert slug in say("users", "list", code=1).output
    assert "Second" in say("--organisation", f"{slug}-2", "organisation", "show").output
    monkeypatch.setenv("OFFHOOK_ORGANISATION", "none-such")
    assert "none-such" in say("users", "list", code=1).output


@pytest.mark.parametrize(
    "words",
    ["users list", "teams list", "absences list", "hours show", "tokens list", "events", "organisation show"],
)
def test_tables_show_what_was_asked_for(slug: str, words: str) -> None:
    assert say(*words.split()).output.strip()


def test_founding_twice_under_one_name_is_refused(slug: str) -> None:
    again = say("init", "--name", "Acme", "--slug", slug, "--admin", "eve@acme.example", code=1)
    assert "taken" in again.output
    assert "slug" in say("init", "--name", "日本", "--admin", "eve@acme.example", code=1).output
