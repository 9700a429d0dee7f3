"""Ranges of stored files, as players ask for them."""

import pytest

from offhook.kernel.serving import wanted_range


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, (0, 100)),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-200", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=200-", (0, 100)),
        ("bytes=-", (0, 100)),
        ("lines=1-2", (0, 100)),
    ],
)
def test_ranges_are_read_as_players_write_them(header: str | None, wanted: tuple[int, int]) -> None:
    assert wanted_range(header, 100) == wanted
