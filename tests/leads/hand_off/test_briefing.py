"""The AE's one page: what it holds, and that it looks before a hand-off as it does afterwards."""

from datetime import timedelta
from uuid import UUID

from conftest import Begin
from identity.factories import a_user
from leads.work_factories import (
    QUALIFYING,
    a_lead,
    a_person,
    a_qualified_lead,
    a_rep,
    agreed_criteria,
    an_account,
    as_user,
)
from offhook.activities import Disposition, Kind
from offhook.identity import Role
from offhook.kernel.ids import new_id
from offhook.leads.qualification.service import answer_all
from offhook.leads.touch import log_activity
from offhook.people import Consent, keep_consent
from web.conftest import SignIn

WORDING = "I agree to be called about engines."


def a_told_lead(begin: Begin) -> UUID:
    """A qualified lead of a person who agreed, was spoken with, and of whom something is noted."""
    with begin() as tx:
        rep = a_rep(tx)
        agreed_criteria(tx)
        account = an_account(tx, "Analytical Engines", domain="analytical.example")
        person = a_person(tx, "Ada Byron", title="CTO", account_id=account, email="ada@analytical.example")
        tx.execute(
            "INSERT INTO contact_point (person_id, kind, value, extension, is_primary, created_at)"
            " VALUES (%(id)s, 'phone', '+442071234567', '12', true, %(now)s)",
            id=person,
            now=tx.now,
        )
        keep_consent(tx, Consent(new_id(), person, "contact", WORDING, "form:1", tx.now, {}))
        lead = a_lead(tx, rep, person_id=person, account_id=account)
    with begin(as_user(rep)) as tx:
        said = "She wants it now. " + "And more. " * 100
        call = log_activity(
            tx, kind=Kind.CALL, lead_id=lead.id, disposition=Disposition.CONVERSATION, seconds=300, body=said
        )
        log_activity(tx, kind=Kind.NOTE, lead_id=lead.id, body="Mind her time zone")
        log_activity(tx, kind=Kind.CALL, lead_id=lead.id, disposition=Disposition.NO_ANSWER, body="Rang out")
        answer_all(tx, lead.id, QUALIFYING, activity_id=call.id)
    return lead.id


def test_the_briefing_holds_all_that_the_ae_needs(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        ae = a_user(tx, Role.AE)
    lead_id = a_told_lead(begin)
    client = sign_in(Role.MANAGER)
    made = client.post(f"/api/v1/leads/{lead_id}/hand-off", json={"mode": "live", "note": "Be kind"})
    assert made.status_code == 201, made.text
    told = sign_in(Role.AE).get(f"/api/v1/hand-offs/{made.json()['id']}").json()["briefing"]
    who = told["who"]
    assert (who["name"], who["title"], who["company"], who["domain"]) == (
        "Ada Byron", "CTO", "Analytical Engines", "analytical.example",
    )  # fmt: skip
    assert (who["emails"], who["phones"]) == (["ada@analytical.example"], ["+442071234567;ext=12"])
    assert (who["do_not_call"], who["do_not_email"]) == (False, False)
    assert [one["text"][:20] for one in told["notes"]] == ["Mind her time zone", "She wants it now. An"]
    assert [one["is_conversation"] for one in told["notes"]] == [False, True]
    assert len(told["notes"][1]["text"]) > 1_000, "in full"
    assert [one["evidence"]["kind"] for one in told["answers"]] == ["call"] * 4
    assert [(one["purpose"], one["wording"]) for one in told["consents"]] == [("contact", WORDING)]
    assert (told["ae_name"], told["note"]) == (ae.name, "Be kind")
    assert told["rep_name"]
    assert told["person_id"]
    assert told["account_id"]


def test_a_look_at_the_briefing_shows_what_is_then_sent(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        ae, other = a_user(tx, Role.AE), a_user(tx, Role.AE)
        meeting = tx.now + timedelta(days=1)
    lead_id = a_told_lead(begin)
    client = sign_in(Role.MANAGER)
    path = f"/api/v1/leads/{lead_id}/briefing"
    asked = {"mode": "scheduled", "meeting_at": meeting.isoformat(), "note": "Be kind"}
    look = client.get(path, params=asked).json()
    assert look == client.get(path, params=asked).json(), "a look takes nobody's turn"
    assert (look["obstacle"], look["ae_id"] in {str(ae.id), str(other.id)}) == (None, True)
    named = client.get(path, params={"ae_id": str(other.id)}).json()
    assert named["briefing"]["next_step"] == f"{other.name} takes over the running call."
    open_time = client.get(path, params={"mode": "scheduled"}).json()["briefing"]["next_step"]
    assert open_time.endswith("meets Ada Byron at a time still to be chosen.")
    sent = client.post(f"/api/v1/leads/{lead_id}/hand-off", json=asked).json()
    assert sent["ae_id"] == look["ae_id"]
    assert sent["briefing"] == look["briefing"]


def test_a_look_says_what_stands_in_the_way(begin: Begin, sign_in: SignIn) -> None:
    with begin() as tx:
        agreed_criteria(tx)
        unqualified, qualified = a_lead(tx), a_qualified_lead(tx)
        rep = a_rep(tx)
    client = sign_in(Role.REP)
    told = client.get(f"/api/v1/leads/{unqualified.id}/briefing").json()
    assert "verdict" in told["obstacle"]
    told = client.get(f"/api/v1/leads/{qualified.id}/briefing").json()
    assert (told["ae_id"], told["obstacle"]) == (None, "No AE can take a hand-off now. Name one yourself.")
    assert told["briefing"]["next_step"] == "The AE takes over the running call."
    for wrong in ({"ae_id": str(rep.id)}, {"mode": "live", "meeting_at": "2027-01-01T00:00:00Z"}):
        assert client.get(f"/api/v1/leads/{qualified.id}/briefing", params=wrong).status_code == 422
    assert client.get(f"/api/v1/leads/{new_id()}/briefing").status_code == 404
