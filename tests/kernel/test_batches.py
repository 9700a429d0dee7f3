"""While a batch is worked on the collector of cycles rests; afterwards it goes on, whatever happened."""

import gc

import pytest

from offhook.kernel.batches import uncollected


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
