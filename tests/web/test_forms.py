"""Hosted forms as visitors and robots meet them."""

import base64
import hashlib
import html
import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from starlette.testclient import TestClient

from conftest import Begin
from offhook.intake import doors, pages, visitors
from offhook.intake.pages import MOST_ANSWERS, PER
from offhook.intake.public import FieldKind, Form, FormField
from offhook.kernel.clock import SetClock
from offhook.kernel.database import Transaction
from offhook.kernel.ids import new_id
from offhook.kernel.limiter import Limiter
from offhook.leads import add_campaign

CONSENT = "You may call me about <Acme> & nothing else.\nI can say no at any time."
ADA = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "email": "Ada@Engines.example",
    "phone": "(212) 555-0101",
    "company": "Engines",
}


@pytest.fixture(autouse=True)
def nobody_has_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with a limiter of its own."""
    monkeypatch.setattr(pages, "limiter", Limiter(MOST_ANSWERS, PER))


def a_form(tx: Transaction, *fields: FormField, **told: object) -> Form:
    """A form in a campaign of its own."""
    return doors.add_form(
        tx,
        name=str(told.pop("name", "Talk to us")),
        campaign_id=add_campaign(tx, f"Site {new_id()}").id,
        fields=fields or doors.DEFAULT_FIELDS,
        **told,  # pyright: ignore[reportArgumentType] # options by name
    )


class Visitor:
    """Somebody with a browser, at a form."""

    def __init__(self, client: TestClient, clock: SetClock, organisation: UUID, form: Form) -> None:
        self.client = client
        self.clock = clock
        self.address = f"/f/{organisation}/{form.id}"
        self.stamp = ""

    def open(self) -> httpx.Response:
        """Look at the form."""
        page = self.client.get(self.address)
        self.stamp = hidden(page, visitors.STAMP)
        return page

    def send(self, answers: dict[str, str], *, after: float = 5) -> httpx.Response:
        """Fill it in and send it so many seconds after it was opened."""
        if not self.stamp:
            self.open()
        self.clock.advance(timedelta(seconds=after))
        return self.client.post(
            self.address,
            data=answers | {visitors.STAMP: self.stamp},
            headers={"referer": "https://www.acme.example/contact", "user-agent": "Browser"},
        )


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return html.unescape(found[1]) if found else ""


@pytest.fixture
def at(nobody: TestClient, clock: SetClock, organisation: UUID):  # the visitor of a form
    def visitor(form: Form) -> Visitor:
        return Visitor(nobody, clock, organisation, form)

    return visitor


def kept(begin: Begin) -> list[tuple[object, ...]]:
    """What came in."""
    with begin() as tx:
        return tx.connection.execute("SELECT outcome, received FROM intake_record ORDER BY row_number").fetchall()


# Taking in


def test_an_answer_becomes_a_person_a_response_and_a_lead(begin: Begin, at) -> None:
    with begin() as tx:
        form = a_form(tx)
    answer = at(form).send(ADA)
    assert answer.status_code == 200
    assert "Thank you. We will be in touch." in answer.text
    with begin() as tx:
        assert tx.scalars(str, "SELECT full_name FROM person") == ["Ada Lovelace"]
        assert sorted(tx.scalars(str, "SELECT value FROM contact_point")) == [
            "+12125550101",
            "ada@engines.example",
        ]
        assert tx.scalars(UUID, "SELECT campaign_id FROM response") == [form.campaign_id]
        assert tx.scalars(str, "SELECT actor FROM event WHERE kind = 'response.received'") == [f"form:{form.id}"]
        assert tx.scalar(str, "SELECT received FROM intake_record").count("Ada@Engines.example") == 1


def test_the_same_visitor_again_is_the_same_person(begin: Begin, at) -> None:
    with begin() as tx:
        visitor = at(a_form(tx))
    visitor.send(ADA)
    visitor.send(ADA | {"first_name": "ADA"})
    assert [outcome for outcome, _ in kept(begin)] == ["imported", "merged"]


def test_questions_of_ones_own_become_attributes(begin: Begin, at) -> None:
    email = FormField("email", "E-mail", FieldKind.EMAIL, is_required=True)
    size = FormField("team size", "How many?", FieldKind.CHOICE, choices=("1", "2-10"))
    with begin() as tx:
        form = a_form(tx, email, size)
    at(form).send({"email": "ada@engines.example", "team size": "2-10", "is_mql": "yes", "owner": "x@y.example"})
    with begin() as tx:
        assert tx.scalar(dict, "SELECT attributes FROM person") == {"team size": "2-10"}


def test_consent_is_kept_with_its_words_its_version_and_where_it_was_given(begin: Begin, at) -> None:
    with begin() as tx:
        form = a_form(tx, consent_wording=CONSENT)
        form = doors.change_form(tx, form.id, 1, {"thanks": "Ta."})
    at(form).send(ADA | {"consent": "yes"})
    with begin() as tx:
        doors.change_form(tx, form.id, 2, {"consent_wording": "Something else."})
        wording, by, evidence = tx.connection.execute(
            "SELECT wording, obtained_by, evidence FROM consent_record"
        ).fetchone() or (None, None, None)
    assert (wording, by) == (CONSENT, f"form:{form.id}")
    assert evidence == {
        "form_version": 2,
        "page": "https://www.acme.example/contact",
        "address": "testclient",
        "user_agent": "Browser",
    }


# Refusing


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": ""}, "Work e-mail is needed"),
        ({"email": "ada@"}, "Work e-mail"),
        ({"phone": "12"}, "Phone"),
        ({"first_name": "", "last_name": ""}, "First name is needed; Last name is needed"),
        ({"first_name": "N" * 5_000}, "First name"),
    ],
)
def test_a_wrong_answer_is_told_and_all_that_was_written_stays(
    begin: Begin, at, wrong: dict[str, str], told: str
) -> None:
    with begin() as tx:
        visitor = at(a_form(tx))
    answer = visitor.send(ADA | wrong | {"company": 'Engines "&" <Co>'})
    assert answer.status_code == 422
    assert told in html.unescape(answer.text)
    assert 'value="Engines &quot;&amp;&quot; &lt;Co&gt;"' in answer.text
    assert kept(begin) == []
    visitor.stamp = hidden(answer, visitors.STAMP)
    assert visitor.send(ADA, after=0).status_code == 200, "mended, it goes in at once"


def test_without_consent_nothing_is_kept(begin: Begin, at) -> None:
    with begin() as tx:
        form = a_form(tx, consent_wording=CONSENT)
    answer = at(form).send(ADA)
    assert (answer.status_code, kept(begin)) == (422, [])
    assert "Your consent is needed" in answer.text


def test_only_choices_that_are_offered_are_taken(begin: Begin, at) -> None:
    email = FormField("email", "E-mail", FieldKind.EMAIL, is_required=True)
    with begin() as tx:
        form = a_form(tx, email, FormField("size", "Size", FieldKind.CHOICE, choices=("1", "2")))
    assert at(form).send({"email": "a@b.example", "size": "3"}).status_code == 422


def test_a_closed_or_unknown_form_is_told_and_nothing_else(begin: Begin, at, nobody: TestClient) -> None:
    with begin() as tx:
        form = a_form(tx, name="Secret launch")
        visitor = at(form)
        doors.change_form(tx, form.id, 1, {"is_active": False})
    closed, unknown = visitor.open(), nobody.get(f"/f/{new_id()}/{new_id()}")
    assert closed.status_code == unknown.status_code == 404
    assert closed.text == unknown.text, "whether a form exists is not told"
    assert visitor.send(ADA).status_code == 404
    assert nobody.get(f"{visitor.address}/embed.js").status_code == 404
    assert nobody.get("/f/1/2").status_code == 422


def test_a_form_of_another_organisation_is_not_there(begin: Begin, nobody: TestClient) -> None:
    with begin() as tx:
        form = a_form(tx)
    assert nobody.get(f"/f/{new_id()}/{form.id}").status_code == 404


# Robots


def test_a_robot_that_fills_in_the_trap_is_thanked_and_forgotten(begin: Begin, at) -> None:
    with begin() as tx:
        form = a_form(tx)
    answer = at(form).send(ADA | {visitors.TRAP: "https://spam.example"})
    assert (answer.status_code, kept(begin)) == (200, [])
    assert "Thank you" in answer.text


@pytest.mark.parametrize(
    ("stamp", "after", "told"),
    [
        (None, 1, "very fast"),
        (None, 25 * 3600, "too long ago"),
        ("", 5, "was not opened here"),
        ("made up", 5, "was not opened here"),
    ],
)
def test_an_answer_proves_that_the_form_was_opened_some_time_ago(
    begin: Begin, at, stamp: str | None, after: float, told: str
) -> None:
    with begin() as tx:
        visitor = at(a_form(tx))
    visitor.open()
    visitor.stamp = visitor.stamp if stamp is None else stamp
    visitor.clock.advance(timedelta(seconds=after))
    answer = visitor.client.post(visitor.address, data=ADA | {visitors.STAMP: visitor.stamp})
    assert (answer.status_code, kept(begin)) == (422, [])
    assert told in answer.text
    assert 'value="Lovelace"' in answer.text


def test_a_stamp_of_one_form_opens_no_other(begin: Begin, at) -> None:
    with begin() as tx:
        one, other = at(a_form(tx)), at(a_form(tx))
    one.open()
    other.stamp = one.stamp
    assert other.send(ADA).status_code == 422


def test_an_address_may_answer_so_often_and_then_again_later(begin: Begin, at, clock: SetClock) -> None:
    with begin() as tx:
        visitor = at(a_form(tx))
    for n in range(MOST_ANSWERS):
        assert visitor.send(ADA | {"email": f"ada{n}@engines.example"}).status_code == 200
    refused = visitor.send(ADA)
    assert refused.status_code == 429
    assert "wait 10 minutes" in refused.text
    clock.advance(PER)
    visitor.open()
    assert visitor.send(ADA).status_code == 200


def test_the_limiter_forgets_whom_it_need_not_remember(monkeypatch: pytest.MonkeyPatch, clock: SetClock) -> None:
    limiter = Limiter(most=1, per=timedelta(minutes=1))
    monkeypatch.setattr(Limiter, "most_keys", 3)
    for n in range(20):
        limiter.check(str(n), clock.now() + n * timedelta(minutes=1))
    assert len(limiter._moments) <= 4


# The page


def test_nothing_that_is_told_to_the_page_becomes_markup(begin: Begin, at) -> None:
    nasty = "\"><script>alert('x')</script>"
    email = FormField("email", nasty, FieldKind.EMAIL, is_required=True)
    with begin() as tx:
        form = a_form(
            tx,
            email,
            FormField(nasty, nasty, FieldKind.LONG_TEXT),
            FormField("size", nasty, FieldKind.CHOICE, choices=(nasty,)),
            name=nasty,
            consent_wording=nasty,
            thanks=nasty,
        )
    visitor = at(form)
    shown = visitor.open()
    wrong = visitor.send({"email": nasty, nasty: nasty, "size": nasty, "consent": "yes"})
    thanked = visitor.send({"email": "ada@engines.example", "consent": "yes"})
    assert [shown.status_code, wrong.status_code, thanked.status_code] == [200, 422, 200]
    for page in (shown, wrong, thanked):
        assert "<script" not in page.text
        assert "&lt;script&gt;" in page.text
    script = visitor.client.get(f"{visitor.address}/embed.js")
    assert "<" not in script.text.replace("\\u003c", ""), "it stays a script wherever it is written"


def test_the_page_allows_its_own_style_and_nothing_more(begin: Begin, at) -> None:
    with begin() as tx:
        anywhere = a_form(tx)
        somewhere = a_form(tx, allowed_origins=["https://www.acme.example", "https://acme.example"])
    page = at(anywhere).open()
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digest}'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "*",
    }
    assert "x-frame-options" not in page.headers
    framed = at(somewhere).open().headers["content-security-policy"]
    assert framed.endswith("frame-ancestors https://www.acme.example https://acme.example")
    assert "style=" not in page.text
    assert page.headers["cache-control"] == "no-store"


def test_every_question_has_its_label(begin: Begin, at) -> None:
    with begin() as tx:
        form = a_form(tx, *doors.DEFAULT_FIELDS, FormField("team size", "Team"), consent_wording=CONSENT)
    page = at(form).open().text
    labelled = set(re.findall(r'<label for="([^"]+)"', page))
    assert labelled == set(re.findall(r'<(?:input|select|textarea) id="([^"]+)"', page))
    assert len(labelled) == 6
    assert "nothing else.<br>I can say no" in page


def test_the_snippet_frames_the_form(begin: Begin, at) -> None:
    with begin() as tx:
        form = a_form(tx, name='Say "hi"')
    visitor = at(form)
    script = visitor.client.get(f"{visitor.address}/embed.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert f'{visitor.address}";' in script.text
    assert 'frame.title = "Say \\"hi\\"";' in script.text
