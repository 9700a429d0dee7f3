"""People: accounts, persons and how to reach them.

It makes one row of one human being, however often and however spelled they respond: normalising, identity
resolution, merge with undo, review of what is doubtful. Higher slices hand over what they understood and get back
whom it is about.
"""

from offhook.people.consents import Consent, consents_of, keep_consent
from offhook.people.facts import facts_of
from offhook.people.finding import NameRange, Place, Wanted, account_range, person_ranges
from offhook.people.merges.service import merge, merge_accounts, merge_persons, merges_page, undo_merge
from offhook.people.merges.store import members
from offhook.people.model import (
    Account,
    ContactKind,
    ContactPoint,
    Merge,
    Person,
    PersonFacts,
    RecordKind,
    Resolution,
    Review,
    Understood,
)
from offhook.people.normalise import KNOWN_FIELDS, understand
from offhook.people.normalise.emails import Email, read_email
from offhook.people.normalise.phones import Phone, read_phone
from offhook.people.normalise.places import read_country, read_region
from offhook.people.normalise.values import Rejected, day_comes_first, read_boolean, read_moment
from offhook.people.normalise.zones import country_of_zone, zone_of_country
from offhook.people.resolve import Resolving, resolve
from offhook.people.resolving import Incoming, incoming_person
from offhook.people.reviews.service import (
    Decided,
    Decision,
    ReviewStatus,
    SideBySide,
    decide_review,
    next_review,
    review,
    reviews_page,
)
from offhook.people.service import (
    account,
    accounts,
    add_account,
    add_person,
    change_account,
    change_person,
    company_domain,
    contacts_on_record,
    email_holders,
    note_arriving,
    note_bounced,
    person,
    persons,
    remove_contact_point,
    set_contact_point,
    shown_name,
)
from offhook.people.store import persons as persons_by_id

__all__ = [
    "KNOWN_FIELDS",
    "Account",
    "Consent",
    "ContactKind",
    "ContactPoint",
    "Decided",
    "Decision",
    "Email",
    "Incoming",
    "Merge",
    "NameRange",
    "Person",
    "PersonFacts",
    "Phone",
    "Place",
    "RecordKind",
    "Rejected",
    "Resolution",
    "Resolving",
    "Review",
    "ReviewStatus",
    "SideBySide",
    "Understood",
    "Wanted",
    "account",
    "account_range",
    "accounts",
    "add_account",
    "add_person",
    "change_account",
    "change_person",
    "company_domain",
    "consents_of",
    "contacts_on_record",
    "country_of_zone",
    "day_comes_first",
    "decide_review",
    "email_holders",
    "facts_of",
    "incoming_person",
    "keep_consent",
    "members",
    "merge",
    "merge_accounts",
    "merge_persons",
    "merges_page",
    "next_review",
    "note_arriving",
    "note_bounced",
    "person",
    "person_ranges",
    "persons",
    "persons_by_id",
    "read_boolean",
    "read_country",
    "read_email",
    "read_moment",
    "read_phone",
    "read_region",
    "remove_contact_point",
    "resolve",
    "review",
    "reviews_page",
    "set_contact_point",
    "shown_name",
    "understand",
    "undo_merge",
    "zone_of_country",
]
