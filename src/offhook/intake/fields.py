"""What a column of a file may be, in words for the person who maps it.

The names are those of `mapping.TARGETS`; the labels and descriptions are what a mapping screen shows. A field says
who somebody is by itself (`alone`), only with another (`together`: a name with a company), or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Target(StrEnum):
    """What a column may be taken for."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    EMAIL = "email"
    PHONE = "phone"
    MOBILE = "mobile"
    COMPANY = "company"
    WEBSITE = "website"
    TITLE = "title"
    STREET = "street"
    CITY = "city"
    POSTAL_CODE = "postal_code"
    REGION = "region"
    COUNTRY = "country"
    BORN_ON = "born_on"
    EXTERNAL_ID = "external_id"
    INDUSTRY = "industry"
    EMPLOYEES = "employees"
    LANGUAGE = "language"
    DO_NOT_CALL = "do_not_call"
    DO_NOT_EMAIL = "do_not_email"
    TIME_ZONE = "time_zone"
    RESPONDED_AT = "responded_at"
    SOURCE = "source"
    CONTENT = "content"
    IS_MQL = "is_mql"
    MQL_AT = "mql_at"
    OWNER = "owner"
    ATTRIBUTE = "attribute"
    IGNORE = "ignore"


class About(StrEnum):
    """What a field tells about."""

    PERSON = "person"
    COMPANY = "company"
    RESPONSE = "response"
    NOTHING = "nothing"


class Identifies(StrEnum):
    """Whether a field says who somebody is."""

    ALONE = "alone"
    TOGETHER = "together"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a column may be."""

    name: Target
    label: str
    about: About
    description: str
    identifies: Identifies = Identifies.NO


_P, _C, _R = About.PERSON, About.COMPANY, About.RESPONSE

FIELDS: Sequence[Field] = (
    Field(Target.EMAIL, "E-mail", _P, "Address at which the person can be written to", Identifies.ALONE),
    Field(Target.PHONE, "Phone", _P, "Phone number, national or international", Identifies.ALONE),
    Field(Target.MOBILE, "Mobile", _P, "Mobile phone number", Identifies.ALONE),
    Field(
        Target.EXTERNAL_ID,
        "Id in another system",
        _P,
        "Id by which another system knows the person, such as a CRM",
        Identifies.ALONE,
    ),
    Field(Target.FIRST_NAME, "First name", _P, "Given name"),
    Field(Target.LAST_NAME, "Last name", _P, "Family name", Identifies.TOGETHER),
    Field(Target.FULL_NAME, "Full name", _P, "First and last name in one", Identifies.TOGETHER),
    Field(Target.TITLE, "Job title", _P, "What the person does at the company"),
    Field(Target.LANGUAGE, "Language", _P, "Language the person is addressed in"),
    Field(
        Target.TIME_ZONE, "Time zone", _P, "Where the person's day is; worked out from phone and place if absent"
    ),
    Field(Target.BORN_ON, "Date of birth", _P, "Day the person was born"),
    Field(Target.DO_NOT_CALL, "Do not call", _P, "Yes or no: the person wishes no calls"),
    Field(Target.DO_NOT_EMAIL, "Do not e-mail", _P, "Yes or no: the person wishes no e-mail"),
    Field(Target.STREET, "Street", _P, "Street and number"),
    Field(Target.CITY, "City", _P, "City or town"),
    Field(Target.POSTAL_CODE, "Postal code", _P, "Postal or ZIP code"),
    Field(Target.REGION, "State or region", _P, "State, province or region"),
    Field(Target.COUNTRY, "Country", _P, "Name or two-letter code"),
    Field(Target.COMPANY, "Company", _C, "Name of the company the person works for", Identifies.TOGETHER),
    Field(Target.WEBSITE, "Website", _C, "Web address or domain of the company"),
    Field(Target.INDUSTRY, "Industry", _C, "What the company does"),
    Field(Target.EMPLOYEES, "Employees", _C, "How many people work there: a number or a span"),
    Field(Target.RESPONDED_AT, "Responded at", _R, "When the person responded; the time of the import if absent"),
    Field(Target.SOURCE, "Source", _R, "Channel the response came by, such as organic search"),
    Field(Target.CONTENT, "Content", _R, "What they responded to: asset, page or session"),
    Field(Target.IS_MQL, "Is MQL", _R, "Yes or no: marketing has qualified the responder, whatever the score"),
    Field(Target.MQL_AT, "MQL at", _R, "When the responder became an MQL"),
    Field(Target.OWNER, "Owner", _R, "E-mail address of the rep who gets the lead; routing decides if absent"),
    Field(
        Target.ATTRIBUTE,
        "Keep as custom attribute",
        About.NOTHING,
        "Kept under its heading, usable in rules and filters; any number of columns",
    ),
    Field(Target.IGNORE, "Ignore", About.NOTHING, "Kept only in the row as received; any number of columns"),
)
"""All of `Target`, in the order in which a mapping screen offers them."""
