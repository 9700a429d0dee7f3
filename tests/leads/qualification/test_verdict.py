"""The verdict: held against its own promises over any agreement and any answers."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.kernel.errors import Invalid
from offhook.leads.qualification.documents import read_agreement, read_document, ready_made, write_agreement
from offhook.leads.qualification.model import Agreement, Answer, Effect, Question, QuestionKind, Value, Verdict
from offhook.leads.qualification.rules import best_points, check_agreement, judge, read_answers, read_value

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOBODY = UUID(int=0)


@st.composite
def questions(draw: st.DrawFn, key: str) -> Question:
    kind = draw(st.sampled_from(QuestionKind))
    choices = tuple("abcd"[: draw(st.integers(2, 4))]) if kind is QuestionKind.CHOICE else ()
    values = ("yes", "no") if kind is QuestionKind.YES_NO else choices
    low, high = sorted(draw(st.tuples(st.integers(-9, 9), st.integers(-9, 9))))
    is_number = kind is QuestionKind.NUMBER
    return Question(
        key=key,
        text=f"{key}?",
        kind=kind,
        choices=choices,
        is_required=draw(st.booleans()),
        disqualifying=tuple(draw(st.lists(st.sampled_from(values), unique=True, max_size=1))) if values else (),
        at_least=draw(st.none() | st.just(low)) if is_number else None,
        at_most=draw(st.none() | st.just(high)) if is_number else None,
        within_days=draw(st.none() | st.integers(0, 9)) if kind is QuestionKind.DATE else None,
        points={value: draw(st.integers(0, 9)) for value in values or ("answered",)},
    )


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    asked = tuple(draw(questions(f"q{number}")) for number in range(draw(st.integers(1, 5))))
    most = sum(map(best_points, asked))
    return Agreement(asked, draw(st.integers(0, most)))


def a_value(question: Question) -> st.SearchStrategy[Value]:
    known: st.SearchStrategy[Value] = {
        QuestionKind.YES_NO: st.booleans(),
        QuestionKind.CHOICE: st.sampled_from(question.choices or ("a",)),
        QuestionKind.NUMBER: st.integers(-12, 12),
        QuestionKind.DATE: st.dates(date(2026, 2, 25), date(2026, 3, 20)).map(date.isoformat),
        QuestionKind.TEXT: st.text(min_size=1, max_size=5),
    }[question.kind]
    return st.none() | known


@st.composite
def judged(draw: st.DrawFn) -> tuple[Agreement, list[Answer]]:
    agreement = draw(agreements())
    asked = draw(st.lists(st.sampled_from(agreement.questions), max_size=12))
    answers = [an_answer(question.key, draw(a_value(question)), number) for number, question in enumerate(asked)]
    return agreement, answers


def an_answer(question: str, value: Value, number: int = 0) -> Answer:
    at = START + timedelta(minutes=number // 2)
    return Answer(UUID(int=number), NOBODY, NOBODY, question, value, None, "", at, None)


@given(judged())
def test_an_agreement_the_builder_makes_is_one_it_accepts(case):
    agreement, _ = case
    check_agreement(agreement)
    assert read_agreement(write_agreement(agreement)) == agreement


@given(judged(), st.randoms())
def test_the_order_in_which_answers_are_told_does_not_matter(case, chance):
    agreement, answers = case
    shuffled = answers[:]
    chance.shuffle(shuffled)
    assert judge(agreement, shuffled) == judge(agreement, answers)


@given(judged())
def test_open_always_says_what_to_ask_next_and_else_nothing(case):
    agreement, answers = case
    judgement = judge(agreement, answers)
    assert (judgement.verdict is Verdict.OPEN) == (judgement.next_question is not None)
    assert judgement.explanation
    assert len(judgement.findings) == len(agreement.questions)


@given(judged())
def test_in_means_all_required_known_points_enough_nothing_against(case):
    agreement, answers = case
    judgement = judge(agreement, answers)
    effects = {finding.question: finding.effect for finding in judgement.findings}
    is_in = (
        all(effects[question.key] is Effect.MET for question in agreement.questions if question.is_required)
        and judgement.points >= agreement.minimum_points
        and Effect.DISQUALIFIES not in effects.values()
    )
    assert (judgement.verdict is Verdict.IN) == is_in


@given(judged(), st.data())
def test_out_stays_out_whatever_else_is_answered(case, data):
    agreement, answers = case
    before = judge(agreement, answers)
    against = {finding.question for finding in before.findings if finding.effect is Effect.DISQUALIFIES}
    others = [question for question in agreement.questions if question.key not in against]
    if before.verdict is not Verdict.OUT or not against or not others:
        return
    question = data.draw(st.sampled_from(others))
    more = an_answer(question.key, data.draw(a_value(question)), 99)
    assert judge(agreement, [*answers, more]).verdict is Verdict.OUT


@given(judged(), st.data())
def test_asking_on_ends_with_a_verdict(case, data):
    agreement, answers = case
    for number in range(len(agreement.questions) + 1):
        judgement = judge(agreement, answers)
        if judgement.next_question is None:
            break
        known = a_value(judgement.next_question).filter(lambda value: value is not None)
        answers = [*answers, an_answer(judgement.next_question.key, data.draw(known), 100 + number)]
    assert judgement.verdict is not Verdict.OPEN


@given(judged())
def test_a_repeated_answer_changes_nothing(case):
    agreement, answers = case
    assert judge(agreement, [*answers, *answers]) == judge(agreement, answers)


def test_the_last_answer_counts_and_not_known_reopens_the_question():
    agreement = Agreement((Question("need", "Need?", QuestionKind.YES_NO, disqualifying=("no",)),))
    no, yes, unknown = an_answer("need", value=False), an_answer("need", True, 2), an_answer("need", None, 4)
    assert judge(agreement, [no]).verdict is Verdict.OUT
    assert judge(agreement, [no, yes]).verdict is Verdict.IN
    asked = judge(agreement, [no, yes, unknown])
    assert (asked.verdict, asked.findings[0].effect) == (Verdict.OPEN, Effect.UNKNOWN)


def test_what_was_not_asked_comes_before_what_was_not_known():
    first, second = (Question(key, f"{key}?", QuestionKind.TEXT) for key in ("first", "second"))
    judgement = judge(Agreement((first, second)), [an_answer("first", None)])
    assert judgement.next_question == second


def test_points_that_can_no_longer_be_reached_qualify_out():
    size = Question("size", "Size?", QuestionKind.CHOICE, ("big", "small"), points={"big": 10})
    judgement = judge(Agreement((size,), 10), [an_answer("size", "small")])
    assert judgement.verdict is Verdict.OUT
    assert "can no longer be reached" in judgement.explanation


@pytest.mark.parametrize(
    ("question", "value", "verdict"),
    [
        (Question("n", "?", QuestionKind.NUMBER, at_least=50), 49, Verdict.OUT),
        (Question("n", "?", QuestionKind.NUMBER, at_least=50), 50, Verdict.IN),
        (Question("n", "?", QuestionKind.NUMBER, at_most=1.5), 1.6, Verdict.OUT),
        (Question("d", "?", QuestionKind.DATE, within_days=30), "2026-04-01", Verdict.IN),
        (Question("d", "?", QuestionKind.DATE, within_days=30), "2026-04-02", Verdict.OUT),
    ],
)
def test_bounds_qualify_out_beyond_them(question, value, verdict):
    assert judge(Agreement((question,)), [an_answer(question.key, value)]).verdict is verdict


@pytest.mark.parametrize("name", ["BANT", "CHAMP", "MEDDICC"])
def test_each_ready_made_set_can_be_passed_and_failed(name):
    document = ready_made()[name]
    assert document.sources
    best = {
        question.key: max(question.points, key=question.points.__getitem__)
        if question.kind is QuestionKind.CHOICE
        else "said so"
        for question in document.questions
    }
    answers = [an_answer(key, value) for key, value in read_answers(document.agreement, best).items()]
    assert judge(document.agreement, answers).verdict is Verdict.IN
    against = next(question for question in document.questions if question.disqualifying)
    assert judge(document.agreement, [an_answer(against.key, against.disqualifying[0])]).verdict is Verdict.OUT


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (QuestionKind.YES_NO, "Yes", True),
        (QuestionKind.YES_NO, "0", False),
        (QuestionKind.YES_NO, " ? ", None),
        (QuestionKind.CHOICE, "This Year", "this_year"),
        (QuestionKind.NUMBER, "12", 12),
        (QuestionKind.NUMBER, 1.5, 1.5),
        (QuestionKind.DATE, "2026-02-28", "2026-02-28"),
        (QuestionKind.TEXT, " prices ", "prices"),
        (QuestionKind.TEXT, None, None),
    ],
)
def test_answers_are_read_as_people_give_them(kind, given, kept):
    choices = ("this_year", "later") if kind is QuestionKind.CHOICE else ()
    assert read_value(Question("q", "?", kind, choices), given) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (QuestionKind.YES_NO, "maybe"),
        (QuestionKind.CHOICE, "sometime"),
        (QuestionKind.NUMBER, "many"),
        (QuestionKind.NUMBER, "inf"),
        (QuestionKind.NUMBER, True),
        (QuestionKind.DATE, "2026-02-30"),
        (QuestionKind.TEXT, "x" * 6_000),
        (QuestionKind.TEXT, "a\0b"),
    ],
)
def test_answers_that_cannot_be_read_are_refused_by_question(kind, given):
    with pytest.raises(Invalid) as refused:
        read_value(Question("q", "?", kind, ("now", "later")), given)
    assert refused.value.fields[0].field == "q"


def test_an_unknown_question_is_answered_with_those_there_are():
    with pytest.raises(Invalid, match="budget, authority, need, timeline"):
        read_answers(ready_made()["BANT"].agreement, {"colour": "red"})


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (Question("Bad key", "?", QuestionKind.TEXT), "key"),
        (Question("q", " ", QuestionKind.TEXT), "needs a text"),
        (Question("q", "?", QuestionKind.CHOICE, ("one",)), "two choices"),
        (Question("q", "?", QuestionKind.CHOICE, ("One", "one")), "read alike"),
        (Question("q", "?", QuestionKind.TEXT, ("a", "b")), "takes no choices"),
        (Question("q", "?", QuestionKind.CHOICE, ("a", "b"), disqualifying=("c",)), "does not have"),
        (Question("q", "?", QuestionKind.YES_NO, disqualifying=("yes", "no")), "every answer"),
        (Question("q", "?", QuestionKind.CHOICE, ("a", "b"), points={"c": 1}), "points for answers"),
        (Question("q", "?", QuestionKind.CHOICE, ("a", "b"), points={"a": -1}), "negative points"),
        (Question("q", "?", QuestionKind.TEXT, at_least=1), "no 'number'"),
        (Question("q", "?", QuestionKind.NUMBER, at_least=2, at_most=1), "above at_most"),
        (Question("q", "?", QuestionKind.TEXT, within_days=1), "no 'date'"),
        (Question("q", "?", QuestionKind.DATE, within_days=-1), "negative within_days"),
    ],
)
def test_the_builder_names_each_fault(wrong, reason):
    with pytest.raises(Invalid, match=reason):
        check_agreement(Agreement((wrong,)))


def test_the_builder_refuses_what_nobody_could_pass():
    question = Question("q", "?", QuestionKind.TEXT, points={"answered": 5})
    with pytest.raises(Invalid, match="minimum_points must be 0 to 5"):
        check_agreement(Agreement((question,), 6))
    with pytest.raises(Invalid, match="stands there twice"):
        check_agreement(Agreement((question, question)))
    with pytest.raises(Invalid, match="1 to 100"):
        check_agreement(Agreement(()))


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "x"}', '{"name": "x", "questions": [{"key": 1}]}', b"\xff"])
def test_a_document_that_is_none_is_refused_by_field(text):
    with pytest.raises(Invalid) as refused:
        read_document(text)
    assert refused.value.fields


@settings(max_examples=200)
@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none(), st.sampled_from(QuestionKind))
def test_any_answer_is_read_or_refused_never_anything_else(given, kind):
    try:
        value = read_value(Question("q", "?", kind, ("a", "b")), given)
    except Invalid:
        return
    assert value is None or isinstance(value, bool | int | float | str)
