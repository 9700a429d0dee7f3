"""While a batch is worked on the collector of cycles rests; afterwards it goes on, whatever happened."""

import gc
import sys

import pytest

from offhook.kernel.batches import batch_after_batch, end_batch, uncollected


def test_the_collector_rests_inside_and_goes_on_outside() -> None:
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_outermost_of_nested_batches_lets_it_go_on() -> None:
    with uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error_too() -> None:
    with pytest.raises(ValueError, match="broken"), uncollected():
        raise ValueError("broken")
    assert gc.isenabled()


def test_who_turned_it_off_for_good_finds_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_batch_after_batch_leaves_everything_as_it_was() -> None:
    usual = sys.getswitchinterval()
    with batch_after_batch():
        assert not gc.isenabled()
        assert sys.getswitchinterval() < usual
    assert (gc.isenabled(), gc.get_freeze_count(), sys.getswitchinterval()) == (True, 0, usual)


class _Cycle:
    """Something that only the collector frees."""

    alive = 0

    def __init__(self) -> None:
        self.own = self
        _Cycle.alive += 1

    def __del__(self) -> None:
        _Cycle.alive -= 1


def test_the_end_of_a_batch_frees_what_it_left_in_cycles() -> None:
    with batch_after_batch():
        for _ in range(3):
            _Cycle()
        assert _Cycle.alive == 3
        end_batch()
        assert _Cycle.alive == 0
