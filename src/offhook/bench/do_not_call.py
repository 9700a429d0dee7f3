"""Do-not-call registries: taking in a million numbers, replacing them by almost the same, and asking for one."""

import time
from collections.abc import Iterable, Iterator

from offhook.bench.model import Figure, at_most, fact
from offhook.bench.scratch import Scratch, scratch_installation
from offhook.compliance import is_listed
from offhook.compliance.do_not_call.service import import_list
from offhook.kernel.database import SYSTEM

NUMBERS = 1_000_000
CHANGED = 10_000
ASKED = 500
NAME = "National registry"


def figures() -> Iterable[Figure]:
    """Numbers a second into an empty list, the time of a replacement, and the time of a look-up."""
    with scratch_installation() as scratch:
        first = _import(scratch, _registry(0))
        second = _import(scratch, _registry(CHANGED))
        asked = _ask(scratch)
    detail = f"{NUMBERS:,} numbers in {first:.1f} s, parsed, copied and indexed"
    yield fact("do-not-call: numbers a second into an empty list", NUMBERS / first, "1/s", detail)
    told = f"{second:.1f} s for the same {NUMBERS:,} but {CHANGED:,}"
    yield at_most("do-not-call: replacing a list / taking it in", second / first, "x", 2, told)
    yield fact("do-not-call: is a number listed, p99", asked * 1e3, "ms", f"of {ASKED} questions")


def _registry(first: int) -> Iterator[str]:
    """Lines as the registry of the United States writes them: area code and number."""
    for nth in range(first, first + NUMBERS):
        yield f"{201 + nth // 1_000_000},{2_000_000 + nth * 7 % 7_999_999:07d}\n"


def _import(scratch: Scratch, lines: Iterator[str]) -> float:
    begun = time.perf_counter()
    with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
        import_list(tx, lines, name=NAME, days=31)
    return time.perf_counter() - begun


def _ask(scratch: Scratch) -> float:
    seconds: list[float] = []
    for nth in range(ASKED):
        with scratch.database.transaction(scratch.organisation_id, SYSTEM) as tx:
            begun = time.perf_counter()
            is_listed(tx, f"+1201{2_000_000 + nth * 7:07d}")
            seconds.append(time.perf_counter() - begun)
    return sorted(seconds)[int(ASKED * 0.99)]
