"""The agreed reasons for which a lead is sent back, recycled or disqualified: short lists, kept as data.

A reason is one of the list, so that it can be counted; what else there is to say goes into the note.
"""

from collections.abc import Mapping

from offhook.kernel.errors import FieldError, Invalid

REJECT: Mapping[str, str] = {
    "criteria_not_met": "the answers do not hold: it does not meet the agreed criteria",
    "wrong_person": "the person has no part in the decision",
    "bad_timing": "right, but too early",
    "incomplete_briefing": "the briefing lacks what is needed to go on",
    "existing_opportunity": "an opportunity with this account is open already",
    "existing_customer": "a customer: belongs to whoever looks after them",
    "not_my_territory": "belongs to another AE",
    "meeting_not_held": "the meeting did not take place",
    "no_capacity": "cannot take it now",
    "other": "another reason; see the note",
}
"""Why an AE sends a hand-off back to the rep."""

RECYCLE: Mapping[str, str] = {
    "not_now": "interested, but not now",
    "no_budget_yet": "no budget before a later date",
    "no_response": "could not be reached after all planned attempts",
    "contract_running": "bound to another supplier for now",
    "changed_job": "the person left; nurture the account",
    "not_ready": "needs to learn more first",
    "other": "another reason; see the note",
}
"""Why a lead goes back to marketing to be nurtured."""

DISQUALIFY: Mapping[str, str] = {
    "no_need": "no need for what we offer",
    "no_budget": "no budget and none to come",
    "no_authority": "no part in the decision and no way to who has",
    "not_interested": "does not want to go on",
    "chose_competitor": "decided for somebody else",
    "competitor": "works for a competitor",
    "existing_customer": "a customer already",
    "bad_fit": "outside of who we sell to: size, industry or place",
    "not_a_buyer": "a student, job seeker, supplier or the like",
    "bad_contact": "cannot be reached: wrong or invented contact data",
    "duplicate": "the same person's lead stands elsewhere",
    "do_not_contact": "does not want to be contacted again",
    "other": "another reason; see the note",
}
"""Why a lead is qualified out."""

LONGEST_NOTE = 2_000


def agreed(reasons: Mapping[str, str], given: str, note: str = "") -> str:
    """The reason as it is kept: the agreed word, then the note.

    Raises `Invalid` with the list for a word that is not on it, and for "other" without a note.
    """
    word = given.strip().lower().replace(" ", "_").replace("-", "_")
    if word not in reasons:
        raise Invalid(
            f"'{given}' is not an agreed reason; those are: {', '.join(reasons)}.",
            fields=[FieldError("reason", f"one of {', '.join(reasons)}", given)],
        )
    note = checked_note(note)
    if word == "other" and not note:
        raise Invalid("The reason 'other' needs a note.", fields=[FieldError("note", "say what the reason is")])
    return f"{word}: {note}" if note else word


def checked_note(note: str) -> str:
    """A note without blanks at its ends. Raises `Invalid` when it is too long or holds a null character."""
    note = note.strip()
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise Invalid(
            f"A note has at most {LONGEST_NOTE:,} characters and no null character.",
            fields=[FieldError("note", f"at most {LONGEST_NOTE:,} characters", note[:50])],
        )
    return note
