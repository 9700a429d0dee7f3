"""Which of our numbers is shown: near ones first, and never one that is not ours."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.ids import new_id
from offhook.voice.trunks import CallerPreference, OwnedNumber, caller_number
from voice.trunks.lines import a_number

SEATTLE, OAKLAND, FRISCO = "+12065550100", "+15105550100", "+14155550100"
NEW_YORK, TORONTO, BERLIN, MUNICH = "+12125550100", "+14165550100", "+493012345678", "+498912345678"
LONDON, FREE = "+442071234567", "+18005550100"

POOL = [
    SEATTLE,
    OAKLAND,
    FRISCO,
    NEW_YORK,
    TORONTO,
    BERLIN,
    MUNICH,
    LONDON,
    FREE,
    "+4915112345678",
    "+34912345678",
]


def shown(called: str, *owned: str, **options: UUID | None) -> str | None:
    found = caller_number(called, CallerPreference.LOCAL, [a_number(one) for one in owned], **options)
    return found.number if found else None


@pytest.mark.parametrize(
    ("called", "owned", "expected"),
    [
        ("+14155559999", (NEW_YORK, SEATTLE, FRISCO), FRISCO),  # the same area code
        ("+14155559999", (NEW_YORK, SEATTLE), SEATTLE),  # the same coast
        ("+14155559999", (NEW_YORK, BERLIN), NEW_YORK),  # the same country
        ("+14155559999", (TORONTO, BERLIN), None),  # Canada shares +1 but is another country
        ("+14165559999", (NEW_YORK, TORONTO), TORONTO),
        ("+493099999999", (MUNICH, BERLIN), BERLIN),
        ("+4917612345678", (LONDON, MUNICH), MUNICH),  # mobile numbers have no area
        ("+33142345678", (LONDON, MUNICH), None),
    ],
)
def test_the_nearest_number_is_shown(called: str, owned: tuple[str, ...], expected: str | None) -> None:
    assert shown(called, *owned) == expected
    assert shown(called, *reversed(owned)) == expected


def test_where_none_is_near_the_own_number_is_shown_and_then_the_default() -> None:
    own, default, other = a_number(BERLIN), a_number(LONDON), a_number(SEATTLE)
    every = [other, own, default]
    paris = "+33142345678"
    local = CallerPreference.LOCAL
    assert caller_number(paris, local, every, own_id=own.id, default_id=default.id) == own
    assert caller_number(paris, local, every, default_id=default.id) == default
    assert caller_number(paris, local, every) is None


def test_among_equally_near_numbers_ones_own_comes_first() -> None:
    low, own = a_number("+14155550001"), a_number("+14155550099")
    called, local = "+14155559999", CallerPreference.LOCAL
    assert caller_number(called, local, [low, own]) == low
    assert caller_number(called, local, [low, own], own_id=own.id) == own
    assert caller_number(called, local, [low, own], default_id=own.id) == own


def test_a_fixed_number_is_always_shown_and_without_one_the_default() -> None:
    near, own, default = a_number(FRISCO), a_number(BERLIN), a_number(LONDON)
    every, fixed = [near, own, default], CallerPreference.FIXED
    assert caller_number("+14155559999", fixed, every, own_id=own.id, default_id=default.id) == own
    assert caller_number("+14155559999", fixed, every, default_id=default.id) == default


def test_a_number_that_was_given_up_is_not_shown_by_its_id() -> None:
    gone = new_id()
    for preference in CallerPreference:
        assert caller_number("+33142345678", preference, [], own_id=gone, default_id=gone) is None


numbers = st.one_of(st.sampled_from(POOL), st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))


@given(
    numbers,
    st.sampled_from(CallerPreference),
    st.lists(numbers, unique=True, max_size=8).map(lambda found: [a_number(one) for one in found]),
    st.data(),
)
def test_only_numbers_that_are_ours_are_ever_shown(
    called: str, preference: CallerPreference, owned: list[OwnedNumber], data: st.DataObject
) -> None:
    ids = st.sampled_from([None, new_id(), *(one.id for one in owned)])
    own_id, default_id = data.draw(ids), data.draw(ids)
    found = caller_number(called, preference, owned, own_id=own_id, default_id=default_id)
    assert found is None or found in owned
    if any(one.id == default_id for one in owned):
        assert found is not None, "whoever has a default always shows a number"
    if preference is CallerPreference.ORGANISATION and any(one.id == default_id for one in owned):
        assert found is not None
        assert found.id == default_id


@given(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), unique=True, max_size=8))
def test_the_number_itself_would_be_the_nearest(called: str, others: list[str]) -> None:
    """Whoever calls a number while owning its neighbours shows one of the same country if there is any."""
    near = shown(called, *others)
    if called in others and called != FREE:
        assert near is not None
