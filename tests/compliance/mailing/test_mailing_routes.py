"""Mailing rules and the suppression list over the API, as screens and programs use them."""

import pytest
from fastapi import FastAPI

from conftest import Begin
from offhook.compliance import MailingSettings, mailing_settings
from web.conftest import SignIn, app, sign_in

__all__ = ["app", "sign_in"]

SETTINGS = "/api/v1/compliance/mail/settings"
LIST = "/api/v1/compliance/mail/suppressions"


def test_an_admin_sets_the_mailing_rules_and_everybody_reads_them(
    app: FastAPI, sign_in: SignIn, begin: Begin
) -> None:
    admin, rep = sign_in("admin"), sign_in("rep")
    shown = rep.get(SETTINGS)
    assert shown.json() == {
        "mails_per_day": 150,
        "ramps_up": True,
        "spacing_seconds": 60,
        "mails_per_domain_per_hour": 30,
        "opens": "08:00",
        "closes": "18:00",
        "days": [0, 1, 2, 3, 4],
        "skips_holidays": True,
        "holds_manual": False,
        "tracks_opens": False,
        "tracks_clicks": False,
        "has_footer": True,
        "footer": "",
        "postal_address": "",
        "language": "en",
        "dkim_selectors": [],
        "version": 0,
    }
    wanted = {"mails_per_day": 40, "language": "es", "dkim_selectors": ["s1"], "tracks_opens": True}
    saved = admin.put(SETTINGS, json=wanted, headers={"if-match": shown.headers["etag"]})
    assert saved.status_code == 200, saved.text
    with begin() as tx:
        told = MailingSettings(
            mails_per_day=40, language="es", dkim_selectors=("s1",), tracks_opens=True, version=1
        )
        assert mailing_settings(tx) == told
    assert rep.put(SETTINGS, json=wanted, headers={"if-match": saved.headers["etag"]}).status_code == 403
    assert admin.put(SETTINGS, json=wanted, headers={"if-match": '"0"'}).status_code == 412


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mails_per_day", 0),
        ("spacing_seconds", -1),
        ("days", [7]),
        ("closes", "07:00"),
        ("opens", "08:00Z"),
        ("opens", "8 am"),
        ("language", "xx"),
        ("dkim_selectors", ["a b"]),
        ("footer", "x" * 1001),
    ],
)
def test_a_rule_that_cannot_be_kept_is_named(app: FastAPI, sign_in: SignIn, field: str, value: object) -> None:
    answer = sign_in("admin").put(SETTINGS, json={field: value}, headers={"if-match": '"0"'})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


def test_rules_tell_their_source(app: FastAPI, sign_in: SignIn) -> None:
    items = sign_in("rep").get("/api/v1/compliance/mail/rules").json()["items"]

    assert {one["kind"] for one in items} == {"ramp", "tracking"}
    germany = next(one for one in items if one["region"] == "DE")
    assert (germany["needs"], germany["is_in_force"]) == ("consent", True)
    assert "TDDDG" in germany["source"]


def test_a_file_of_addresses_is_imported_found_and_written_again(app: FastAPI, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    lines = (
        "Email;Because;Reason\nAda@Engines.example;unsubscribed;by letter\nbob@engines.example;;\nnobody\n"
        "ada@engines.example;bounced;twice\n"
    )
    done = manager.post(f"{LIST}/import", content=lines.encode(), params={"reason": "from the old system"})

    assert done.status_code == 200, done.text
    assert (done.json()["read"], done.json()["added"], done.json()["wrong_lines"]) == (2, 2, 1)
    assert done.json()["wrong"][0]["line"] == 4
    found = manager.get(LIST, params={"search": "ADA"}).json()["items"]
    assert [(one["address"], one["because"], one["reason"]) for one in found] == [
        ("ada@engines.example", "unsubscribed", "by letter")
    ]
    written = manager.get(f"{LIST}/export").content.decode("utf-8-sig").splitlines()
    assert written[0].startswith("address,because,reason")
    assert any(line.startswith("bob@engines.example,by_hand,from the old system") for line in written)
    again = manager.post(f"{LIST}/import", content="\n".join(written).encode(), params={"reason": "again"})
    assert (again.json()["read"], again.json()["added"]) == (2, 0)


@pytest.mark.parametrize("content", [b"", b"nothing\nof use\n", b"\0\0\0"])
def test_a_file_without_addresses_is_refused_with_why(app: FastAPI, sign_in: SignIn, content: bytes) -> None:
    answer = sign_in("manager").post(f"{LIST}/import", content=content, params={"reason": "x"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "file"
