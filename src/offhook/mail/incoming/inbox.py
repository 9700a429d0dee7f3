"""Reading one mailbox's INBOX for as long as it is wanted: all that is new, then waiting for news, and again.

News come by IDLE (RFC 2177), which is asked for anew long before the 29 minutes after which servers hang up; where
there is none, one looks every half minute. The folder is opened by EXAMINE and parts are peeked at: nothing in the
mailbox changes, not even what is seen.

Where one is, is kept in the database: UIDVALIDITY and the last UID. Each mail that is kept moves it on in the same
transaction, and only from where it was when the reader looked; so whoever is killed, or reads beside another,
neither misses a mail nor keeps it twice. What concerns nobody is passed over, some dozens at once, and counted.
"""

import logging
import socket
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from imaplib import IMAP4
from time import monotonic
from typing import cast
from uuid import UUID

import psycopg

from offhook.kernel.database import SYSTEM, Database
from offhook.kernel.errors import NotFound, OffhookError
from offhook.kernel.objects import ObjectStore
from offhook.kernel.sealing import Seal
from offhook.mail.incoming import service, store
from offhook.mail.incoming.fetching import Envelope, InboxServer, envelopes, has_unread, whole
from offhook.mail.incoming.files import Cabinet
from offhook.mail.incoming.model import Fetched, KeptFile, Reading
from offhook.mail.incoming.receiving import NO_FILES, candidates, receive
from offhook.mail.incoming.rules import MARGIN
from offhook.mail.mailboxes.connecting import Trouble, TroubleKind, open_imap
from offhook.mail.mailboxes.service import login_of, mailbox

logger = logging.getLogger(__name__)

INBOX = "INBOX"
FIRST_IDLE_SECONDS = 0.5
IDLE_SECONDS = 5 * 60
"""After so long IDLE is asked for anew: RFC 2177 has it before 29 minutes, routers on the way forget links sooner.

At first, and whenever something came, it is asked for anew much sooner, then after twice as long each time: a
server may tell of a mail at the end of a command that was answered without it, and says nothing of it again in
IDLE. News come in company, so they are looked for right after others."""
LISTEN_SECONDS = 5.0
"""How soon a wait heeds that it is to end."""
POLL_SECONDS = 30.0
KEEPALIVE_SECONDS = 60
MOST_STUMBLES = 3


class Overtaken(Exception):  # no error: another reader was faster
    """Another reader has moved on: what this one knows of the folder is old."""


class Inbox:
    """One mailbox. `read_on` reads it until it is told to stop, `read` until its link breaks."""

    def __init__(
        self,
        database: Database,
        seal: Seal,
        objects: ObjectStore,
        organisation_id: UUID,
        mailbox_id: UUID,
        stopping: threading.Event,
    ) -> None:
        """Nothing is opened yet. Files of mails go into `objects`."""
        self._database = database
        self._seal = seal
        self._organisation_id = organisation_id
        self._mailbox_id = mailbox_id
        self._stopping = stopping
        self._cabinet = Cabinet(database, objects, organisation_id, mailbox_id)
        self._stumbled: Counter[int] = Counter()
        self._broke: Counter[int] = Counter()

    def read_on(self, *, is_retried_at_once: bool = True) -> None:
        """Read until told to stop, or until the mailbox is gone; what breaks is tried again, later and later."""
        if not is_retried_at_once:
            self._wait_for_retry()
        while not self._stopping.is_set():
            try:
                self.read()
            except NotFound:
                return
            except Overtaken:
                continue
            except psycopg.OperationalError as error:
                logger.warning("mailbox %s: no database (%s)", self._mailbox_id, error)
                self._stopping.wait(LISTEN_SECONDS)
            except (Trouble, OffhookError) as trouble:
                self._note_failing(trouble)
            except Exception:
                # What nobody expected keeps no other mailbox from being read.
                logger.exception("reading mailbox %s failed", self._mailbox_id)
                self._stopping.wait(POLL_SECONDS)

    def read(self, *, is_once: bool = False) -> None:
        """Connect, read what is new, and, unless once is enough, wait for more until the link breaks.

        Raises `Trouble`, `NotFound` when the mailbox is gone, `Overtaken`.
        """
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            service.begin(tx, self._mailbox_id)
            login = login_of(tx, self._seal, self._mailbox_id)
        with open_imap(login) as opened:
            server = cast("InboxServer", opened)
            reading = self._open(server)
            patience = FIRST_IDLE_SECONDS
            while not self._stopping.is_set():
                before, reading = reading, self.catch_up(server, reading)
                if is_once:
                    return
                is_quiet = reading.last_uid == before.last_uid
                patience = min(2 * patience, IDLE_SECONDS) if is_quiet else FIRST_IDLE_SECONDS
                self._await_news(server, patience)

    def catch_up(self, server: InboxServer, reading: Reading) -> Reading:
        """Read all that is new in the open folder; how far it is read then."""
        since = reading.since - MARGIN
        wanted = ["UID", f"{reading.last_uid + 1}:*", "SINCE", since.date()]
        server.noop()  # lets the server take up what is new: a search looks at what was there before it
        # `n:*` always matches the last message, however low its UID (RFC 3501, section 6.4.8).
        uids = sorted(uid for uid in server.search(wanted) if uid > reading.last_uid)
        for some in envelopes(server, uids):
            reading = self._take(server, reading, some)
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            service.note_well(tx, self._mailbox_id)
        return reading

    def _open(self, server: InboxServer) -> Reading:
        told = server.select_folder(INBOX, readonly=True)
        _keep_alive(server)
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            service.note_well(tx, self._mailbox_id)
            return service.begin_folder(tx, self._mailbox_id, int(told.get(b"UIDVALIDITY", 0)))

    def _take(self, server: InboxServer, reading: Reading, some: Sequence[Envelope]) -> Reading:
        """Keep what of these concerns somebody; pass over the others."""
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            wanted = candidates(tx, some)
        passed = 0
        for one in some:
            if one.uid not in wanted:
                passed += 1
                continue
            reading = self._keep_or_pass(server, reading, one, passed)
            passed = 0
        return self._move_on(reading, some[-1].uid, passed) if passed else reading

    def _keep_or_pass(self, server: InboxServer, reading: Reading, one: Envelope, passed: int) -> Reading:
        """Keep a mail; one at which it stumbles time and again holds up no other: it is passed over, and told."""
        try:
            return self._keep(server, reading, one, passed)
        except (Trouble, NotFound, Overtaken, OSError, IMAP4.error, psycopg.OperationalError):
            raise
        except Exception:
            self._stumbled[one.uid] += 1
            if self._stumbled[one.uid] < MOST_STUMBLES:
                raise
            logger.exception("mail %s of mailbox %s cannot be kept; passed over", one.uid, self._mailbox_id)
            return self._move_on(reading, one.uid, passed + 1)

    def _keep(self, server: InboxServer, reading: Reading, one: Envelope, passed: int) -> Reading:
        fetched = whole(server, one)
        files = self._files(server, fetched)
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            now = store.reading(tx, self._mailbox_id, lock=True)
            _require_same(now, reading)
            kept = receive(tx, mailbox(tx, self._mailbox_id), fetched, reading.uid_validity or 0, files)
            others = passed + (kept is None)
            store.move_on(tx, self._mailbox_id, one.uid, kept=int(kept is not None), others=others)
            return store.reading(tx, self._mailbox_id) or reading

    def _files(self, server: InboxServer, fetched: Fetched) -> Mapping[int, KeptFile]:
        """The files of a mail; where fetching them breaks time and again it is kept all the same, without them."""
        if self._broke[fetched.uid] >= MOST_STUMBLES:
            return NO_FILES
        try:
            return self._cabinet.take(server, fetched)
        except (OSError, IMAP4.error) as error:
            self._broke[fetched.uid] += 1
            logger.warning("files of mail %s of mailbox %s: %s", fetched.uid, self._mailbox_id, error)
            raise

    def _move_on(self, reading: Reading, uid: int, passed: int) -> Reading:
        with self._database.transaction(self._organisation_id, SYSTEM) as tx:
            _require_same(store.reading(tx, self._mailbox_id, lock=True), reading)
            store.move_on(tx, self._mailbox_id, uid, kept=0, others=passed)
            return store.reading(tx, self._mailbox_id) or reading

    def _await_news(self, server: InboxServer, patience: float) -> None:
        """Wait until the server tells of something, the time (in seconds) is up, or the link looks broken."""
        if not server.has_capability("IDLE"):
            self._stopping.wait(POLL_SECONDS)
            return
        server.idle()
        if has_unread(server):
            server.idle_done()
            return
        until = monotonic() + patience
        while (left := until - monotonic()) > 0 and not self._stopping.is_set():
            asked_at, wait = monotonic(), min(left, LISTEN_SECONDS)
            told = server.idle_check(wait)
            # The library is silent, and at once, about a link that has ended: the next command tells.
            if told or monotonic() - asked_at < wait / 2:
                break
        server.idle_done()

    def _note_failing(self, trouble: Exception) -> None:
        is_login = isinstance(trouble, Trouble) and trouble.kind is TroubleKind.LOGIN
        try:
            with self._database.transaction(self._organisation_id, SYSTEM) as tx:
                after = service.note_failing(tx, self._mailbox_id, str(trouble), is_login=is_login)
                wait = after.retry_at - tx.now if after and after.retry_at else timedelta()
        except psycopg.OperationalError:
            wait = timedelta(seconds=LISTEN_SECONDS)
        self._stopping.wait(wait.total_seconds())

    def _wait_for_retry(self) -> None:
        """Heed what a process before this one noted about when to try again."""
        with suppress(psycopg.OperationalError):
            with self._database.transaction(self._organisation_id, SYSTEM) as tx:
                one = store.reading(tx, self._mailbox_id)
                wait = one.retry_at - tx.now if one and one.retry_at else timedelta()
            self._stopping.wait(max(0.0, wait.total_seconds()))


def _require_same(now: Reading | None, known: Reading) -> None:
    """Raise `Overtaken` unless the folder is read as far as this reader thinks."""
    if now is None or (now.uid_validity, now.last_uid) != (known.uid_validity, known.last_uid):
        raise Overtaken


def _keep_alive(server: InboxServer) -> None:
    """Let the system find out about a link that broke silently while one waits."""
    link = server.socket()
    with suppress(OSError, AttributeError):
        link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_SECONDS)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_SECONDS // 4)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4)
