"""A calendar on a CalDAV server: RFC 4791 on WebDAV (RFC 4918), found as RFC 6764 and RFC 5397 have it.

What we ask is little: where the calendars are, whether one has changed (its ctag), what it holds in a span of
time, one entry, and to write or remove one. Recurring entries come whole and are unrolled by us: servers differ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import ParseError, fromstring

from offhook.calendar.sources.fetching import Answer, Fetcher, told_of
from offhook.calendar.sources.model import Found
from offhook.calendar.sources.source import Changed, Entry, Reading, Trouble

D = "{DAV:}"
C = "{urn:ietf:params:xml:ns:caldav}"
S = "{http://calendarserver.org/ns/}"

_PRINCIPAL = b"<d:current-user-principal/><d:resourcetype/><d:displayname/>"
_HOME = b"<c:calendar-home-set/>"
_CALENDARS = b"<d:resourcetype/><d:displayname/><c:supported-calendar-component-set/>"
_CTAG = b"<s:getctag/><d:sync-token/>"
_NAMES = b'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
_QUERY = (
    '<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/>'
    '<c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">'
    '<c:time-range start="{start}" end="{end}"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>'
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing of a multistatus answer (RFC 4918, section 13): its address, and the properties it has."""

    href: str
    properties: Element


def calendars(fetcher: Fetcher, address: str) -> list[Found]:
    """The calendars that lie behind an address: a calendar's own, a principal's, or any on its server.

    Raises `Trouble`, also when there is none.
    """
    answer, parts = _propfind(fetcher, address, _PRINCIPAL, "0")
    here = parts[0] if parts else None
    if here is not None and here.properties.find(f"{D}resourcetype/{C}calendar") is not None:
        return [_found(answer, here)]
    principal = _href(here, f"{D}current-user-principal") if here else None
    home_at = _joined(answer, principal) if principal else str(answer.url)
    home_answer, homes = _propfind(fetcher, home_at, _HOME, "0")
    home = next((at for at in (_href(one, f"{C}calendar-home-set") for one in homes) if at), None)
    listing = _joined(home_answer, home) if home else str(answer.url)
    listed, every = _propfind(fetcher, listing, _CALENDARS, "1")
    found = [_found(listed, one) for one in every if _holds_events(one)]
    if not found:
        raise Trouble(f"{told_of(answer.url)} has no calendar for this user: make one there first.")
    return found


class CalDav:
    """One calendar on a server, named by its own address."""

    def __init__(self, fetcher: Fetcher, collection: str) -> None:
        """Ask for nothing yet."""
        self._fetcher = fetcher
        self._collection = collection if collection.endswith("/") else collection + "/"

    def read(self, start: datetime, end: datetime, mark: str) -> Reading | None:
        """The entries that touch a span of time. Raises `Trouble`."""
        _, parts = _propfind(self._fetcher, self._collection, _CTAG, "0")
        new = _mark(parts)
        if new and new == mark:
            return None
        body = _QUERY.format(start=_utc(start), end=_utc(end)).encode()
        answer = self._fetcher.ask("REPORT", self._collection, _headers("1"), body)
        return Reading(list(_entries(_multistatus(answer))), new)

    def find(self, uid: str) -> Entry | None:
        """The entry of this UID, where we write it. Raises `Trouble`."""
        answer = self._fetcher.ask("GET", self._at(uid), {"accept": "text/calendar"})
        if answer.status in {404, 410}:
            return None
        if answer.status != 200:
            raise _unexpected(answer, "an entry")
        return Entry(answer.body, answer.headers.get("etag", ""))

    def put(self, uid: str, data: bytes, etag: str) -> str:
        """Write the entry (RFC 4791, section 5.3.2). Raises `Trouble`, `Changed`."""
        condition = {"if-match": etag} if etag else {"if-none-match": "*"}
        headers = {"content-type": "text/calendar; charset=utf-8", **condition}
        answer = self._fetcher.ask("PUT", self._at(uid), headers, data)
        if answer.status == 412:
            raise Changed
        if answer.status not in {200, 201, 204}:
            raise _unexpected(answer, "what is written")
        told = answer.headers.get("etag", "")
        if told:
            return told
        written = self.find(uid)  # a server that changes what it is given tells no tag (RFC 4791, section 5.3.4)
        return written.etag if written else ""

    def remove(self, uid: str) -> None:
        """Remove the entry. Raises `Trouble`."""
        answer = self._fetcher.ask("DELETE", self._at(uid), {})
        if answer.status not in {200, 204, 404, 410}:
            raise _unexpected(answer, "a removal")

    def _at(self, uid: str) -> str:
        return f"{self._collection}{quote(uid, safe='')}.ics"


def _headers(depth: str) -> dict[str, str]:
    return {"depth": depth, "content-type": "application/xml; charset=utf-8"}


def _propfind(fetcher: Fetcher, address: str, wanted: bytes, depth: str) -> tuple[Answer, list[_Part]]:
    body = b"<d:propfind " + _NAMES + b"><d:prop>" + wanted + b"</d:prop></d:propfind>"
    answer = fetcher.ask("PROPFIND", address, _headers(depth), body)
    return answer, list(_multistatus(answer))


def _multistatus(answer: Answer) -> Iterator[_Part]:
    """The things of an answer with the properties that were found."""
    if answer.status != 207:
        raise _unexpected(answer, "a question")
    try:
        root = fromstring(answer.body)
    except (ParseError, ValueError) as error:
        raise Trouble(f"{told_of(answer.url)} answers what is no XML.") from error
    for response in root.iter(f"{D}response"):
        href = (response.findtext(f"{D}href") or "").strip()
        for status in response.iter(f"{D}propstat"):
            found = status.find(f"{D}prop")
            if found is not None and " 200" in (status.findtext(f"{D}status") or " 200"):
                yield _Part(href, found)


def _unexpected(answer: Answer, what: str) -> Trouble:
    where = told_of(answer.url)
    if answer.status in {401, 403}:
        return Trouble(f"{where} does not take the user name or password, or the sign-in ({answer.status}).")
    if answer.status in {404, 405, 501}:
        return Trouble(f"{where} has no calendar at this address ({answer.status}).")
    return Trouble(f"{where} answers {what} by {answer.status}.")


def _found(answer: Answer, part: _Part) -> Found:
    address = _joined(answer, part.href)
    name = (part.properties.findtext(f"{D}displayname") or "").strip()
    return Found(address, name or address.rstrip("/").rpartition("/")[2])


def _holds_events(part: _Part) -> bool:
    if part.properties.find(f"{D}resourcetype/{C}calendar") is None:
        return False
    kinds = part.properties.find(f"{C}supported-calendar-component-set")
    return kinds is None or any(one.get("name") == "VEVENT" for one in kinds)


def _href(part: _Part, name: str) -> str | None:
    told = part.properties.findtext(f"{name}/{D}href")
    return told.strip() if told else None


def _joined(answer: Answer, href: str) -> str:
    """An address told by the server, on the server itself: it may not send the password elsewhere."""
    joined = answer.url.join(href)
    return str(joined.copy_with(scheme=answer.url.scheme, host=answer.url.host, port=answer.url.port))


def _mark(parts: Sequence[_Part]) -> str:
    for part in parts:
        told = part.properties.findtext(f"{S}getctag") or part.properties.findtext(f"{D}sync-token")
        if told:
            return told.strip()
    return ""


def _entries(parts: Iterator[_Part]) -> Iterator[Entry]:
    for part in parts:
        data = part.properties.findtext(f"{C}calendar-data")
        if data:
            yield Entry(data.encode(), (part.properties.findtext(f"{D}getetag") or "").strip())


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
