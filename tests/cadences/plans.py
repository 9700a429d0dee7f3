"""Plans, enrolments and moments for tests of the pure core, by hand and at random."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from offhook.cadences.deciding import Moment
from offhook.cadences.model import (
    CHOSEN_ENDINGS,
    Branch,
    BranchOn,
    Delay,
    DelayUnit,
    Enrolment,
    EnrolmentPhase,
    Plan,
    Step,
    StepKind,
    Window,
)
from offhook.cadences.timing import Clockwork
from offhook.identity import weekdays
from offhook.kernel.ids import new_id

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OFFICE = Clockwork(weekdays("UTC"), "UTC")
MORNING = Window(time(9), time(11, 30))

ZONES = ("UTC", "America/Chicago", "Europe/Madrid", "Asia/Tokyo", "Australia/Lord_Howe", "Nowhere/At_All")


def a_plan(*steps: Step) -> Plan:
    """A plan of these steps that ends on everything."""
    return Plan(steps, CHOSEN_ENDINGS)


def a_step(kind: StepKind = StepKind.CALL, days: int = 0, **told: object) -> Step:
    """A step so many working days after the one before."""
    return replace(Step(kind, Delay(days, DelayUnit.DAYS)), **told)  # pyright: ignore[reportArgumentType]


def an_enrolment(**told: object) -> Enrolment:
    """An enrolment that waits for its first step, due on Monday at nine."""
    one = Enrolment(
        id=new_id(),
        cadence_id=new_id(),
        edition=1,
        lead_id=new_id(),
        person_id=new_id(),
        user_id=None,
        is_beside=False,
        phase=EnrolmentPhase.WAITING,
        step=1,
        due_at=MONDAY,
        is_paused=False,
        mail_id=None,
        problem_code="",
        problem="",
        because=None,
        replied_at=None,
        opened_at=None,
        clicked_at=None,
        met_at=None,
        disposition=None,
        enrolled_at=MONDAY,
        finished_at=None,
        version=1,
    )
    return replace(one, **told)  # pyright: ignore[reportArgumentType] # fields by name


def a_moment(
    now: datetime = MONDAY, clockwork: Clockwork = OFFICE, stage: str = "mql", score: float = 50
) -> Moment:
    """When it is decided."""
    return Moment(now, clockwork, stage, score)


windows = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 21), st.integers(1, 2)).map(lambda at: Window(time(at[0]), time(at[0] + at[1]))),
)

delays = st.one_of(
    st.builds(Delay, st.integers(0, 5_000), st.just(DelayUnit.MINUTES)),
    st.builds(Delay, st.integers(0, 20), st.just(DelayUnit.DAYS)),
)

clockworks = st.builds(
    lambda office, zone, holidays: Clockwork(replace(weekdays(office), holidays=frozenset(holidays)), zone),
    st.sampled_from(ZONES[:-1]),
    st.sampled_from(ZONES),
    st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=30),
)

moments = st.integers(0, 700_000).map(lambda minutes: MONDAY + timedelta(minutes=minutes))


def _branches(number: int, count: int) -> st.SearchStrategy[tuple[Branch, ...]]:
    later = st.one_of(st.none(), st.integers(number + 1, count)) if number < count else st.none()
    return st.lists(
        st.builds(
            Branch,
            on=st.sampled_from(BranchOn),
            is_not=st.booleans(),
            values=st.sampled_from([("no_answer",), ("mql", "working"), ("left_voicemail", "busy")]),
            at_least=st.floats(0, 100),
            goes_to=later,
        ),
        max_size=2,
    ).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan that can be published."""
    count = draw(st.integers(1, 8))
    steps = [
        Step(
            draw(st.sampled_from(StepKind)),
            draw(delays),
            draw(windows),
            branches=draw(_branches(number, count)),
        )
        for number in range(1, count + 1)
    ]
    return Plan(tuple(steps), frozenset(draw(st.sets(st.sampled_from(sorted(CHOSEN_ENDINGS))))))


A_DAY = timedelta(days=1)
