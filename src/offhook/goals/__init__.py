"""Goals and KPIs: what was done and achieved, counted from events, held against targets.

Counts are rolled up as events come and can be made anew from the record; no question reads the record itself, so
answers take as long with ten million activities as with ten thousand.
"""

from offhook.goals.buckets import BUCKETS
from offhook.goals.model import AIMS, Counter, Goal, Kpi, KpiRow, Period, Progress
from offhook.goals.service import (
    daily,
    end_goal,
    goals_page,
    kpi_rows,
    progress,
    recount,
    set_goal,
    take_back_goal,
)
from offhook.goals.store import sum_anew

__all__ = [
    "AIMS",
    "BUCKETS",
    "Counter",
    "Goal",
    "Kpi",
    "KpiRow",
    "Period",
    "Progress",
    "daily",
    "end_goal",
    "goals_page",
    "kpi_rows",
    "progress",
    "recount",
    "set_goal",
    "sum_anew",
    "take_back_goal",
]
