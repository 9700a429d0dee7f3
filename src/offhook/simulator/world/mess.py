"""How what people send gets spoilt on its way: by their own fingers, by badge scanners, by old spreadsheets.

Each spoiler changes the fields of one record the way real lists show it; `spoil` picks a few of them. What was
meant stays recognisable to a careful reader, except where a value is plainly nonsense.
"""

from collections.abc import Callable, Sequence
from random import Random

import phonenumbers

from offhook.simulator.world.names import NICKNAMES

Fields = dict[str, str]
Spoiler = Callable[[Random, Fields], None]

COUNTRIES = {
    "US": ("United States", "USA", "US", "U.S.", "United States of America"),
    "CA": ("Canada", "CA", "CAN"),
    "GB": ("United Kingdom", "UK", "GB", "Great Britain"),
    "DE": ("Germany", "Deutschland", "DE"),
    "FR": ("France", "FR"),
    "SE": ("Sweden", "Sverige", "SE"),
    "AU": ("Australia", "AU"),
}
"""How people write where they are."""


def written_phone(rng: Random, number: str) -> str:
    """A number in E.164 as people write it."""
    parsed = phonenumbers.parse(number)
    manner = rng.random()
    if manner < 0.4:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    if manner < 0.7:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    if manner < 0.85:
        return national.replace("(", "").replace(") ", ".").replace("-", ".").replace(" ", ".")
    if manner < 0.95:
        return number
    return f"{national} ext. {rng.randrange(10, 999)}"


def _shout(rng: Random, fields: Fields) -> None:
    for name in rng.sample(("first_name", "last_name", "company", "city"), 3):
        if name in fields:
            fields[name] = fields[name].upper()


def _mumble(_: Random, fields: Fields) -> None:
    for name in ("first_name", "last_name", "title"):
        if name in fields:
            fields[name] = fields[name].lower()


def _pad(rng: Random, fields: Fields) -> None:
    name = rng.choice(sorted(fields))
    fields[name] = rng.choice(("  {}", "{} ", "\u00a0{}\u00a0", "{}\t")).format(fields[name])


def _nickname(rng: Random, fields: Fields) -> None:
    shorts = NICKNAMES.get(fields.get("first_name", ""))
    if shorts:
        fields["first_name"] = rng.choice(shorts)


def _typo(rng: Random, fields: Fields) -> None:
    name = rng.choice(("first_name", "last_name", "company", "city"))
    text = fields.get(name, "")
    if len(text) < 5:
        return
    at = rng.randrange(1, len(text) - 2)
    kind = rng.randrange(3)
    if kind == 0:
        fields[name] = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    elif kind == 1:
        fields[name] = text[:at] + text[at + 1 :]
    else:
        fields[name] = text[: at + 1] + text[at] + text[at + 1 :]


def _mojibake(rng: Random, fields: Fields) -> None:
    """UTF-8 read as Latin-1 by somebody's spreadsheet before it reached us."""
    for name, text in fields.items():
        if not text.isascii():
            fields[name] = text.encode().decode("latin-1")
            return
    _pad(rng, fields)


def _flatten(_: Random, fields: Fields) -> None:
    """Accents lost on an American keyboard."""
    table = str.maketrans("áàâäãåéèêëíìîïóòôöõøúùûüýñçžšłığş", "aaaaaaeeeeiiiioooooouuuuynczsligs")
    for name in ("first_name", "last_name", "company", "city"):
        if name in fields:
            fields[name] = fields[name].translate(table)


def _other_company_form(rng: Random, fields: Fields) -> None:
    text = fields.get("company")
    if not text:
        return
    bare = text
    for form in (
        " Inc.",
        " LLC",
        " Corp.",
        " Co.",
        " Ltd.",
        " Ltd",
        " GmbH",
        " AG",
        " SAS",
        " SARL",
        " AB",
        " Pty Ltd",
    ):
        bare = bare.removesuffix(form)
    ways = (bare, f"{bare}, Inc", f"{bare} Incorporated", bare.replace("&", "and"), f"The {bare} Company")
    fields["company"] = rng.choice(ways[:2] if bare == text else (*ways[:1], text.upper(), text.replace(".", "")))


def _one_name(_: Random, fields: Fields) -> None:
    first, last = fields.pop("first_name", ""), fields.pop("last_name", "")
    if first or last:
        fields["full_name"] = f"{last}, {first}" if first and last and len(last) % 2 else f"{first} {last}".strip()


def _shouted_mail(_: Random, fields: Fields) -> None:
    if "email" in fields:
        fields["email"] = fields["email"].title()


def _broken_mail(rng: Random, fields: Fields) -> None:
    if "email" in fields:
        local, _, domain = fields["email"].partition("@")
        fields["email"] = rng.choice(
            (f"{local}@", f"{local}.{domain}", f"{local}@@{domain}", f"{local} @ {domain}")
        )


def _broken_phone(rng: Random, fields: Fields) -> None:
    if "phone" in fields:
        fields["phone"] = rng.choice(("n/a", "000-000-0000", fields["phone"][:6], "call my assistant"))


def _leave_out(rng: Random, fields: Fields) -> None:
    optional = [name for name in ("phone", "title", "city", "region", "country", "company") if name in fields]
    for name in rng.sample(optional, min(len(optional), rng.randrange(1, 4))):
        del fields[name]


_SPOILERS: Sequence[tuple[Spoiler, int]] = (
    (_leave_out, 30),
    (_pad, 12),
    (_mumble, 10),
    (_shout, 8),
    (_other_company_form, 16),
    (_shouted_mail, 8),
    (_flatten, 8),
    (_one_name, 7),
    (_typo, 7),
    (_nickname, 12),
    (_broken_phone, 4),
    (_mojibake, 3),
    (_broken_mail, 2),
)


def spoil(rng: Random, fields: Fields, mess: float) -> Fields:
    """A copy with none to three things gone wrong; `mess` is the chance of each."""
    spoilt = dict(fields)
    spoilers, weights = zip(*_SPOILERS, strict=True)
    for _ in range(3):
        if rng.random() < mess:
            rng.choices(spoilers, weights)[0](rng, spoilt)
    return {name: text for name, text in spoilt.items() if text}


NONSENSE: tuple[Fields, ...] = (
    {"first_name": "Test", "last_name": "Test", "email": "test@test"},
    {"first_name": "asdf", "last_name": "asdf", "email": "asdf", "phone": "12345"},
    {"company": "n/a", "phone": "-"},
    {"first_name": "Mickey", "last_name": "Mouse", "email": "no@no@no", "company": "Disneyland"},
    {"email": "noreply@", "phone": "+1 000 000 0000"},
)
"""What robots and the unwilling fill in."""
