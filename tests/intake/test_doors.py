"""Forms and inbound webhooks: what can be made, changed, and what is refused."""

import pytest

from conftest import Begin
from identity.factories import a_user
from intake.imports import webinar
from offhook.identity import Role, actor_of, found_organisation
from offhook.intake import doors
from offhook.intake.public import FieldKind, FormField
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.kernel.errors import Forbidden, Invalid, NotFound, StaleVersion, Unavailable
from offhook.kernel.ids import new_id

EMAIL = FormField("email", "E-mail", FieldKind.EMAIL, is_required=True)


def a_form(tx: Transaction, *fields: FormField, **told: object) -> doors.Form:
    return doors.add_form(
        tx,
        name=str(told.pop("name", "Contact")),
        campaign_id=webinar(tx),
        fields=fields or doors.DEFAULT_FIELDS,
        **told,  # pyright: ignore[reportArgumentType] # options by name
    )


def test_a_form_is_kept_as_it_was_made(begin: Begin) -> None:
    size = FormField("team size", "How many are you?", FieldKind.CHOICE, choices=("1", "2-10"))
    with begin() as tx:
        made = a_form(tx, EMAIL, size, consent_wording="I agree.", allowed_origins=["https://www.acme.example"])
    with begin() as tx:
        assert doors.form(tx, made.id) == made
        assert doors.forms_page(tx, None, 10) == [doors.form(tx, made.id)]
        assert doors.forms_page(tx, made.id, 10) == []
        assert tx.scalars(str, "SELECT data ->> 'name' FROM event WHERE kind = 'form.added'") == ["Contact"]


def test_a_change_names_the_version_it_changes(begin: Begin) -> None:
    with begin() as tx:
        made = a_form(tx)
        changed = doors.change_form(tx, made.id, 1, {"thanks": "Ta.", "is_active": False})
        assert (changed.version, changed.thanks, changed.name) == (2, "Ta.", made.name)
        with pytest.raises(StaleVersion):
            doors.change_form(tx, made.id, 1, {"thanks": "Cheers."})
        with pytest.raises(NotFound):
            doors.change_form(tx, new_id(), 1, {})


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ([], "1 to 50"),
        ([EMAIL] * 2, "twice"),
        ([FormField("first_name", "Name", is_required=True)], "could be reached"),
        ([FormField("email", "E-mail")], "could be reached"),
        ([EMAIL, FormField("size", "Size", FieldKind.CHOICE)], "no choices"),
        ([EMAIL, FormField("owner", "Owner")], "cannot ask"),
        ([EMAIL, FormField("external_id", "Id")], "cannot ask"),
        ([EMAIL, FormField("is_mql", "MQL")], "cannot ask"),
        ([EMAIL, FormField("consent", "Consent")], "the page itself"),
        ([EMAIL, FormField("shown", "Shown")], "the page itself"),
        ([EMAIL, FormField("homepage_url", "Page")], "the page itself"),
    ],
)
def test_a_form_that_could_not_work_is_refused(begin: Begin, fields: list[FormField], told: str) -> None:
    with begin() as tx, pytest.raises(Invalid, match=told):
        doors.add_form(tx, name="Contact", campaign_id=webinar(tx), fields=fields)


@pytest.mark.parametrize(
    "origin",
    ["www.acme.example", "https://*", "https://a.example/page", "https://a.example; script-src *", "'self'"],
)
def test_origins_are_plain_sites(begin: Begin, origin: str) -> None:
    with begin() as tx, pytest.raises(Invalid, match="https://www"):
        a_form(tx, allowed_origins=[origin])


@pytest.mark.parametrize("told", [{"name": " "}, {"name": "x" * 201}, {"consent_wording": "x" * 5_001}])
def test_names_and_wordings_have_an_end(begin: Begin, told: dict[str, object]) -> None:
    with begin() as tx, pytest.raises(Invalid):
        a_form(tx, **told)


def test_doors_belong_to_campaigns_that_exist(begin: Begin) -> None:
    with begin() as tx:
        with pytest.raises(NotFound):
            doors.add_form(tx, name="Contact", campaign_id=new_id())
        with pytest.raises(NotFound):
            doors.add_hook(tx, "secret", name="Chat", campaign_id=new_id())


def test_reps_see_doors_and_open_none(begin: Begin) -> None:
    with begin() as tx:
        campaign_id, made = webinar(tx), a_form(tx)
        rep = actor_of(a_user(tx, Role.REP))
    with begin(rep) as tx:
        assert doors.form(tx, made.id).name == "Contact"
        for attempt in (
            lambda: doors.add_form(tx, name="Mine", campaign_id=campaign_id),
            lambda: doors.change_form(tx, made.id, 1, {"name": "Mine"}),
            lambda: doors.add_hook(tx, "secret", name="Mine", campaign_id=campaign_id),
        ):
            with pytest.raises(Forbidden):
                attempt()


def test_doors_of_other_organisations_are_not_there(begin: Begin, database: Database) -> None:
    other = found_organisation(database, name="Other", slug=f"other-{new_id()}")
    with begin() as tx:
        made, hook = a_form(tx), doors.add_hook(tx, "secret", name="Chat", campaign_id=webinar(tx))[0]
    with database.transaction(other, SYSTEM) as tx:
        with pytest.raises(NotFound):
            doors.form(tx, made.id)
        with pytest.raises(NotFound):
            doors.signing_secret(tx, hook.id, "secret")


def test_a_signing_secret_is_sealed_and_told_once(begin: Begin) -> None:
    with begin() as tx:
        hook, secret = doors.add_hook(tx, "installation", name="Chat", campaign_id=webinar(tx))
        stored = tx.scalar(str, "SELECT secret FROM inbound_hook")
    assert secret.startswith("whsec_")
    assert stored
    assert secret not in stored
    with begin() as tx:
        assert doors.signing_secret(tx, hook.id, "installation") == secret
        with pytest.raises(Unavailable):
            doors.signing_secret(tx, hook.id, "another installation")
        doors.change_hook(tx, hook.id, 1, {"is_active": False})
        with pytest.raises(NotFound):
            doors.signing_secret(tx, hook.id, "installation")


def test_a_hook_maps_to_fields_that_exist(begin: Begin) -> None:
    with begin() as tx, pytest.raises(Invalid, match="'colour'"):
        doors.add_hook(tx, "secret", name="Chat", campaign_id=webinar(tx), mapping={"lead.mail": "colour"})


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("email=Work e-mail*", FormField("email", "Work e-mail", FieldKind.EMAIL, True)),
        ("phone = Phone", FormField("phone", "Phone", FieldKind.PHONE)),
        ("colour=Colour?", FormField("colour", "Colour?")),
        ("size=Team size: 1-10 | 11+ *", FormField("size", "Team size", FieldKind.CHOICE, True, ("1-10", "11+"))),
    ],
)
def test_questions_can_be_written_in_a_line(text: str, field: FormField) -> None:
    assert doors.read_question(text) == field


@pytest.mark.parametrize("text", ["email", "=Label", "email=", "email=*"])
def test_a_question_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="field=Label"):
        doors.read_question(text)
