"""What an organisation's own limits may be: pure."""

from offhook.compliance.model import CallingSettings
from offhook.kernel.errors import FieldError, Invalid
from offhook.people import Rejected, read_country

MOST = {
    "attempts_per_day": 50,
    "attempts_per_week": 200,
    "calls_per_minute_of_user": 120,
    "calls_per_minute": 10_000,
    "abroad_calls_per_day": 100_000,
    "abroad_minutes_per_day": 1_000_000,
}
"""The largest value of each limit; a limit that stops nothing protects nobody."""

LONGEST_ANNOUNCEMENT = 500
LONGEST_REASON = 500


def check_settings(wanted: CallingSettings) -> None:
    """Raise `Invalid`, naming the field, for limits that cannot be kept."""
    for name, most in MOST.items():
        if not 1 <= getattr(wanted, name) <= most:
            raise _invalid(name, f"must be 1 to {most:,}", str(getattr(wanted, name)))
    _check_places(wanted)
    if not wanted.days <= frozenset(range(7)) or not wanted.days:
        raise _invalid("days", "must be some of 0 (Monday) to 6 (Sunday)", str(sorted(wanted.days)))
    if wanted.opens and wanted.closes and wanted.opens >= wanted.closes:
        raise _invalid("closes", "must be later than `opens`", wanted.closes.isoformat("minutes"))
    if len(wanted.announcement) > LONGEST_ANNOUNCEMENT:
        raise _invalid("announcement", f"must have at most {LONGEST_ANNOUNCEMENT} characters", None)


def check_reason(reason: str) -> None:
    """Raise `Invalid` unless a reason is given, and not too long."""
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        told = f"must have 1 to {LONGEST_REASON} characters"
        raise Invalid(f"The reason {told}.", fields=[FieldError("reason", told, reason[:100])])


def _check_places(wanted: CallingSettings) -> None:
    for country in sorted(wanted.countries):
        if read_country(country) != country:
            raise _invalid("countries", "must be codes of countries such as DE (ISO 3166-1)", country)
    for region in sorted(wanted.own_regions):
        country, _, part = region.partition("-")
        if isinstance(read_country(country), Rejected) or read_country(country) != country or "-" in part:
            raise _invalid("own_regions", "must be codes of places such as DE or US-CA (ISO 3166)", region)


def _invalid(field: str, reason: str, value: str | None) -> Invalid:
    return Invalid(f"The calling rules' {field} {reason}.", fields=[FieldError(field, reason, value)])
