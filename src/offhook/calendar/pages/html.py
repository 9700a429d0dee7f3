"""The public pages as HTML, from plain data: escaped, without anything loaded from elsewhere. Pure.

They work without script. The one script, named by its hash, chooses the visitor's own zone when none is chosen.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from offhook.calendar.meetings.wording import clock_of, day_of
from offhook.calendar.pages.words import LANGUAGES, WORDS

STYLE = (Path(__file__).parent / "page.css").read_text()
SCRIPT = """\
(function () {
  var query = new URLSearchParams(location.search);
  var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!query.has("zone") && zone) { query.set("zone", zone); location.replace("?" + query); }
})();
"""


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


POLICY = (
    f"default-src 'none'; style-src 'sha256-{_hash(STYLE)}'; script-src 'sha256-{_hash(SCRIPT)}';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing is loaded; the one style and the one script are named by their hashes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a page is shown: in which language, by which clock, at which path."""

    language: str
    zone: str
    path: str

    def say(self, key: str, **values: object) -> str:
        """A text in the visitor's language, escaped."""
        return escape(WORDS[self.language][key].format(**values))

    def link(self, **told: str) -> str:
        """This page with other words in its address."""
        return escape(f"{self.path}?{urlencode({'zone': self.zone, 'lang': self.language, **told})}")


def page(shown: Shown, title: str, body: str, *, finds_zone: bool = False) -> str:
    """A whole page."""
    script = f"<script>{SCRIPT}</script>" if finds_zone else ""
    others = " ".join(
        f'<a href="{shown.link(lang=code)}" lang="{code}" hreflang="{code}">{name}</a>'
        for code, name in LANGUAGES.items()
        if code != shown.language
    )
    return (
        f'<!doctype html>\n<html lang="{shown.language}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>{script}</head>\n<body><main>{body}</main>"
        f'<footer><nav aria-label="{shown.say("language")}">{others}</nav></footer></body>\n</html>\n'
    )


def zone_form(shown: Shown, hidden: Mapping[str, str]) -> str:
    """The choice of a zone."""
    options = "".join(
        f'<option value="{name}"{" selected" if name == shown.zone else ""}>{name.replace("_", " ")}</option>'
        for name in _zones(shown.zone)
    )
    kept = "".join(f'<input type="hidden" name="{k}" value="{escape(v)}">' for k, v in hidden.items())
    return (
        f'<form class="zone plain" method="get" action="{escape(shown.path)}"><label>{shown.say("zone")}'
        f'<select name="zone">{options}</select></label>{kept}<input type="hidden" name="lang"'
        f' value="{shown.language}"><button>{shown.say("change")}</button></form>'
    )


def _zones(chosen: str) -> list[str]:
    usual = {name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/"))}
    return sorted({*usual, "UTC", chosen})


def times(shown: Shown, found: Sequence[datetime], offer: str) -> str:
    """Free times, day by day, by the visitor's clock; `offer`: a link or a button of each, with its place."""
    if not found:
        return f"<p>{shown.say('none')}</p>"
    zone = ZoneInfo(shown.zone)
    local = [at.astimezone(zone) for at in found]
    days: list[str] = []
    for _, of_day in groupby(local, key=lambda at: at.date()):
        each = list(of_day)
        day = day_of(each[0], shown.language)
        items = "".join(f"<li>{_offered(shown, at, offer)}</li>" for at in each)
        days.append(f'<h2>{escape(day)}</h2><ul class="times">{items}</ul>')
    return "".join(days)


def _offered(shown: Shown, at: datetime, offer: str) -> str:
    told, clock = moment_text(at), clock_of(at, shown.language)
    if offer == "link":
        return f'<a href="{shown.link(at=told)}">{clock}</a>'
    return f'<button name="at" value="{told}">{clock}</button>'


def moment_text(at: datetime) -> str:
    """A moment as it stands in an address."""
    return f"{at.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%MZ}"


def days_nav(shown: Shown, earlier: date | None, later: date | None) -> str:
    """Links to the days before and after."""
    before = (
        f'<a href="{shown.link(day=earlier.isoformat())}">← {shown.say("earlier")}</a>'
        if earlier
        else "<span></span>"
    )
    after = f'<a href="{shown.link(day=later.isoformat())}">{shown.say("later")} →</a>' if later else ""
    return f'<nav class="days" aria-label="{shown.say("choose")}">{before}{after}</nav>'


def wrong(told: str) -> str:
    """What is wrong, at the head of a page."""
    return f'<p class="wrong" role="alert">{escape(told)}</p>' if told else ""


def field(shown: Shown, name: str, value: str, *, kind: str, fills: str, is_needed: bool) -> str:
    """A question of the form."""
    mark = ' <span class="needed" aria-hidden="true">*</span>' if is_needed else ""
    needed = " required" if is_needed else ""
    if kind == "textarea":
        box = f'<textarea name="{name}" rows="3" maxlength="2000">{escape(value)}</textarea>'
    else:
        box = f'<input name="{name}" type="{kind}" autocomplete="{fills}" value="{escape(value)}"{needed}>'
    return f"<label>{shown.say(name)}{mark}{box}</label>"
