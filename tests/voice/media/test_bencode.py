"""Bencoding holds what is put into it and refuses what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.voice.media.bencode import Malformed, decoded, encoded

values = st.recursive(
    st.integers() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_back(value: object) -> None:
    assert decoded(encoded(value)) == value


@given(st.dictionaries(st.text(), st.integers()))
def test_equal_dictionaries_are_equal_bytes(value: dict[str, int]) -> None:
    turned = dict(reversed(value.items()))
    assert encoded(value) == encoded(turned)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        value = decoded(data)
    except Malformed:
        return
    assert decoded(encoded(value)) == value


@given(values, st.data())
def test_a_value_cut_short_is_refused(value: object, data: st.DataObject) -> None:
    whole = encoded(value)
    with pytest.raises(Malformed):
        decoded(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_the_form_is_that_of_the_protocol() -> None:
    assert encoded({"command": "ping"}) == b"d7:command4:pinge"
    assert encoded({"flags": ["a", 1]}) == b"d5:flagsl1:ai1eee"


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(Malformed, match="nested"):
        decoded(b"l" * 5000)
