"""The verdict, pure: in, out or still open, from the agreement and the answers alone.

- The last answer to each question counts, whatever order they are given in.
- Out: some answer disqualifies, or the minimum of points can no longer be reached. Out is not outweighed.
- In: every required question is answered and the points reach the minimum.
- Open otherwise; then there is always a question to ask next: the first that was not asked, else the first
  that was asked and not known.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite

from offhook.kernel.errors import FieldError, Invalid
from offhook.leads.qualification.model import (
    ANSWERED,
    Agreement,
    Answer,
    Effect,
    Finding,
    Judgement,
    Question,
    QuestionKind,
    Value,
    Verdict,
)

LONGEST_ANSWER = 5_000
MOST_QUESTIONS = 100
KEY = re.compile(r"[a-z][a-z0-9_]{0,49}")
YES = frozenset({"yes", "y", "true", "1"})
NO = frozenset({"no", "n", "false", "0"})
NOT_KNOWN = frozenset({"", "?"})


def judge(agreement: Agreement, answers: Sequence[Answer]) -> Judgement:
    """What these answers to this agreement come to, and why."""
    last = last_answers(answers)
    findings = tuple(_finding(question, last.get(question.key)) for question in agreement.questions)
    points = sum(finding.points for finding in findings)
    verdict = _verdict(agreement, findings, points)
    upcoming = _next(agreement, findings, points) if verdict is Verdict.OPEN else None
    explanation = _explained(agreement, verdict, findings, points, upcoming)
    return Judgement(verdict, points, agreement.minimum_points, upcoming, findings, explanation)


def last_answers(answers: Sequence[Answer]) -> dict[str, Answer]:
    """The last answer to each question, by time and then by id."""
    last: dict[str, Answer] = {}
    for answer in answers:
        before = last.get(answer.question)
        if before is None or (answer.at, answer.id) > (before.at, before.id):
            last[answer.question] = answer
    return last


def _verdict(agreement: Agreement, findings: Sequence[Finding], points: int) -> Verdict:
    effects = {finding.effect for finding in findings}
    if Effect.DISQUALIFIES in effects or _reachable(agreement, findings, points) < agreement.minimum_points:
        return Verdict.OUT
    is_complete = all(
        finding.effect is Effect.MET
        for question, finding in zip(agreement.questions, findings, strict=True)
        if question.is_required
    )
    return Verdict.IN if is_complete and points >= agreement.minimum_points else Verdict.OPEN


def _reachable(agreement: Agreement, findings: Sequence[Finding], points: int) -> int:
    """The points if every question without an answer were answered best."""
    return points + sum(
        best_points(question)
        for question, finding in zip(agreement.questions, findings, strict=True)
        if finding.effect is not Effect.MET
    )


def best_points(question: Question) -> int:
    """The most points an answer that does not disqualify can earn."""
    return max(
        (points for answer, points in question.points.items() if answer not in question.disqualifying), default=0
    )


def _next(agreement: Agreement, findings: Sequence[Finding], points: int) -> Question | None:
    waiting = [
        (question, finding)
        for question, finding in zip(agreement.questions, findings, strict=True)
        if finding.effect is not Effect.MET
    ]
    needs_points = points < agreement.minimum_points
    wanted = [pair for pair in waiting if pair[0].is_required] or [
        pair for pair in waiting if needs_points and best_points(pair[0])
    ]
    unasked = [question for question, finding in wanted if finding.effect is not Effect.UNKNOWN]
    return next(iter(unasked or [question for question, _ in wanted]), None)


def _finding(question: Question, answer: Answer | None) -> Finding:
    if answer is None:
        if question.is_required:
            return Finding(question.key, Effect.MISSING, 0, f"{question.text} Not asked yet.")
        return Finding(question.key, Effect.OPTIONAL, 0, f"{question.text} Not asked; not required.")
    if answer.value is None:
        return Finding(question.key, Effect.UNKNOWN, 0, f"{question.text} Asked, not known yet.")
    said = _said(answer.value)
    if objection := _objection(question, answer):
        return Finding(question.key, Effect.DISQUALIFIES, 0, f"{question.text} {said}: {objection}.")
    points = question.points.get(said if question.kind in _BY_VALUE else ANSWERED, 0)
    return Finding(question.key, Effect.MET, points, f"{question.text} {said}.")


_BY_VALUE = frozenset({QuestionKind.YES_NO, QuestionKind.CHOICE})


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _objection(question: Question, answer: Answer) -> str | None:
    """Why this answer qualifies out; None when it does not."""
    value = answer.value
    if question.kind in _BY_VALUE:
        return "was agreed to qualify out" if _said(value) in question.disqualifying else None
    if question.kind is QuestionKind.NUMBER and isinstance(value, int | float):
        return _out_of_bounds(question, value)
    if question.kind is QuestionKind.DATE and question.within_days is not None:
        days = (date.fromisoformat(str(value)) - answer.at.date()).days
        return f"is more than {question.within_days} days away" if days > question.within_days else None
    return None


def _out_of_bounds(question: Question, value: float) -> str | None:
    if question.at_least is not None and value < question.at_least:
        return f"is below {question.at_least:g}"
    if question.at_most is not None and value > question.at_most:
        return f"is above {question.at_most:g}"
    return None


def _explained(
    agreement: Agreement, verdict: Verdict, findings: Sequence[Finding], points: int, upcoming: Question | None
) -> str:
    required = [question.key for question in agreement.questions if question.is_required]
    met = {finding.question for finding in findings if finding.effect is Effect.MET}
    known = f"{sum(key in met for key in required)} of {len(required)} required answers"
    scored = f", {points} of {agreement.minimum_points} points" if agreement.minimum_points else ""
    if verdict is Verdict.IN:
        return f"Qualified: {known}{scored}."
    if verdict is Verdict.OPEN:
        return f"Still open: {known}{scored}." + (f" Ask next: {upcoming.text}" if upcoming else "")
    against = " ".join(finding.text for finding in findings if finding.effect is Effect.DISQUALIFIES)
    return (
        f"Qualified out. {against}"
        if against
        else (
            f"Qualified out: {agreement.minimum_points} points can no longer be reached"
            f" (at most {_reachable(agreement, findings, points)})."
        )
    )


# Reading answers


def read_value(question: Question, given: object) -> Value:
    """An answer as it is kept. None, "" and "?" mean: asked, not known.

    Raises `Invalid` saying which answers there are.
    """
    if given is None or (isinstance(given, str) and given.strip() in NOT_KNOWN):
        return None
    return _READERS[question.kind](question, given)


def _read_yes_no(question: Question, given: object) -> Value:
    if isinstance(given, bool):
        return given
    text = str(given).strip().lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise _unreadable(question, "takes yes or no", given)


def _read_choice(question: Question, given: object) -> Value:
    wanted = str(given).strip().casefold().replace(" ", "_")
    for choice in question.choices:
        if choice.casefold().replace(" ", "_") == wanted:
            return choice
    raise _unreadable(question, f"takes one of {', '.join(question.choices)}", given)


def _read_number(question: Question, given: object) -> Value:
    try:
        number = float(str(given).strip().replace("_", ""))
    except ValueError:
        number = float("nan")
    if isinstance(given, bool) or not isfinite(number):
        raise _unreadable(question, "takes a number", given)
    return int(number) if number.is_integer() else number


def _read_date(question: Question, given: object) -> Value:
    try:
        return date.fromisoformat(str(given).strip()).isoformat()
    except ValueError:
        raise _unreadable(question, "takes a date such as 2026-09-30", given) from None


def _read_text(question: Question, given: object) -> Value:
    text = str(given).strip()
    if len(text) > LONGEST_ANSWER or "\0" in text:
        raise _unreadable(question, f"takes a text of at most {LONGEST_ANSWER:,} characters", text[:50])
    return text


_READERS = {
    QuestionKind.YES_NO: _read_yes_no,
    QuestionKind.CHOICE: _read_choice,
    QuestionKind.NUMBER: _read_number,
    QuestionKind.DATE: _read_date,
    QuestionKind.TEXT: _read_text,
}


def _unreadable(question: Question, reason: str, given: object) -> Invalid:
    return Invalid(
        f"The question '{question.key}' {reason}; the answer was {str(given)[:100]!r}.",
        fields=[FieldError(question.key, reason, str(given)[:100])],
    )


# The builder: what an agreement must be


def check_agreement(agreement: Agreement) -> None:
    """Raise `Invalid` with every fault of an agreement, each naming its question."""
    faults = _faults_of_all(agreement)
    for question in agreement.questions:
        faults += [FieldError(f"questions.{question.key}", reason) for reason in _faults(question)]
    if faults:
        told = "; ".join(f"{fault.field} {fault.reason}" for fault in faults)
        raise Invalid(f"These criteria cannot be used: {told}.", fields=faults)


def _faults_of_all(agreement: Agreement) -> list[FieldError]:
    faults: list[FieldError] = []
    keys = [question.key for question in agreement.questions]
    if not 1 <= len(keys) <= MOST_QUESTIONS:
        faults.append(FieldError("questions", f"must be 1 to {MOST_QUESTIONS}"))
    faults += [
        FieldError(f"questions.{key}", "stands there twice") for key in sorted(set(keys)) if keys.count(key) > 1
    ]
    most = sum(map(best_points, agreement.questions))
    if not 0 <= agreement.minimum_points <= most:
        faults.append(
            FieldError(
                "minimum_points", f"must be 0 to {most}, all that can be earned", str(agreement.minimum_points)
            )
        )
    return faults


def _faults(question: Question) -> list[str]:
    values = _values(question)
    return [
        reason
        for reason, is_fault in (
            (
                "needs a key of small letters, digits and _, beginning with a letter",
                not KEY.fullmatch(question.key),
            ),
            ("needs a text", not question.text.strip()),
            *_choice_faults(question, values),
            *_bound_faults(question),
        )
        if is_fault
    ]


def _values(question: Question) -> tuple[str, ...]:
    return ("yes", "no") if question.kind is QuestionKind.YES_NO else question.choices


def _choice_faults(question: Question, values: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    by_value = question.kind in _BY_VALUE
    earners: Sequence[str] = values if by_value else (ANSWERED,)
    folded = [value.casefold().replace(" ", "_") for value in values]
    return (
        ("needs at least two choices", question.kind is QuestionKind.CHOICE and len(values) < 2),
        ("has choices that read alike or are empty", len(set(folded) - NOT_KNOWN) < len(folded)),
        (
            "takes no choices, being no 'choice'",
            question.kind is not QuestionKind.CHOICE and bool(question.choices),
        ),
        ("disqualifies by answers it does not have", not set(question.disqualifying) <= set(values)),
        ("disqualifies by every answer it has", by_value and set(question.disqualifying) >= set(values)),
        (
            f"gives points for answers it does not have ({', '.join(earners)})",
            not set(question.points) <= set(earners),
        ),
        ("gives negative points", any(points < 0 for points in question.points.values())),
    )


def _bound_faults(question: Question) -> tuple[tuple[str, bool], ...]:
    low, high = question.at_least, question.at_most
    return (
        (
            "has bounds, but is no 'number'",
            (low, high) != (None, None) and question.kind is not QuestionKind.NUMBER,
        ),
        ("has at_least above at_most", low is not None and high is not None and low > high),
        (
            "has within_days, but is no 'date'",
            question.within_days is not None and question.kind is not QuestionKind.DATE,
        ),
        ("has negative within_days", (question.within_days or 0) < 0),
    )


def read_answers(agreement: Agreement, given: Mapping[str, object]) -> dict[str, Value]:
    """Answers as they are kept, by question. Raises `Invalid` for unknown questions and unreadable answers."""
    questions = {question.key: question for question in agreement.questions}
    if unknown := sorted(set(given) - questions.keys()):
        raise Invalid(
            f"There is no question {', '.join(unknown)} in these criteria; there are: {', '.join(questions)}.",
            fields=[FieldError(key, "no question of these criteria") for key in unknown],
        )
    return {key: read_value(questions[key], value) for key, value in given.items()}
