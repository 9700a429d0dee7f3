"""What a template may look like. Pure: a check returns the clean one or raises `Invalid` naming every fault."""

from dataclasses import replace

from offhook.kernel.errors import FieldError, Invalid
from offhook.mail.templates.language import clean_source, faults, one_line
from offhook.mail.templates.model import Snippets, Template, TemplateKind, Variant

LONGEST_NAME = 100
LONGEST_FOLDER = 60
LONGEST_VARIANT_NAME = 40
LONGEST_SUBJECT = 300
"""Characters of a subject as it is written, with its variables."""
LONGEST_BODY = 20_000
LONGEST_SNIPPET = 5_000
MOST_VARIANTS = 5
LARGEST_WEIGHT = 100


def checked_template(told: Template, snippets: Snippets) -> Template:
    """The template, cleaned; `snippets` are those that it may use. Raises `Invalid`.

    An archived one may speak of what is there no more.
    """
    clean = replace(
        told,
        name=one_line(told.name),
        folder=one_line(told.folder),
        variants=tuple(_clean_variant(one) for one in told.variants),
    )
    wrong = [*_wrong_names(clean), *_wrong_variants(clean)]
    if not wrong and not clean.is_archived:
        for nth, one in enumerate(clean.variants):
            wrong += wrong_text(clean.kind, one.subject, one.body, snippets, f"variants.{nth}.")
    if wrong:
        raise Invalid(sentence(wrong), fields=wrong)
    return clean


def wrong_text(
    kind: TemplateKind, subject: str, body: str, snippets: Snippets, prefix: str = ""
) -> list[FieldError]:
    """What keeps a subject and a body from being rendered: each fault with its field and line."""
    is_mail = kind is TemplateKind.EMAIL
    found = [("subject", one) for one in faults(subject, ())]
    found += [("body", one) for one in faults(body, snippets if is_mail else None)]
    return [FieldError(prefix + field, f"line {one.line}: {one.reason}") for field, one in found]


def sentence(wrong: list[FieldError]) -> str:
    """The first of what is wrong, as a sentence."""
    first = wrong[0]
    more = f" {len(wrong) - 1} more are wrong." if len(wrong) > 1 else ""
    return f"The template's {first.field.rpartition('.')[2]} cannot be used: {first.reason}.{more}"


def _clean_variant(one: Variant) -> Variant:
    return replace(
        one, name=one_line(one.name), subject=one_line(one.subject), body=clean_source(one.body).rstrip()
    )


def _wrong_names(one: Template) -> list[FieldError]:
    wrong: list[FieldError] = []
    if not 0 < len(one.name) <= LONGEST_NAME:
        wrong.append(FieldError("name", f"must have 1 to {LONGEST_NAME} characters", one.name[:40]))
    elif one.kind is TemplateKind.SNIPPET and set(one.name) & set("\"'{}%"):
        wrong.append(FieldError("name", "must be free of quotes, braces and percent signs", one.name))
    if len(one.folder) > LONGEST_FOLDER:
        wrong.append(FieldError("folder", f"must have at most {LONGEST_FOLDER} characters", one.folder[:40]))
    return wrong


def _wrong_variants(one: Template) -> list[FieldError]:
    count, most = len(one.variants), 1 if one.kind is TemplateKind.SNIPPET else MOST_VARIANTS
    if not 0 < count <= most:
        reason = f"must be 1 to {most}" if most > 1 else "must be exactly one for a snippet"
        return [FieldError("variants", reason, str(count))]
    wrong = [
        FieldError(f"variants.{nth}.{field}", reason)
        for nth, variant in enumerate(one.variants)
        for field, reason in _wrong_lengths(one.kind, variant)
    ]
    if len({variant.name.casefold() for variant in one.variants}) < count:
        wrong.append(FieldError("variants", "must have a name each"))
    if not any(variant.weight for variant in one.variants):
        wrong.append(FieldError("variants", "must have a weight above 0 among them"))
    return wrong


def _wrong_lengths(kind: TemplateKind, one: Variant) -> list[tuple[str, str]]:
    wrong: list[tuple[str, str]] = []
    if not 0 < len(one.name) <= LONGEST_VARIANT_NAME:
        wrong.append(("name", f"must have 1 to {LONGEST_VARIANT_NAME} characters"))
    if not 0 <= one.weight <= LARGEST_WEIGHT:
        wrong.append(("weight", f"must be 0 to {LARGEST_WEIGHT}"))
    if kind is TemplateKind.SNIPPET and one.subject:
        wrong.append(("subject", "must be empty for a snippet"))
    elif kind is TemplateKind.EMAIL and not 0 < len(one.subject) <= LONGEST_SUBJECT:
        wrong.append(("subject", f"must have 1 to {LONGEST_SUBJECT} characters"))
    longest = LONGEST_SNIPPET if kind is TemplateKind.SNIPPET else LONGEST_BODY
    if not 0 < len(one.body.strip()) <= longest or len(one.body) > longest:
        wrong.append(("body", f"must have 1 to {longest:,} characters"))
    return wrong
