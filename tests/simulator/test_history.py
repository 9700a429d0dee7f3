"""How the days of the history are cut, and when what was sent arrives."""

from collections import deque
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from offhook.simulator.play.history import Inbox, slots
from offhook.simulator.world import Campaign, Sent

END = datetime(2026, 3, 19, 20, 40, tzinfo=UTC)


def sent(kind: str, hour: int) -> Sent:
    """Something sent on the last day at that hour, to a campaign of that kind."""
    campaign = Campaign(kind, kind, date(2026, 3, 1), END.date(), 1.0, 0.5)
    return Sent(campaign, END.replace(hour=hour, minute=0), {"email": f"{kind}{hour}@a.example"})


def test_forms_arrive_at_once_and_lists_once_a_day_and_nothing_is_lost() -> None:
    everything = [sent("webinar", 9), sent("trade_show", 10), sent("search", 11), sent("email", 14)]
    inbox = Inbox(deque(everything))
    first = inbox.until(END.replace(hour=12), is_list_due=False)
    second = inbox.until(END.replace(hour=13), is_list_due=True)
    third = inbox.until(END, is_list_due=False)
    last = inbox.until(END, is_list_due=True)
    assert [one.campaign.kind for one in first] == ["webinar", "search"]
    assert [one.campaign.kind for one in second] == ["trade_show"]
    assert third == []
    assert [one.campaign.kind for one in last] == ["email"]


def test_slots_follow_one_another_without_a_gap_up_to_the_end() -> None:
    found = list(slots(END.date() - timedelta(days=3), END))
    assert found[-1].ends_at == END
    assert all(before.ends_at == after.starts_at for before, after in pairwise(found))
    assert [one.starts_at.hour for one in found[:10]] == [9, 11, 13, 15, 17, 19, 21, 23, 1, 9]


def test_weekends_are_one_slot_a_day() -> None:
    saturday = END.date() + timedelta(days=2)
    monday = datetime.combine(saturday + timedelta(days=2), END.time(), UTC)
    lengths = [one.ends_at - one.starts_at for one in slots(saturday, monday)]
    assert lengths[:2] == [timedelta(days=1), timedelta(days=1)]
    assert all(length <= timedelta(hours=2) for length in lengths[2:])
