"""The pages for reps and AEs run as written, from top to bottom, and answer what they and leads.md show."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from offhook.cli.main import app
from offhook.kernel.clock import SystemClock
from offhook.kernel.ids import new_id
from offhook.kernel.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
REP, AE, LEADS = (
    (DOCS / name).read_text(encoding="utf-8") for name in ("rep.md", "account-executive.md", "leads.md")
)
MONDAY = datetime(2026, 3, 2, 16, 58, tzinfo=UTC)
"""When the day of the pages begins: 11:58 in New York."""
Earlier = Mapping[str, Sequence[str | datetime]]
GRACE = "grace@eckert.example"
AS_REP, AS_AE, AS_MANAGER = "--as rita@acme.example", "--as alan@acme.example", "--as mona@acme.example"
RESPONDER = f"""Name,Email,Phone,Company,Title,Time zone
Grace Hopper,{GRACE},+1 303 555 0100,Eckert Systems,VP Operations,America/New_York
"""
RESPONDER_OF_LAST_WEEK = """Name,Email,Phone,Company,Title,Country,Registered
Jonas Brandt,j.brandt@eichwerk.example,+49 30 23125 014,Eichwerk GmbH,Geschäftsführer,Germany,2026-11-17T09:00:00Z
"""
OFFER = f"hand-off offer --person {GRACE} --meeting '2026-03-04 10:15' {AS_REP}"

BEFORE: Earlier = {
    "hand-off offer --person grace@eckert.example --meeting": [f"hand-off withdraw --person {GRACE}"],
    "hand-off reschedule '2026-03-05 10:15' --person grace@eckert.example": [OFFER],
    "recycle": [f"hand-off withdraw --person {GRACE} {AS_REP}"],
    "disqualify": [f"reopen --person {GRACE}"],
    "named list": [
        f"named new 'Targets 2026' --rep rita@acme.example {AS_MANAGER}",
        f"named add 'Targets 2026' --domain eckert.example {AS_MANAGER}",
    ],
}
"""What else somebody did before a command of the rep's page: its examples stand for several days."""
BEFORE_THE_AE: Earlier = {
    "hand-off list": [OFFER],
    "hand-off meeting": [OFFER, f"hand-off accept --person {GRACE}", datetime(2026, 3, 4, 16, tzinfo=UTC)],
    "hand-off reschedule": [
        f"hand-off reject --person {GRACE} --reason bad_timing",
        OFFER.replace("03-04", "03-09"),
    ],
    "hand-off confirm": [f"hand-off accept --person {GRACE}"],
}
"""Likewise, and until when the AE waited."""

runner = CliRunner()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time by which commands go, in a list of one."""
    standing = [MONDAY]
    monkeypatch.setattr(SystemClock, "now", lambda _: standing[0])
    return standing


@pytest.fixture(autouse=True)
def floor(
    now: list[datetime],
    settings: Settings,
    session_database: object,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The people of the pages, and Grace, whose lead has been Rita's for an hour."""
    made = f"day-{new_id().hex[-8:]}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OFFHOOK_DATA", str(settings.data))
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("OFFHOOK_DATABASE_URL", "OFFHOOK_AS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OFFHOOK_ORGANISATION", made)
    say(f"init --name Acme --slug {made} --admin admin@acme.example --time-zone America/New_York")
    say("teams add West")
    for email, name, role in (
        ("rita@acme.example", "Rita Rep", "rep --team West"),
        ("alan@acme.example", "Alan Exec", "ae"),
        ("mona@acme.example", "Mona Manager", "manager"),
    ):
        say(f"users add {email} --name '{name}' --role {role}")


def say(line: str) -> str:
    """Give a command, which must succeed."""
    answer = runner.invoke(app, shlex.split(line, comments=True))
    assert answer.exit_code == 0, (line, answer.output, answer.exception)
    return answer.output


def words(text: str) -> str:
    """The words of an answer, however it is drawn and whatever ids it names."""
    plain = " ".join(re.sub(r"[─│┌┬┐├┼┤└┴┘]+", " ", text).split())
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", plain)


def steps(page: str) -> Iterator[tuple[str, str]]:
    """Each command of a page with what is shown after its block, for the one that answers so; else nothing."""
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        if language == "sh":
            for line in block.splitlines():
                if line.startswith("offhook "):
                    yield re.sub(r"\s+#.*", "", line.removeprefix("offhook ")), ""
        elif not language:
            yield "", block


def walk(page: str, before: Earlier, now: list[datetime]) -> list[str]:
    """Give the commands of a page, a minute apart. Returns what they answered; what is shown must be among it."""
    answers = [""]
    for line, shown in steps(page):
        if shown:
            assert shown_by(answers, shown), (shown, answers[-3:])
            continue
        for start, prepared in before.items():
            if line.startswith(start):
                for one in prepared:
                    if isinstance(one, datetime):
                        now[0] = one
                    else:
                        say(one)
        answers.append(said(line))
        now[0] += timedelta(minutes=1)
    return answers


def shown_by(answers: Sequence[str], shown: str) -> bool:
    """Whether one of the answers says what is shown; a line with … stands for what was left out."""
    parts = [words(part) for part in shown.split("\n…\n")]
    return any(all(part in words(answer) for part in parts) for answer in answers)


def said(line: str) -> str:
    """Give a command of a page: for an id that it names, that of the last conversation; `>` goes to a file."""
    line, _, file = line.partition(" > ")
    if re.search(r"\b01a2\S{4}-", line):
        line = re.sub(r"\b01a2[0-9a-f-]{32}", last_conversation(), line)
    output = say(f"{line} {AS_MANAGER}" if line.startswith("criteria") else line)
    if file:
        Path(file).write_text(output, encoding="utf-8")
    return output


def last_conversation() -> str:
    """The id of Grace's last call that reached her."""
    calls = json.loads(say(f"log list --person {GRACE} --json"))
    return next((one["id"] for one in calls if one["is_conversation"]), calls[0]["id"])


@pytest.fixture
def grace(now: list[datetime], tmp_path: Path) -> None:
    """Grace came to a webinar an hour ago, and Rita got her lead."""
    now[0] = MONDAY - timedelta(minutes=25)
    (tmp_path / "webinar.csv").write_text(RESPONDER, encoding="utf-8")
    say("import webinar.csv --campaign Webinar --kind webinar --mql")
    now[0] = MONDAY


def test_a_reps_day_runs_as_the_page_says(
    grace: None, now: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(f"criteria new --from BANT {AS_MANAGER}")
    say(f"criteria publish BANT --agreed-with 'Head of Sales' {AS_MANAGER}")
    monkeypatch.setenv("OFFHOOK_AS", "rita@acme.example")
    assert len(walk(REP, BEFORE, now)) > 30


def test_an_aes_day_runs_as_the_page_says(
    grace: None, now: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    say(f"criteria new --from BANT {AS_MANAGER}")
    say(f"criteria publish BANT --agreed-with 'Head of Sales' {AS_MANAGER}")
    answers = "budget=approved authority=decides need=urgent timeline=within_3_months"
    say(f"qualify answer {answers} --person {GRACE} {AS_REP}")
    monkeypatch.setenv("OFFHOOK_AS", "alan@acme.example")
    assert len(walk(AE, BEFORE_THE_AE, now)) > 8


def test_the_page_on_leads_shows_what_a_score_and_a_choice_look_like(now: list[datetime], tmp_path: Path) -> None:
    now[0] = datetime(2026, 11, 24, 9, tzinfo=UTC)
    say("teams add Europe")
    for email, name in (("ann@acme.example", "Ann Lee"), ("eva@acme.example", "Eva Lund")):
        say(f"users add {email} --name '{name}' --role rep --team Europe")
    say("absences add eva@acme.example --from 2026-11-20 --until 2026-11-30")
    routing = next(line for line, _ in steps(LEADS) if line.startswith("routing add"))
    say(routing)
    (tmp_path / "webinar.csv").write_text(RESPONDER_OF_LAST_WEEK, encoding="utf-8")
    say("import webinar.csv --campaign Webinar --kind webinar")
    person = "--person j.brandt@eichwerk.example"
    answers = [say(f"leads show {person}"), say(f"leads why {person}")]
    for shown in (shown for _, shown in steps(LEADS) if shown):
        assert shown_by(answers, shown), shown + answers[0]
