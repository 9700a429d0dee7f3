"""Templates over HTTP: whose they are, what is refused, what becomes of them for a lead."""

import json
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from conftest import Begin
from identity.factories import a_user
from leads.factories import respond
from offhook.cli.main import app as command_line
from offhook.identity import Role
from offhook.kernel.settings import Settings
from offhook.leads import add_campaign
from web.conftest import SignIn

API = "/api/v1/mail/templates"
BODY = 'Hello {{ person.first_name | default: "there" }},\n\nyou read **{{ lead.content }}**.\n\n{{ rep.name }}'
SUBJECT = "{{ lead.campaign }} and {{ account.name }}"


def a_template(client: TestClient, name: str = "First touch", **changes: object) -> dict[str, Any]:
    """Add a template and return the answer."""
    told = {"name": name, "variants": [{"subject": SUBJECT, "body": BODY}]} | changes
    answer = client.post(API, json=told)
    assert answer.status_code == 201, answer.text
    return answer.json()


def a_snippet(
    client: TestClient, name: str = "closing", body: str = "Regards", **changes: object
) -> dict[str, Any]:
    """Add a snippet and return the answer."""
    return a_template(client, name, kind="snippet", variants=[{"body": body}], **changes)


def names(client: TestClient, **params: object) -> list[str]:
    """The names of the templates that somebody sees."""
    answer = client.get(API, params=params)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


def change(client: TestClient, one: dict[str, Any], **changes: object) -> Any:  # what the client answers
    """Change a template in the version that was read."""
    return client.patch(f"{API}/{one['id']}", json=changes, headers={"if-match": f'"{one["version"]}"'})


def test_a_template_is_added_changed_archived_and_brought_back(sign_in: SignIn, begin: Begin) -> None:
    rep = sign_in(Role.REP)
    made = a_template(rep, folder="Opening")
    assert (made["kind"], made["is_shared"], made["version"], made["may_change"]) == ("email", False, 1, True)
    assert [(one["name"], one["weight"], one["subject"]) for one in made["variants"]] == [("A", 1, SUBJECT)]
    assert rep.get(f"{API}/{made['id']}").headers["etag"] == '"1"'
    renamed = change(rep, made, name=" First  word ").json()
    assert (renamed["name"], renamed["folder"], renamed["version"]) == ("First word", "Opening", 2)
    assert change(rep, made, name="Late").status_code == 412
    archived = change(rep, renamed, is_archived=True).json()
    assert names(rep) == []
    assert names(rep, archived=True) == ["First word"]
    change(rep, archived, is_archived=False)
    assert names(rep) == ["First word"]
    with begin() as tx:
        found = tx.scalars(str, "SELECT kind FROM event WHERE kind LIKE 'mail_template.%%' ORDER BY position")
    assert found == [f"mail_template.{what}" for what in ("added", "changed", "archived", "changed")]


def test_variants_keep_their_ids_and_are_replaced_as_a_whole(sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    made = a_template(rep)
    first = made["variants"][0]
    two = change(
        rep, made, variants=[{"name": "B", "weight": 3, "subject": "Other", "body": "Other"}, first]
    ).json()
    assert [(one["name"], one["weight"]) for one in two["variants"]] == [("B", 3), ("A", 1)]
    assert two["variants"][1]["id"] == first["id"]
    other = two["variants"][0] | {"id": str(uuid4())}
    assert change(rep, two, variants=[other]).json()["errors"][0]["reason"] == "unknown id"
    assert change(rep, two, variants=[first, first]).json()["errors"][0]["reason"] == "the same id twice"
    for wrong, told in (
        ([first, first | {"id": None}], "must have a name each"),
        ([first | {"weight": 0}], "must have a weight above 0 among them"),
    ):
        assert change(rep, two, variants=wrong).json()["errors"][0]["reason"] == told
    one = change(rep, two, variants=[two["variants"][0]]).json()
    assert [variant["subject"] for variant in one["variants"]] == ["Other"]


def test_ones_own_are_ones_own_and_shared_ones_are_for_who_may_share(sign_in: SignIn) -> None:
    rep, other, manager = sign_in(Role.REP), sign_in(Role.REP), sign_in(Role.MANAGER)
    own = a_template(rep, "Mine")
    shared = a_template(manager, "Ours", is_shared=True)
    assert names(rep) == ["Mine", "Ours"]
    assert names(other) == ["Ours"]
    assert names(manager) == ["Ours"], "not even a manager sees what is a rep's own"
    for method, path in ((manager.get, ""), (manager.post, "/preview")):
        body = {"json": {}} if path else {}
        assert method(f"{API}/{own['id']}{path}", **body).status_code == 404
    assert change(manager, own, name="Yours").status_code == 404
    assert change(rep, shared, name="Mine now").status_code == 403
    assert change(rep, own, is_shared=True).status_code == 403
    assert rep.post(
        API, json={"name": "x", "is_shared": True, "variants": [{"subject": "x", "body": "x"}]}
    ).is_error
    assert rep.get(f"{API}/{shared['id']}").json()["may_change"] is False
    assert change(manager, shared, is_shared=False).json()["is_shared"] is False
    assert names(rep) == ["Mine"]


def test_a_name_is_given_once_among_those_in_use(sign_in: SignIn) -> None:
    rep, manager = sign_in(Role.REP), sign_in(Role.MANAGER)
    made = a_template(rep, "First")
    again = {"name": "FIRST", "variants": [{"subject": "x", "body": "x"}]}
    taken = rep.post(API, json=again)
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:offhook:problem:name-taken")
    a_template(manager, "First", is_shared=True)
    a_snippet(rep, "First")
    archived = change(rep, made, is_archived=True).json()
    a_template(rep, "First")
    assert change(rep, archived, is_archived=False).status_code == 409


def test_every_fault_is_told_with_variant_field_and_line(sign_in: SignIn) -> None:
    answer = sign_in(Role.REP).post(
        API,
        json={
            "name": "Wrong",
            "variants": [
                {"name": "A", "subject": "{{ person.frist_name }}", "body": "fine"},
                {"name": "B", "subject": "fine", "body": "one\n{% for x in y %}\n{% endfor %}"},
            ],
        },
    )
    assert answer.status_code == 422
    told = {one["field"]: one["reason"] for one in answer.json()["errors"]}
    assert told["variants.0.subject"].startswith("line 1: there is no variable person.frist_name")
    assert told["variants.1.body"].startswith("line 2: unexpected tag 'for'")


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "snippet", "name": 'a "b"', "variants": [{"body": "x"}]}, "name"),
        ({"kind": "snippet", "variants": [{"body": "x", "subject": "x"}]}, "variants.0.subject"),
        ({"kind": "snippet", "variants": [{"name": "A", "body": "x"}, {"name": "B", "body": "y"}]}, "variants"),
        ({"kind": "snippet", "variants": [{"body": "x" * 5_001}]}, "variants.0.body"),
        ({"variants": [{"subject": "", "body": "x"}]}, "variants.0.subject"),
        ({"variants": [{"subject": "x", "body": " \n "}]}, "variants.0.body"),
        ({"variants": [{"subject": "x", "body": "{% render 'nowhere' %}"}]}, "variants.0.body"),
    ],
)
def test_what_cannot_be_meant_is_refused(sign_in: SignIn, told: dict[str, object], field: str) -> None:
    answer = sign_in(Role.REP).post(API, json={"name": "x", "variants": [{"subject": "x", "body": "x"}]} | told)
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_shared_template_uses_shared_snippets_and_ones_own_come_first(sign_in: SignIn) -> None:
    rep, manager = sign_in(Role.REP), sign_in(Role.MANAGER)
    using = [{"subject": "x", "body": "{% render 'closing' %}"}]
    a_snippet(rep, body="Mine")
    assert manager.post(API, json={"name": "Ours", "is_shared": True, "variants": using}).status_code == 422
    own = a_template(rep, "Mine", variants=using)
    a_snippet(manager, body="Ours, by {{ rep.name }}", is_shared=True)
    ours = a_template(manager, "Ours", is_shared=True, variants=using)
    assert rep.post(f"{API}/{own['id']}/preview", json={}).json()["text"] == "Mine"
    assert rep.post(f"{API}/{ours['id']}/preview", json={}).json()["text"] == "Ours, by Sam Rivera"


def test_a_snippet_that_is_used_stays_until_it_is_taken_out(sign_in: SignIn) -> None:
    rep, manager = sign_in(Role.REP), sign_in(Role.MANAGER)
    snippet = a_snippet(manager, is_shared=True)
    user = a_template(rep, "Secret plan", variants=[{"subject": "x", "body": "{% render 'closing' %}"}])
    for changes in ({"is_archived": True}, {"name": "ending"}, {"is_shared": False}):
        refused = change(manager, snippet, **changes)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:offhook:problem:snippet-in-use")
        assert "Secret plan" not in refused.text, "what is a rep's own is not named to others"
        assert "1 more" in refused.text
    snippet = change(manager, snippet, variants=[{"body": "Best"}]).json()
    change(rep, user, variants=[{"subject": "x", "body": "Bye"}])
    assert change(manager, snippet, is_archived=True).status_code == 200


def test_a_preview_speaks_to_the_lead_and_flags_what_is_missing(sign_in: SignIn, begin: Begin) -> None:
    rep = sign_in(Role.REP)
    with begin() as tx:
        campaign = add_campaign(tx, "Spring <webinar>", responders_are_mql=True)
        received = respond(tx, campaign, name="Ada Byron", email="ada@analytical.example", company="Analytical")
    made = a_template(
        rep, variants=[{"subject": SUBJECT, "body": BODY}, {"name": "B", "subject": "B", "body": "B"}]
    )
    seen = rep.post(f"{API}/{made['id']}/preview", json={"lead_id": str(received.lead_id)}).json()
    assert seen["subject"] == "Spring <webinar> and Analytical"
    assert seen["text"].startswith("Hello Ada,\n\n")
    assert "<p>Hello Ada,</p>" in seen["html"]
    assert (seen["missing"], seen["fault"]) == (["lead.content"], None)
    second = {"lead_id": str(received.lead_id), "variant_id": made["variants"][1]["id"]}
    assert rep.post(f"{API}/{made['id']}/preview", json=second).json()["text"] == "B"
    for unknown in ({"lead_id": str(uuid4())}, {"variant_id": str(uuid4())}):
        assert rep.post(f"{API}/{made['id']}/preview", json=unknown).status_code == 404


def test_a_text_is_seen_before_it_is_saved(sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    seen = rep.post(f"{API}/preview", json={"subject": "Hi {{ person.first_name }}", "body": "*Yes*"}).json()
    assert (seen["subject"], seen["text"], seen["html"]) == ("Hi Ada", "Yes", "<p><em>Yes</em></p>\n")
    wrong = rep.post(f"{API}/preview", json={"subject": "x", "body": "\n{{ person.nmae }}"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["reason"].startswith("line 2: there is no variable person.nmae")
    variables = rep.get("/api/v1/mail/variables").json()["items"]
    assert {"person.first_name", "rep.name"} <= {one["name"] for one in variables}
    everything = "\n".join(f"{{{{ {one['name']} }}}}" for one in variables)
    assert rep.post(f"{API}/preview", json={"body": everything, "kind": "snippet"}).json()["missing"] == []


def test_templates_are_found_by_words_and_page_by_page(sign_in: SignIn) -> None:
    rep = sign_in(Role.REP)
    for name in ("b", "a", "C"):
        a_template(rep, name, folder="Opening" if name == "b" else "")
    a_snippet(rep, "100% us".replace("%", ""))
    assert names(rep) == ["100 us", "a", "b", "C"]
    assert names(rep, kind="snippet") == ["100 us"]
    assert names(rep, q="OPEN") == ["b"]
    assert names(rep, q="lead.campaign") == ["a", "b", "C"]
    assert names(rep, q="%") == []
    first = rep.get(API, params={"limit": 2}).json()
    assert names(rep, limit=2, cursor=first["next_cursor"]) == ["b", "C"]
    assert rep.get(API, params={"cursor": "bm8"}).status_code == 422


def test_commands_list_show_and_preview(
    sign_in: SignIn, begin: Begin, settings: Settings, organisation: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.setenv("OFFHOOK_ORGANISATION", str(organisation))
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)
    a_template(sign_in(Role.MANAGER), "Ours", is_shared=True)
    with begin() as tx:
        rep = a_user(tx, Role.REP, email="bo@ours.example")
        campaign = add_campaign(tx, "Webinar", responders_are_mql=True)
        respond(tx, campaign, name="Ada Byron", email="ada@analytical.example", company="Analytical")

    def said(*words: str) -> Any:  # JSON
        answer = CliRunner().invoke(command_line, ["mail", "templates", *words, "--json"])
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.output)

    assert [(one["name"], one["variants"]) for one in said("list", "--as", rep.email)] == [("Ours", 1)]
    shown = said("show", "ours")
    assert shown["variants"][0]["subject"] == SUBJECT
    assert said("show", shown["id"])["name"] == "Ours"
    assert said("preview", "Ours")["text"].endswith("Sam Rivera")
    seen = said("preview", "Ours", "--person", "ada@analytical.example", "--as", rep.email)
    assert (seen["subject"], seen["text"].endswith(rep.name)) == ("Webinar and Analytical", True)
    plain = CliRunner().invoke(command_line, ["mail", "templates", "preview", "Ours", "--variant", "Z"])
    assert plain.exit_code == 1
    assert "has no variant 'Z'" in plain.output
