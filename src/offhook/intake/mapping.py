"""Which column of a file is what: guessed from headings in several languages, then from the values; pure.

A column is mapped to a field of a person (`people.KNOWN_FIELDS`), to something about the response
(`RESPONSE_FIELDS`), to `attribute` (kept under its heading, usable in rules and filters) or to `ignore`. A field
is taken by one column at most; what is left over becomes an attribute, so that nothing received is lost.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from offhook.intake.model import Row
from offhook.kernel.errors import FieldError, Invalid
from offhook.people import KNOWN_FIELDS

RESPONSE_FIELDS = ("responded_at", "source", "content", "is_mql", "mql_at", "owner")
ATTRIBUTE, IGNORE = "attribute", "ignore"
TARGETS = (*KNOWN_FIELDS, *RESPONSE_FIELDS, ATTRIBUTE, IGNORE)

REPORT_HEADINGS = ("Offhook row", "Offhook column", "Offhook value", "Offhook reason")
"""What the report of an import's errors adds to the columns received; ignored when the mended file comes back."""

SYNONYMS: Mapping[str, str] = {
    "first_name": "first name|firstname|given name|forename|vorname|prénom|prenom|nombre|nome|fname|first",
    "last_name": "last name|lastname|surname|family name|nachname|nom|nom de famille|apellido|apellidos|cognome|"
    "sobrenome|lname|last",
    "full_name": "name|full name|fullname|contact|contact name|person|ansprechpartner|nom complet|nombre completo|"
    "lead name|attendee|attendee name",
    "email": "email|e mail|email address|e mail address|mail|e mail adresse|email adresse|courriel|adresse email|"
    "correo|correo electrónico|correo electronico|work email|business email|email id",
    "phone": "phone|phone number|telephone|tel|telefon|telefonnummer|téléphone|teléfono|telefono|work phone|"
    "business phone|direct phone|phone no|telephone number|contact number",
    "mobile": "mobile|mobile phone|mobile number|cell|cell phone|handy|handynummer|mobil|mobiltelefon|portable|"
    "móvil|movil|cellphone",
    "company": "company|company name|organisation|organization|organization name|employer|firma|unternehmen|"
    "société|societe|entreprise|empresa|azienda|account|account name|business name|site name",
    "website": "website|web site|url|web|homepage|company website|domain|company domain|site web|webseite|"
    "sitio web",
    "title": "title|job title|position|jobtitle|role|job role|funktion|berufsbezeichnung|poste|fonction|cargo|"
    "designation",
    "street": "street|address|street address|address 1|address line 1|straße|strasse|adresse|rue|dirección|"
    "direccion",
    "city": "city|town|ort|stadt|ville|ciudad|città|citta|locality",
    "postal_code": "zip|zip code|zipcode|postal code|postcode|plz|postleitzahl|code postal|código postal|cap",
    "region": "state|region|province|county|bundesland|state province|provincia|département|estado|state code",
    "country": "country|land|pays|país|pais|paese|country code|country name|nation",
    "born_on": "born on|birth date|birthdate|date of birth|dob|geburtsdatum|date de naissance|fecha de nacimiento",
    "external_id": "external id|id|lead id|contact id|prospect id|visitor id|mql id|record id|person id|"
    "salesforce id|crm id|user id|customer id",
    "industry": "industry|sector|branche|secteur|industria|vertical",
    "employees": "employees|number of employees|company size|employee count|mitarbeiter|effectif|empleados|size|"
    "num of employees|no of employees",
    "language": "language|sprache|langue|idioma|locale|preferred language",
    "do_not_call": "do not call|dnc|donotcall|call opt out|nicht anrufen",
    "do_not_email": "do not email|donotemail|email opt out|unsubscribed|opt out|has opted out of email",
    "time_zone": "time zone|timezone|zeitzone|fuseau horaire|zona horaria",
    "responded_at": "responded at|response date|date|created|created at|created date|submitted at|submitted|"
    "submission date|timestamp|registered|registration date|registration time|datum|fecha|first contact date|"
    "date responded|responded",
    "source": "source|lead source|channel|origin|utm source|herkunft|quelle|fuente",
    "content": "content|asset|landing page|landing page id|form|page|offer|utm content|session",
    "is_mql": "is mql|mql|qualified|marketing qualified",
    "mql_at": "mql at|mql date|became mql|date mql",
    "owner": "owner|owner email|rep|rep email|assigned to|lead owner|sdr|bdr|sales rep",
}
"""What each field's heading may be, without case and punctuation."""

_FIELDS = {synonym: field for field, synonyms in SYNONYMS.items() for synonym in synonyms.split("|")}

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w{2,}")
_WEBSITE = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_PHONE = re.compile(r"(\+|00|\()[\d\s().\-/]{7,20}")
_BY_VALUE: Sequence[tuple[str, re.Pattern[str]]] = (("email", _EMAIL), ("website", _WEBSITE), ("phone", _PHONE))
_MAY_BE_ADDRESSES = frozenset({"owner", "external_id", "content"})
SHARE_OF_VALUES = 0.6
"""So much of a column's sample must look alike for its values to decide."""


class Why(StrEnum):
    """Why a column is taken for what it is."""

    GIVEN = "given"
    REMEMBERED = "remembered"
    HEADING = "heading"
    VALUES = "values"
    LEFT_OVER = "left_over"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a column is taken for, and why."""

    field: str
    why: Why


def guess(headings: Sequence[str], sample: Sequence[Row]) -> dict[str, str]:
    """What each column probably is. Headings decide before values, earlier columns before later ones."""
    return {heading: proposal.field for heading, proposal in guess_why(headings, sample).items()}


def guess_why(headings: Sequence[str], sample: Sequence[Row]) -> dict[str, Proposal]:
    """Like `guess`, with the reason of each."""
    mapping: dict[str, Proposal] = {}
    taken: set[str] = set()
    for heading in headings:
        field = IGNORE if heading in REPORT_HEADINGS else _FIELDS.get(plain(heading))
        if field is not None and field not in taken and _is_believable(field, heading, sample):
            mapping[heading] = Proposal(field, Why.HEADING)
            taken |= {field} - {IGNORE}
    for heading in headings:
        if heading not in mapping:
            field = _by_value(heading, sample)
            if field and field not in taken:
                mapping[heading] = Proposal(field, Why.VALUES)
            else:
                mapping[heading] = Proposal(ATTRIBUTE, Why.LEFT_OVER)
            taken.add(mapping[heading].field)
    return {heading: mapping[heading] for heading in headings}


def plain(heading: str) -> str:
    """A heading for comparing: lower case, words apart, without punctuation."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.sub(r"[^\w]+|_", " ", apart.casefold()).split())


def _values(heading: str, sample: Sequence[Row]) -> list[str]:
    return [value for row in sample if (value := row.cells.get(heading, "").strip())]


def _is_believable(field: str, heading: str, sample: Sequence[Row]) -> bool:
    """Whether the values do not deny what the heading says: "Adresse" may be a street or an e-mail address."""
    values = _values(heading, sample)
    if not values:
        return True
    if field == "email":
        return any("@" in value for value in values)
    if field not in _MAY_BE_ADDRESSES and _is_alike(values, _EMAIL):
        return False
    if field == "owner":
        return all("@" in value for value in values)
    return field != "is_mql" or len(set(values)) <= 4


def _by_value(heading: str, sample: Sequence[Row]) -> str | None:
    values = _values(heading, sample)
    for field, pattern in _BY_VALUE:
        if values and _is_alike(values, pattern):
            return field
    return None


def _is_alike(values: Sequence[str], pattern: re.Pattern[str]) -> bool:
    return sum(pattern.fullmatch(value) is not None for value in values) >= SHARE_OF_VALUES * len(values)


def amend(mapping: Mapping[str, str], corrections: Mapping[str, str]) -> dict[str, str]:
    """The mapping with somebody's corrections; a field that they give to a column is taken from the guessed one.

    Raises `Invalid` for a column or field that does not exist, or one field given to two columns.
    """
    proposed = {heading: Proposal(field, Why.LEFT_OVER) for heading, field in mapping.items()}
    return {heading: amended.field for heading, amended in amend_why(proposed, corrections).items()}


def amend_why(proposed: Mapping[str, Proposal], corrections: Mapping[str, str]) -> dict[str, Proposal]:
    """Like `amend`, with the reason of each column."""
    known = {plain(heading): heading for heading in proposed}
    given: dict[str, str] = {}
    for column, field in corrections.items():
        heading = column if column in proposed else known.get(plain(column))
        if heading is None:
            raise _invalid(column, f"is no column of this file; those are {', '.join(proposed)}")
        if field not in TARGETS:
            raise _invalid(column, f"cannot be '{field}'; it can be {', '.join(TARGETS)}")
        if field in given.values() and field not in {ATTRIBUTE, IGNORE}:
            raise _invalid(column, f"cannot be '{field}' as well: a field is one column's")
        given[heading] = field
    taken = set(given.values()) - {ATTRIBUTE, IGNORE}
    left = Proposal(ATTRIBUTE, Why.LEFT_OVER)
    kept = {heading: left if one.field in taken else one for heading, one in proposed.items()}
    return kept | {heading: Proposal(field, Why.GIVEN) for heading, field in given.items()}


def check_identifies(mapping: Mapping[str, str]) -> None:
    """Raise `Invalid` when no column could say who somebody is."""
    fields = set(mapping.values())
    if fields & {"email", "phone", "mobile", "external_id"} or {"company"} < fields & _NAMED:
        return
    raise Invalid(
        "No column says who somebody is: there must be one for an e-mail address, a phone number, an id, or for"
        f" name and company. The columns are {', '.join(mapping)}. Map one of them: --map 'Column=email'.",
        fields=[FieldError("mapping", "no column identifies a person")],
    )


_NAMED = {"company", "full_name", "last_name"}


def read_corrections(given: Iterable[str]) -> dict[str, str]:
    """Corrections as they are written on the command line: `Column=field`. Raises `Invalid`."""
    corrections: dict[str, str] = {}
    for one in given:
        column, equals, field = one.rpartition("=")
        if not equals or not column.strip():
            raise _invalid(one, "is not written as 'Column=field'")
        corrections[column.strip()] = field.strip()
    return corrections


def _invalid(column: str, reason: str) -> Invalid:
    wrong = FieldError(f"mapping.{column}", reason, column)
    return Invalid(f"The mapping of '{column}' {reason}.", fields=[wrong])
