"""Who gets a lead, pure: named-account owner, then territory rules, then the weighted round robin.

The round robin is smooth (nginx's algorithm): at each turn everybody who can take a lead gains credit by weight,
the one with most credit takes it and pays the sum of those weights. Over any stretch everybody's share stays
within one turn of their weight's, and turns of one member are spread evenly. Who is away, at capacity or of
weight 0 is passed over and gains nothing meanwhile, so nobody is swamped on coming back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast
from uuid import UUID

from offhook.kernel.events import Json
from offhook.leads.conditions import Condition, LeadFacts, parse
from offhook.leads.routing.model import Because, Choice, Member, NamedOwner, Purpose, RoutingRule

EVERYBODY = "*"
_ALL = {Purpose.REP: "reps", Purpose.AE: "AEs"}
MOST_TOLD = 8
"""So many of those passed over are named in an explanation."""


@dataclass(slots=True)
class Turn:
    """A member's standing in one pool."""

    credit: int = 0
    assigned: int = 0


@dataclass(slots=True)
class Rotation:
    """Whose turn it is, pool by pool; keeps what it changed in `touched`, to be saved."""

    turns: dict[tuple[str, UUID], Turn] = field(default_factory=dict[tuple[str, UUID], Turn])
    touched: set[tuple[str, UUID]] = field(default_factory=set[tuple[str, UUID]])
    _last: tuple[str, Sequence[Member], list[tuple[Turn, Member]], int] | None = None

    def next(self, pool: str, eligible: Sequence[Member]) -> Member | None:
        """Whose turn it is among those who can take one; None when nobody can. Ties go to the smaller id."""
        if not eligible:
            return None
        standings, total = self._standings(pool, eligible)
        best, chosen = standings[0]
        for turn, member in standings:
            turn.credit += member.weight
            if turn.credit > best.credit:
                best, chosen = turn, member
        best.credit -= total
        best.assigned += 1
        return chosen

    def saved(self) -> None:
        """What was touched is kept elsewhere now."""
        self.touched.clear()
        self._last = None

    def _standings(self, pool: str, eligible: Sequence[Member]) -> tuple[list[tuple[Turn, Member]], int]:
        """The turns of those eligible, and the sum of their weights; kept while the same list is asked about."""
        if self._last is None or self._last[0] != pool or self._last[1] is not eligible:
            keys = [(pool, member.user_id) for member in eligible]
            standings = [
                (self.turns.setdefault(key, Turn()), member) for key, member in zip(keys, eligible, strict=True)
            ]
            self.touched.update(keys)
            self._last = (pool, eligible, standings, sum(member.weight for member in eligible))
        return self._last[2], self._last[3]


def refusal(member: Member) -> str | None:
    """Why a member cannot take a lead now; None when they can."""
    if member.weight == 0:
        return "takes no leads"
    if member.is_away:
        return "is away"
    if member.capacity is not None and member.load >= member.capacity:
        return f"is at capacity ({member.capacity})"
    return None


class Router:
    """Routes the leads of one batch: what it gives to whom counts for the next."""

    def __init__(
        self,
        purpose: Purpose,
        members: Iterable[Member],
        rules: Iterable[RoutingRule],
        team_names: Mapping[UUID, str],
        rotation: Rotation,
    ) -> None:
        """Members in any order; rules are tried by position. Raises `Invalid` for a rule that cannot be read."""
        self.purpose = purpose
        self.members = {member.user_id: member for member in sorted(members, key=lambda m: m.user_id)}
        self.rules: list[tuple[RoutingRule, Condition]] = [
            (rule, parse(rule.conditions))
            for rule in sorted(rules, key=lambda r: (r.position, r.id))
            if rule.is_active and rule.purpose is purpose
        ]
        self.team_names = team_names
        self.rotation = rotation
        self._pools: dict[tuple[UUID | None, UUID | None], tuple[list[Member], list[str]]] = {}
        self._explained: dict[tuple[str, str, UUID, UUID | None], dict[str, Json]] = {}

    def choose(
        self, facts: LeadFacts, named: NamedOwner | None = None, *, excluding: UUID | None = None
    ) -> Choice:
        """Whom the lead goes to; `excluding` gives it to anybody but them."""
        skipped: list[str] = []
        if named is not None:
            owner = self._give(named.user_id, named.team_id, excluding, Because.NAMED_ACCOUNT, _named(named))
            if owner is not None:
                return owner
            skipped += self._why_not(named.user_id)
        for rule, condition in self.rules:
            if condition.holds(facts):
                chosen = self._give(
                    rule.user_id, rule.team_id, excluding, Because.TERRITORY, _rule(rule, condition)
                )
                if chosen is not None:
                    return _with_skipped(chosen, skipped)
                skipped += self._why_not(rule.user_id)
        turn = self._turn_of(None, excluding, Because.ROUND_ROBIN, {}) or self._unclaimed(excluding)
        return _with_skipped(turn, skipped)

    def _why_not(self, user_id: UUID | None) -> list[str]:
        """Why the lead did not go to the user whom a list or rule names."""
        member = self.members.get(user_id) if user_id else None
        why = refusal(member) if member else None
        return [f"{member.name} {why}"] if member and why else []

    def _unclaimed(self, excluding: UUID | None) -> Choice:
        text = "Nobody can take it now: it waits for whoever claims it first."
        return Choice(None, None, Because.POOL, self._with_passed_over({"text": text}, None, excluding))

    def _with_passed_over(
        self, told: Mapping[str, Json], team_id: UUID | None, excluding: UUID | None
    ) -> dict[str, Json]:
        """What is told, and who was passed over for what reason, if anybody was."""
        passed_over = self._pool(team_id, excluding)[1]
        return {**told, "passed_over": [*passed_over[:MOST_TOLD]]} if passed_over else {**told}

    def _give(
        self,
        user_id: UUID | None,
        team_id: UUID | None,
        excluding: UUID | None,
        because: Because,
        told: Mapping[str, Json],
    ) -> Choice | None:
        """To a user, in turn to a team's members, or into the team's pool; None when the user cannot take it."""
        if user_id is None:
            return self._turn_of(team_id, excluding, because, told) or self._into_pool(team_id, excluding, told)
        member = self.members.get(user_id)
        if member is None or user_id == excluding or refusal(member):
            return None
        self._load(member)
        return Choice(user_id, member.team_id, because, {**told, "text": f"{told['text']} {member.name}."})

    def _into_pool(self, team_id: UUID | None, excluding: UUID | None, told: Mapping[str, Json]) -> Choice:
        text = f"{told['text']} {self._team(team_id)}, where nobody can take it now: it waits in the team's pool."
        explanation = self._with_passed_over({**told, "text": text}, team_id, excluding)
        return Choice(None, team_id, Because.POOL, explanation)

    def _turn_of(
        self, team_id: UUID | None, excluding: UUID | None, because: Because, told: Mapping[str, Json]
    ) -> Choice | None:
        eligible, _ = self._pool(team_id, excluding)
        pool = f"{self.purpose}:{team_id or EVERYBODY}"
        member = self.rotation.next(pool, eligible)
        if member is None:
            return None
        key = (str(told.get("text")), pool, member.user_id, excluding)
        explanation = self._explained.get(key)
        if explanation is None:
            share = f"{member.weight} of {sum(one.weight for one in eligible)} turns"
            text = self._turn_text(team_id, member, share, told)
            explanation = self._with_passed_over({**told, "text": text, "pool": pool}, team_id, excluding)
            self._explained[key] = explanation
        self._load(member)
        return Choice(member.user_id, member.team_id, because, explanation)

    def _turn_text(self, team_id: UUID | None, member: Member, share: str, told: Mapping[str, Json]) -> str:
        if team_id is None:
            return f"It was {member.name}'s turn among all {_ALL[self.purpose]} ({share})."
        return f"{told['text']} {self._team(team_id)}; it was {member.name}'s turn there ({share})."

    def _team(self, team_id: UUID | None) -> str:
        return f"team {self.team_names[team_id]}" if team_id and team_id in self.team_names else "no team"

    def _pool(self, team_id: UUID | None, excluding: UUID | None) -> tuple[list[Member], list[str]]:
        """Who of a team (None: of all) can take a lead now, and why the others cannot."""
        found = self._pools.get((team_id, excluding))
        if found is None:
            of_team = [m for m in self.members.values() if team_id is None or m.team_id == team_id]
            passed_over = [f"{m.name} {why}" for m in of_team if (why := refusal(m))]
            eligible = [m for m in of_team if m.user_id != excluding and refusal(m) is None]
            found = self._pools[team_id, excluding] = (eligible, passed_over)
        return found

    def _load(self, member: Member) -> None:
        """One more lead for them; who is full now leaves the pools."""
        if member.capacity is None:
            return
        fuller = replace(member, load=self.members[member.user_id].load + 1)
        self.members[member.user_id] = fuller
        if refusal(fuller):
            self._pools.clear()
            self._explained.clear()


def _with_skipped(choice: Choice, skipped: Sequence[str]) -> Choice:
    """The choice, told with whom a list or a rule named before and why it is not they."""
    if not skipped:
        return choice
    others = cast("list[Json]", choice.explanation.get("passed_over", []))
    passed_over: list[Json] = [*dict.fromkeys([*skipped, *map(str, others)])]
    return replace(choice, explanation={**choice.explanation, "passed_over": passed_over[:MOST_TOLD]})


def _named(named: NamedOwner) -> dict[str, Json]:
    return {"text": f"The account is on the named list '{named.list_name}' of", "list": named.list_name}


def _rule(rule: RoutingRule, condition: Condition) -> dict[str, Json]:
    return {
        "text": f"Rule '{rule.name}' ({condition.text}) gives it to",
        "rule": rule.name,
        "rule_id": str(rule.id),
        "conditions": condition.text,
    }
