"""Opens a connected calendar: which kind of source it is, with which login."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from offhook.calendar.sources.caldav import CalDav, calendars
from offhook.calendar.sources.feed import Feed
from offhook.calendar.sources.fetching import Fetcher
from offhook.calendar.sources.model import Access, Found, SourceKind
from offhook.calendar.sources.source import CalendarSource, Trouble, WritableSource
from offhook.kernel.sealing import Seal
from offhook.kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class Terms:
    """What an installation says about calendars: what opens their secrets, and which servers may be called."""

    seal: Seal
    allow_private: bool

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """As the installation is set."""
        return cls(Seal(settings.secret, "calendars"), settings.calendars_allow_private)


@contextmanager
def opened(access: Access, terms: Terms) -> Generator[CalendarSource]:
    """The calendar, to be read. Raises `Trouble`."""
    if access.connection.kind is SourceKind.ICS:
        with Fetcher(allow_private=terms.allow_private) as fetcher:
            yield Feed(fetcher, access.secret)
        return
    with opened_to_write(access, terms) as source:
        yield source


@contextmanager
def opened_to_write(access: Access, terms: Terms) -> Generator[WritableSource]:
    """The calendar, to be written to as well. Raises `Trouble`."""
    if access.connection.kind is not SourceKind.CALDAV:
        raise Trouble(f"{access.connection.name} is a feed: it can only be read.")
    with _signed_in(access, terms) as fetcher:
        yield CalDav(
            fetcher, access.connection.collection or calendars(fetcher, access.connection.address)[0].collection
        )


def found_on(access: Access, terms: Terms) -> list[Found]:
    """The calendars that a CalDAV server has for this login; none for a feed. Raises `Trouble`."""
    if access.connection.kind is SourceKind.ICS:
        return []
    with _signed_in(access, terms) as fetcher:
        return calendars(fetcher, access.connection.address)


def _signed_in(access: Access, terms: Terms) -> Fetcher:
    if access.is_token:
        return Fetcher(allow_private=terms.allow_private, token=access.secret)
    login = (access.connection.username, access.secret)
    return Fetcher(allow_private=terms.allow_private, login=login)
