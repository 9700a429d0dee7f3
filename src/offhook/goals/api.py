"""Routes of goals and KPIs."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from offhook.goals import service
from offhook.goals.export import goals_as_file, kpis_as_file
from offhook.goals.model import Counter, Goal, KpiRow, Period, Progress
from offhook.kernel.database import Transaction
from offhook.kernel.errors import FieldError, Invalid
from offhook.kernel.export import FILE_ANSWER, FileFormat, Table
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.paging import DEFAULT_LIMIT, LARGEST_LIMIT, Page, page_of, read_cursor

router = APIRouter(tags=["goals"])

Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before; leave out for the first page")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIMIT, description="How many at most")]
FirstDay = Annotated[date, Query(alias="from", description="First day", examples=["2026-03-01"])]
LastDay = Annotated[date, Query(alias="to", description="Last day", examples=["2026-03-31"])]
GroupedBy = Annotated[
    Literal["none", "user", "team", "campaign"], Query(description="One row for each, or for all together")
]
OfUser = Annotated[UUID | None, Query(description="Only this rep's")]
OfTeam = Annotated[UUID | None, Query(description="Only this team's")]
OfCampaign = Annotated[UUID | None, Query(description="Only of this campaign")]


class Sent(BaseModel):
    """What a request may hold; a field that is not known is refused, as it is a slip."""

    model_config = ConfigDict(extra="forbid")


class NewGoal(Sent):
    """A goal to set; exactly one of `user_id` and `team_id`."""

    counter: Counter = Field(examples=["sals"], description="What is to be reached")
    period: Period = Field(examples=["week"])
    target: Annotated[int, Field(ge=1, le=service.LARGEST_TARGET)]
    user_id: UUID | None = None
    team_id: UUID | None = None
    starts_on: date | None = Field(
        default=None,
        description="First day; the present period's if left out. An earlier goal like it ends before",
    )


class GoalEnd(Sent):
    """When a goal ends."""

    ends_on: date = Field(description="Its last day")


class GoalOut(BaseModel):
    """So many of something in each period, for a team or a user."""

    id: UUID
    counter: Counter
    period: Period
    target: int
    user_id: UUID | None
    team_id: UUID | None
    starts_on: date
    ends_on: date | None
    version: int

    @classmethod
    def of(cls, goal: Goal) -> "GoalOut":
        """The answer's shape."""
        return cls.model_validate(goal, from_attributes=True)


class ProgressOut(BaseModel):
    """How a goal stands in one period."""

    goal: GoalOut
    whose: str
    first_day: date
    last_day: date
    actual: int
    attainment: float = Field(description="actual / target")
    pace: float | None = Field(description="actual / (target × share of the working time passed); 1 is on track")
    share_passed: float = Field(description="Share of the period's working time that has passed")
    forecast: tuple[int, int] | None = Field(description="Count at the period's end: 80 % interval")
    reached_in_minutes: tuple[float, float, float] | None = Field(
        description="Working minutes until the target: low, expected, high of the 80 % interval"
    )

    @classmethod
    def of(cls, progress: Progress) -> "ProgressOut":
        """The answer's shape."""
        return cls.model_validate(progress, from_attributes=True)


class ProgressList(BaseModel):
    """The goals in force on a day."""

    items: list[ProgressOut]


class KpiOut(BaseModel):
    """One KPI with its two counts (medians: over how many cases)."""

    name: str
    numerator: int | None
    denominator: int | None
    value: float | None = Field(description="null when there is nothing to divide by")


class KpiRowOut(BaseModel):
    """Counts and KPIs of one rep, team, campaign, or of all."""

    key: UUID | None
    name: str
    counts: dict[str, int]
    kpis: list[KpiOut]

    @classmethod
    def of(cls, row: KpiRow) -> "KpiRowOut":
        """The answer's shape."""
        return cls.model_validate(row, from_attributes=True)


class KpisOut(BaseModel):
    """KPIs by rep, team or campaign."""

    items: list[KpiRowOut]


class DayOut(BaseModel):
    """A count of one day."""

    day: date
    count: int


class DaysOut(BaseModel):
    """A counter day by day."""

    items: list[DayOut]


@router.get("/goals", response_model=Page[GoalOut])
def list_goals(cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT, call: Call = CALL) -> Response:
    """List all goals, also those of the past, in the order in which they were set."""

    def work(tx: Transaction) -> Page[GoalOut]:
        rows = service.goals_page(tx, _id_in(cursor), limit + 1)
        return page_of([GoalOut.of(row) for row in rows], limit, lambda row: [str(row.id)])

    return call.read(work)


def _id_in(cursor: str | None) -> UUID | None:
    key = read_cursor(cursor, 1)
    try:
        return UUID(str(key[0])) if key else None
    except ValueError as error:
        wrong = FieldError("cursor", "not a cursor of this list", cursor)
        raise Invalid("The cursor is not one of this list.", fields=[wrong]) from error


@router.post("/goals", status_code=201, response_model=GoalOut)
def set_goal(body: NewGoal, call: Call = CALL) -> Response:
    """Set a goal from a day on; an earlier one for the same thing, period and owner ends the day before."""
    return call.once(lambda tx: GoalOut.of(service.set_goal(tx, **dict(body))), status=201)


@router.patch("/goals/{goal_id}", response_model=GoalOut)
def end_goal(goal_id: UUID, body: GoalEnd, call: Call = CALL) -> Response:
    """Let a goal end with a day."""
    return call.edit(lambda tx, version: GoalOut.of(service.end_goal(tx, goal_id, version, body.ends_on)))


@router.delete("/goals/{goal_id}", response_model=GoalOut)
def take_back_goal(goal_id: UUID, call: Call = CALL) -> Response:
    """Take a goal back, as if it had never been set: what it replaced holds again. Answers what it was."""
    return call.edit(lambda tx, version: GoalOut.of(service.take_back_goal(tx, goal_id, version)))


@router.get("/goals/export", responses=FILE_ANSWER, response_class=FileAnswer)
def export_goals(
    file_format: Annotated[FileFormat, Query(alias="format", description="What kind of file")] = FileFormat.CSV,
    call: Call = CALL,
) -> Response:
    """Write all goals into a file, also those of the past, in the order in which they were set."""
    return call.download(file_format, goals_as_file)


@router.get("/goals/progress", response_model=ProgressList)
def show_progress(
    on: Annotated[date | None, Query(description="The day whose periods are meant; today if left out")] = None,
    user_id: OfUser = None,
    team_id: OfTeam = None,
    period: Annotated[Period | None, Query(description="Only goals of this period")] = None,
    call: Call = CALL,
) -> Response:
    """Tell how the goals in force stand: attainment, pace, forecast, time to goal."""

    def work(tx: Transaction) -> ProgressList:
        found = service.progress(tx, on=on, user_id=user_id, team_id=team_id, period=period)
        return ProgressList(items=[ProgressOut.of(one) for one in found])

    return call.read(work)


@router.get("/goals/{goal_id}", response_model=GoalOut)
def show_goal(goal_id: UUID, call: Call = CALL) -> Response:
    """Show one goal."""
    return call.read(lambda tx: GoalOut.of(service.goal(tx, goal_id)))


@router.get("/kpis", response_model=KpisOut)
def show_kpis(
    first_day: FirstDay,
    last_day: LastDay,
    by: GroupedBy = "none",
    user_id: OfUser = None,
    team_id: OfTeam = None,
    campaign_id: OfCampaign = None,
    call: Call = CALL,
) -> Response:
    """Counts and KPIs of the days from first to last; every ratio with its two counts."""

    def work(tx: Transaction) -> KpisOut:
        rows = service.kpi_rows(
            tx, first_day, last_day, by=by, user_id=user_id, team_id=team_id, campaign_id=campaign_id
        )
        return KpisOut(items=[KpiRowOut.of(row) for row in rows])

    return call.read(work)


@router.get("/kpis/export", responses=FILE_ANSWER, response_class=FileAnswer)
def export_kpis(
    first_day: FirstDay,
    last_day: LastDay,
    by: GroupedBy = "none",
    user_id: OfUser = None,
    team_id: OfTeam = None,
    campaign_id: OfCampaign = None,
    file_format: Annotated[FileFormat, Query(alias="format", description="What kind of file")] = FileFormat.CSV,
    call: Call = CALL,
) -> Response:
    """Write counts and KPIs of the days from first to last into a file, as `GET /kpis` tells them."""

    def work(tx: Transaction) -> Table:
        rows = service.kpi_rows(
            tx, first_day, last_day, by=by, user_id=user_id, team_id=team_id, campaign_id=campaign_id
        )
        return kpis_as_file(rows, by, first_day, last_day)

    return call.download(file_format, work)


@router.get("/kpis/daily", response_model=DaysOut)
def show_daily(
    counter: Annotated[Counter, Query(description="What is counted", examples=["dials"])],
    first_day: FirstDay,
    last_day: LastDay,
    user_id: OfUser = None,
    team_id: OfTeam = None,
    campaign_id: OfCampaign = None,
    call: Call = CALL,
) -> Response:
    """A counter day by day, for charts."""

    def work(tx: Transaction) -> DaysOut:
        found = service.daily(
            tx, counter, first_day, last_day, user_id=user_id, team_id=team_id, campaign_id=campaign_id
        )
        return DaysOut(items=[DayOut(day=day, count=count) for day, count in found])

    return call.read(work)
