"""Who answers which number: always the same for a seed, in believable shares, and as the fixed endings say."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.carrier.cast import BEEP_HERTZ, Beep, Pause, Say, cast
from offhook.carrier.personas import BEHAVIOUR, MAGIC, SHARES, Kind, Persona, magic, plan, row, rows
from offhook.kernel.errors import Invalid

numbers = st.from_regex(r"[+][1-9][0-9]{7,13}", fullmatch=True)
seeds = st.integers(0, 10_000)
endings = st.sampled_from([(f"{ending:02}", kind) for fixed, kind in MAGIC.items() for ending in fixed])

SPEAKS = {Kind.PERSON, Kind.SLOW, Kind.FORKED, Kind.VOICEMAIL, Kind.GATEKEEPER, Kind.ANNOUNCEMENT}
CODES = {
    Kind.NO_ANSWER: 480,
    Kind.BUSY: 486,
    Kind.REJECTED: 603,
    Kind.NOT_IN_SERVICE: 404,
    Kind.CONGESTED: 503,
    Kind.ANNOUNCEMENT: 480,
}


@given(numbers, seeds)
def test_the_same_number_is_answered_alike_however_it_is_written(number: str, seed: int) -> None:
    digits = number[1:]
    assert plan(number, seed) == plan(digits, seed) == plan(f"+{digits[:3]} ({digits[3:5]}) {digits[5:]}", seed)


@pytest.fixture(scope="module")
def table() -> dict[str, Persona]:
    return dict(rows(7))


@given(number=numbers)
def test_a_number_is_answered_as_its_row_says(number: str, table: dict[str, Persona]) -> None:
    assert table[row(number)] == plan(number, 7)


@given(numbers, seeds, endings)
def test_a_fixed_ending_asks_for_its_behaviour_whatever_the_seed(
    number: str, seed: int, ending: tuple[str, Kind]
) -> None:
    assert plan(number[:-2] + ending[0], seed).kind is ending[1]


@given(numbers, seeds)
def test_what_is_spoken_and_which_code_is_given_follow_the_kind(number: str, seed: int) -> None:
    persona = plan(number, seed)
    assert (persona.part is not None) == (persona.kind in SPEAKS)
    assert persona.code == CODES.get(persona.kind)
    assert persona.answers == (persona.code is None)


@given(numbers, seeds)
def test_nobody_rings_longer_than_a_network_lets_them_and_no_answer_rings_long(number: str, seed: int) -> None:
    persona = plan(number, seed)
    assert 0 <= persona.ring_seconds <= 60
    assert (persona.ring_seconds > 30) == (persona.kind is Kind.NO_ANSWER)


@pytest.mark.parametrize("seed", [1, 7, 2026])
def test_a_days_shares_are_near_the_plan(seed: int) -> None:
    free = [persona.kind for number, persona in rows(seed) if magic(int(number[2:])) is None]
    counted = Counter(free)
    for kind, share in SHARES.items():
        assert counted[kind] / len(free) * 100 == pytest.approx(share, abs=2), kind


@pytest.mark.parametrize("seed", [1, 7])
def test_the_numbers_kept_for_fiction_are_a_believable_day(seed: int) -> None:
    dialled = [f"+1{area}55501{last:02}" for area in (212, 617, 415, 303) for last in range(100)]
    kinds = Counter(plan(number, seed).kind for number in dialled)
    people = sum(kinds[kind] for kind in (Kind.PERSON, Kind.SLOW, Kind.FORKED))
    assert 0.12 <= people / len(dialled) <= 0.32
    assert 0.25 <= kinds[Kind.VOICEMAIL] / len(dialled) <= 0.45


def test_shares_are_a_whole_and_every_kind_can_be_asked_for() -> None:
    assert sum(SHARES.values()) == 100
    assert set(SHARES) == set(MAGIC.values()) == set(BEHAVIOUR) == set(Kind)
    fixed = [ending for endings in MAGIC for ending in endings]
    assert fixed == sorted(set(fixed)), "no ending is promised twice"


def test_another_seed_is_another_day() -> None:
    one, other = ([persona.kind for _, persona in rows(seed)] for seed in (1, 2))
    changed = sum(a is not b for a, b in zip(one, other, strict=True))
    assert changed > 3000


@pytest.mark.parametrize("number", ["", "911", "anonymous", "+1", "٣٤٥٦٧٨"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(Invalid, match="at least 5 digits"):
        plan(number, 7)


@given(seeds)
def test_a_person_gives_a_name_talks_and_says_goodbye(seed: int) -> None:
    for part in cast(seed).persons:
        said = [one.text for one in part.script if isinstance(one, Say)]
        assert part.name.split()[0] in said[0]
        assert "bye" in said[-1].lower()
        assert len(said) >= 4
        assert sum(isinstance(one, Pause) for one in part.script) >= 3, "the caller may speak too"


@given(seeds)
def test_a_voicemail_greets_beeps_and_is_silent_then(seed: int) -> None:
    for part in cast(seed).voicemails:
        *_, beep, silence = part.script
        assert isinstance(beep, Beep)
        assert isinstance(silence, Pause)
        assert silence.seconds >= 30
        assert 900 <= BEEP_HERTZ <= 1100
