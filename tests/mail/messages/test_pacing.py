"""Automatic mails at the moment of sending: they wait for hours, limits and spacing, and their state says why."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from mail.conftest import Writer
from mail.post import PostOffice
from offhook import people
from offhook.compliance import MailingSettings, set_mailing_settings
from offhook.compliance.mailing.verdicts import mail_verdicts
from offhook.kernel.clock import SetClock
from offhook.kernel.database import SYSTEM
from offhook.kernel.sealing import Seal
from offhook.mail.links import Links
from offhook.mail.messages import store
from offhook.mail.messages.model import Mail, MailState
from offhook.mail.messages.sending import send_due
from offhook.mail.messages.service import mail_by_id, mails_page

LIMIT = 3


def wants(writer: Writer, **wanted: object) -> None:
    """Set the organisation's limits; what is not named stands in no mail's way."""
    open_always: dict[str, object] = {"spacing_seconds": 0, "ramps_up": False, "days": frozenset(range(7))}
    with writer.begin() as tx:
        set_mailing_settings(tx, MailingSettings(**(open_always | wanted)))  # type: ignore[arg-type] # by name


def every(writer: Writer) -> list[Mail]:
    """All mails, the oldest first."""
    with writer.begin() as tx:
        return mails_page(tx, limit=100).items[::-1]


def states(writer: Writer) -> list[str]:
    """How they stand."""
    return [mail.state.value for mail in every(writer)]


def test_a_mail_waits_for_the_morning_where_its_reader_is_and_says_so(
    writer: Writer, office: PostOffice, seal: Seal, links: Links, clock: SetClock
) -> None:
    wants(writer, days=frozenset(range(5)))
    mail = writer.write(is_automatic=True)
    with writer.begin() as tx:
        person = people.person(tx, mail.person_id)
        people.change_person(tx, person.id, person.version, {"country": "US", "time_zone": "America/New_York"})

    send_due(writer.database, seal, links, writer.organisation)

    waiting = every(writer)[0]
    assert (waiting.state, waiting.attempts) == (MailState.QUEUED, 0)
    assert waiting.send_at == datetime(2026, 3, 2, 13, tzinfo=UTC)
    assert "Mon 04:00 where they are" in waiting.reason
    by_hand = writer.write()
    send_due(writer.database, seal, links, writer.organisation)
    assert office.await_mails(writer.to, 1)[0]["Message-ID"] == by_hand.message_id, (
        "a user's own mail goes at once"
    )
    clock.advance(timedelta(hours=4))
    send_due(writer.database, seal, links, writer.organisation)
    with writer.begin() as tx:
        assert mail_by_id(tx, mail.id).state is MailState.SENT
        log = mail_verdicts(tx, person_id=mail.person_id, cursor=None, limit=10).items
    assert [one.is_allowed for one in log] == [True, True, False]
    assert (log[2].refusals[0]["code"], log[2].until) == ("hours", waiting.send_at)


def test_automatic_mails_of_a_mailbox_go_one_by_one_with_space_between(
    writer: Writer, seal: Seal, links: Links, clock: SetClock
) -> None:
    wants(writer, spacing_seconds=60)
    for _ in range(4):
        writer.write(is_automatic=True)

    send_due(writer.database, seal, links, writer.organisation)

    assert states(writer) == ["sent", "queued", "queued", "queued"]
    waiting = every(writer)[1:]
    assert all("at least 60 s lie between two" in mail.reason for mail in waiting)
    (until,) = {mail.send_at for mail in waiting}
    assert until is not None
    assert timedelta(seconds=60) <= until - clock.now() <= timedelta(seconds=90)
    send_due(writer.database, seal, links, writer.organisation)
    assert states(writer).count("sent") == 1, "not before that"
    clock.advance(until - clock.now())
    send_due(writer.database, seal, links, writer.organisation)
    assert states(writer).count("sent") == 2


def test_a_new_mailbox_sends_twenty_automatic_mails_on_its_first_day(
    writer: Writer, seal: Seal, links: Links, clock: SetClock
) -> None:
    wants(writer, ramps_up=True)
    for _ in range(22):
        writer.write(is_automatic=True)

    send_due(writer.database, seal, links, writer.organisation)

    assert states(writer).count("sent") == 20
    waiting = every(writer)[-1]
    assert "begins small and grows" in waiting.reason
    assert waiting.send_at == clock.now() + timedelta(days=1)


def test_limits_hold_when_two_send_at_once(writer: Writer, office: PostOffice, seal: Seal, links: Links) -> None:
    wants(writer, mails_per_day=LIMIT)
    for _ in range(2 * LIMIT):
        writer.write(is_automatic=True)

    def send(_: int) -> None:
        send_due(writer.database, seal, links, writer.organisation)

    for _ in range(3):
        with ThreadPoolExecutor(2) as both:
            list(both.map(send, range(2)))

    office.await_quiet()
    assert len(office.received(writer.to)) <= LIMIT
    with writer.begin() as tx:
        given = tx.scalar(int, "SELECT count(DISTINCT mail_id)::int FROM mail_verdict WHERE is_allowed")
    assert given == LIMIT


def test_leave_that_a_crash_left_behind_counts_and_is_not_asked_for_twice(
    writer: Writer, office: PostOffice, seal: Seal, links: Links
) -> None:
    wants(writer, mails_per_day=1)
    first, second = writer.write(is_automatic=True), writer.write(is_automatic=True)
    outbox = _claimed_and_dead(writer, links)

    assert outbox == first.id
    send_due(writer.database, seal, links, writer.organisation)

    office.await_quiet()
    assert [one["Message-ID"] for one in office.received(writer.to)] == [first.message_id]
    with writer.begin() as tx:
        assert mail_by_id(tx, second.id).state is MailState.QUEUED


def _claimed_and_dead(writer: Writer, links: Links) -> object:
    """What a process leaves that dies right after it was given leave."""
    from offhook.mail.messages.sending import Outbox

    mail, _, _ = next(Outbox(writer.database, links, writer.organisation, writer.mailbox.id)._claimed())
    with writer.database.transaction(writer.organisation, SYSTEM) as tx:
        assert mail_by_id(tx, mail.id).state is MailState.SENDING
    return mail.id


def test_mails_to_one_firm_are_spread_over_hours_and_others_are_not_held_up(
    writer: Writer, seal: Seal, links: Links, clock: SetClock
) -> None:
    wants(writer, mails_per_domain_per_hour=1)
    writer.write(is_automatic=True)
    second = writer.write(is_automatic=True)

    send_due(writer.database, seal, links, writer.organisation)

    assert states(writer) == ["sent", "queued"]
    with writer.begin() as tx:
        waiting = mail_by_id(tx, second.id)
    assert "1 mails went to prospects.example within an hour" in waiting.reason
    assert waiting.send_at == clock.now() + timedelta(hours=1)


def test_many_waiting_mails_cost_no_more_than_one(
    writer: Writer, seal: Seal, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    wants(writer, spacing_seconds=60)
    for _ in range(40):
        writer.write(is_automatic=True)
    claimed: list[object] = []
    claim_next = store.claim_next

    def counted(*told: object) -> Mail | None:
        claimed.append(told)
        return claim_next(*told)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(store, "claim_next", counted)
    for _ in range(3):
        send_due(writer.database, seal, links, writer.organisation)

    assert states(writer).count("sent") == 1
    assert len(claimed) == 3, "one that went, one that has to wait, and then none"
