"""Which column of a labelled file holds which known field. Pure.

Headers are matched folded, by the table below; what nobody mapped is not used. Several columns may make up one
field ("street_number" and "address_1" are the street): their values are joined by a space in the file's order.
Columns of identity ("unique_id", "cluster", "Id") are never mapped by themselves, since they may tell the truth.
"""

from collections.abc import Mapping, Sequence

from offhook.kernel.errors import FieldError, Invalid
from offhook.people import KNOWN_FIELDS
from offhook.people.normalise.values import fold

_NAMES: Mapping[str, str] = {
    "first_name": "first_name firstname given_name givenname forename fname",
    "last_name": "last_name lastname surname family_name lname",
    "full_name": "full_name fullname name contact_name person_name",
    "email": "email e_mail email_address mail",
    "phone": "phone phone_number telephone tel work_phone business_phone",
    "mobile": "mobile mobile_phone cell cell_phone",
    "company": (
        "company company_name account account_name organisation organization site_name employer name_in_reference "
        "business_name applicant applicant_name"
    ),
    "website": "website web_site url homepage domain",
    "title": "title job_title occupation position",
    "street": "street street_number street_name address address_1 address_2 address1 address2 address_line_1",
    "city": "city town suburb birth_place place",
    "postal_code": "postal_code postcode zip zip_code zipcode postcode_fake",
    "region": "region state province county",
    "country": "country country_code",
    "born_on": "born_on date_of_birth dob birth_date birthday",
    "external_id": "external_id soc_sec_id ssn social_security_number national_id",
    "industry": "industry sector",
    "employees": "employees",
}
_BY_HEADER = {header: field for field, headers in _NAMES.items() for header in headers.split()}


def mapped(headers: Sequence[str], truth: str, kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """Column → known field, as given or else by the column's name; never the column of the truth.

    Raises Invalid for a truth or a mapped column that the file lacks, for a field that is not known, and
    where no column is left.
    """
    _check(headers, truth, given)
    found = {
        header: field
        for header in headers
        if header != truth and (field := given.get(header) or _field_of(header, kind)) is not None
    }
    found = {header: field for header, field in found.items() if field != "ignore"}
    if not found:
        raise Invalid("No column is one we know. Say which is what: --map 'Site name=company'.")
    return found


def _field_of(header: str, kind: str) -> str | None:
    field = _BY_HEADER.get(fold(header).replace(" ", "_"))
    return "company" if field == "full_name" and kind == "account" else field


def _check(headers: Sequence[str], truth: str, given: Mapping[str, str]) -> None:
    known = ", ".join(headers)
    wrong = [FieldError(c, f"the file has no such column; it has {known}") for c in given if c not in headers]
    if truth not in headers:
        wrong.append(FieldError("truth", f"the file has no column {truth!r}; it has {known}"))
    wrong.extend(
        FieldError(column, f"{field!r} is no known field; there are {', '.join(KNOWN_FIELDS)}, and ignore")
        for column, field in given.items()
        if field not in KNOWN_FIELDS and field != "ignore"
    )
    if wrong:
        raise Invalid("The columns do not fit the file.", fields=wrong)
