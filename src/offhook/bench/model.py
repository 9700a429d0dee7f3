"""What a bench says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value with the goal it is held against.

    `holds` is None for a figure that only informs. `detail` tells how it came about, with absolute values.
    """

    name: str
    value: float
    unit: str
    goal: str
    holds: bool | None
    detail: str


def at_least(name: str, value: float, unit: str, goal: float, detail: str) -> Figure:
    """A figure whose goal is a lower bound."""
    return Figure(name, round(value, 4), unit, f">= {goal:g}", value >= goal, detail)


def at_most(name: str, value: float, unit: str, goal: float, detail: str) -> Figure:
    """A figure whose goal is an upper bound."""
    return Figure(name, round(value, 4), unit, f"<= {goal:g}", value <= goal, detail)


def fact(name: str, value: float, unit: str, detail: str) -> Figure:
    """A figure without a goal."""
    return Figure(name, round(value, 4), unit, "", None, detail)
