"""Routes of mailing: "may I mail?", the own limits, the rules, and the addresses that must not be mailed."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, TypeAdapter

from offhook.compliance.api import Clock, Cursor, Limit, RecordedRefusal, Sent
from offhook.compliance.checking import LONGEST_REASON
from offhook.compliance.do_not_call.api import FILE_BODY, sent_lines
from offhook.compliance.mailing import service
from offhook.compliance.mailing.checking import BETWEEN, LONGEST_FOOTER, LONGEST_POSTAL, MOST_SELECTORS
from offhook.compliance.mailing.model import (
    ImportedAddresses,
    MailingSettings,
    MailVerdict,
    RampRule,
    RecordedMail,
    Suppressed,
    SuppressedBecause,
    TrackingNeeds,
    TrackingRule,
)
from offhook.compliance.mailing.rulebook import every_mail_rule
from offhook.compliance.mailing.settings import mailing_settings, set_mailing_settings
from offhook.compliance.mailing.verdicts import mail_verdicts
from offhook.compliance.mailing.words import MailLanguage
from offhook.compliance.model import Confidence
from offhook.kernel.database import Transaction
from offhook.kernel.export import FILE_ANSWER, FileFormat, Table
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.paging import DEFAULT_LIMIT, Page

router = APIRouter(tags=["compliance"], prefix="/compliance/mail")

LONGEST_ADDRESS = 254
Address = Annotated[
    str, Field(min_length=3, max_length=LONGEST_ADDRESS, examples=["ada@engines.example"], pattern="@")
]
Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_REASON, examples=["asked us by letter"])]
ReasonQuery = Annotated[str, Query(min_length=1, max_length=LONGEST_REASON, description="Why; kept for ever")]


class MailRefusalOut(BaseModel):
    """One reason against a mail."""

    code: str = Field(description="`no-address`, `do-not-email`, `suppressed`, `address`")
    why: str
    source: str


class MailVerdictOut(BaseModel):
    """May this person be mailed now, and why not."""

    address: str | None
    is_allowed: bool
    refusals: list[MailRefusalOut]

    @classmethod
    def of(cls, verdict: MailVerdict) -> "MailVerdictOut":
        """The answer's shape."""
        refusals = [MailRefusalOut(code=one.code, why=one.why, source=one.source) for one in verdict.refusals]
        return cls(address=verdict.address, is_allowed=verdict.is_allowed, refusals=refusals)


class SuppressedOut(BaseModel):
    """An address that must not be mailed."""

    address: str
    because: SuppressedBecause
    reason: str
    added_at: datetime
    added_by: str
    version: int

    @classmethod
    def of(cls, one: Suppressed) -> "SuppressedOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


class NewSuppression(Sent):
    """An address to put on the list."""

    address: Address
    reason: Reason
    because: SuppressedBecause = SuppressedBecause.BY_HAND


MAILING_SETTINGS = TypeAdapter(MailingSettings)
Selector = Annotated[str, Field(min_length=1, max_length=63, examples=["s1"])]


def _within(name: str, default: int, told: str) -> int:
    """A limit with what it may be."""
    least, most = BETWEEN[name]
    field: int = Field(default, ge=least, le=most, description=told)
    return field


class NewMailingSettings(Sent):
    """All of an organisation's own limits and wishes for mail; what is left out goes back to its default."""

    mails_per_day: int = _within("mails_per_day", 150, "Of one mailbox within 24 hours")
    ramps_up: bool = Field(True, description="A new mailbox begins with few automatic mails a day and grows")
    spacing_seconds: int = _within(
        "spacing_seconds",
        60,
        "At least so long between two automatic mails of a mailbox; up to half as much again",
    )
    mails_per_domain_per_hour: int = _within(
        "mails_per_domain_per_hour", 30, "Automatic mails to one firm, of all mailboxes"
    )
    opens: Clock = Field("08:00", description="No automatic mails before, on the receiver's clock")
    closes: Clock = Field("18:00", description="None from then on")
    days: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)] = Field(
        default=[0, 1, 2, 3, 4], description="Weekdays with automatic mails; Monday is 0"
    )
    skips_holidays: bool = Field(True, description="None on public holidays of the receiver's country")
    holds_manual: bool = Field(False, description="Mails by hand wait for these hours, too")
    tracks_opens: bool = Field(False, description="Note opens, where the reader's country lets it")
    tracks_clicks: bool = Field(False, description="Note links that are followed, where the country lets it")
    has_footer: bool = Field(True, description="A way out below automatic mails; in their head it always is")
    footer: str = Field("", max_length=LONGEST_FOOTER, description="Words of it; empty: ours")
    postal_address: str = Field("", max_length=LONGEST_POSTAL, description="Stands below automatic mails")
    language: MailLanguage = Field(MailLanguage.EN, description="Of the footer to whom we know no other of")
    dkim_selectors: Annotated[list[Selector], Field(max_length=MOST_SELECTORS)] = Field(
        default_factory=list[str],
        description="Where the DKIM keys of your domains are; empty: common ones are tried",
    )

    def meant(self, version: int) -> MailingSettings:
        """As the core has it."""
        return MAILING_SETTINGS.validate_python(self.model_dump(mode="json") | {"version": version})


class MailingSettingsOut(NewMailingSettings):
    """An organisation's own limits and wishes for mail."""

    version: int = Field(description="0: never set, these are the defaults")

    @classmethod
    def of(cls, settings: MailingSettings) -> "MailingSettingsOut":
        """The answer's shape."""
        told: dict[str, object] = {name: getattr(settings, name) for name in cls.model_fields}
        told |= {name: at.isoformat("minutes") for name, at in told.items() if isinstance(at, time)}
        lists = {"days": sorted(settings.days), "dkim_selectors": list(settings.dkim_selectors)}
        return cls.model_validate(told | lists)


class MailRuleKind(StrEnum):
    """What a rule of mail is about."""

    RAMP = "ramp"
    TRACKING = "tracking"


class MailRuleOut(BaseModel):
    """One rule with where it comes from."""

    id: str
    kind: MailRuleKind
    region: str = Field(description="ISO 3166-1 or 3166-2; * where no other holds")
    title: str
    from_day: int | None = Field(description="Of the ramp: whole days since the mailbox's first mail")
    mails: int | None = Field(description="Of the ramp: automatic mails in 24 hours; null: as many as you allow")
    needs: TrackingNeeds | None = Field(description="Of tracking: what it needs")
    source: str
    url: str
    since: date
    is_in_force: bool
    confidence: Confidence = Field(description="How sure we are that it says what its source says")

    @classmethod
    def of(cls, rule: RampRule | TrackingRule, today: date) -> "MailRuleOut":
        """The answer's shape."""
        is_ramp = isinstance(rule, RampRule)
        return cls(
            id=rule.id,
            kind=MailRuleKind.RAMP if is_ramp else MailRuleKind.TRACKING,
            region=rule.region,
            title=rule.title,
            from_day=rule.from_day if is_ramp else None,
            mails=rule.mails if is_ramp else None,
            needs=None if is_ramp else rule.needs,
            source=rule.source,
            url=rule.url,
            since=rule.since,
            is_in_force=rule.since <= today,
            confidence=rule.confidence,
        )


class MailRulesOut(BaseModel):
    """All rules that are known."""

    items: list[MailRuleOut]


class RecordedMailOut(BaseModel):
    """What was answered to a mail about to be sent."""

    id: UUID = Field(description="Of an allowed one: the leave's")
    at: datetime
    mail_id: UUID
    mailbox_id: UUID
    user_id: UUID
    person_id: UUID
    lead_id: UUID | None
    address: str
    is_automatic: bool = Field(description="Sent by a plan, not by somebody's hand")
    is_transactional: bool = Field(description="About a meeting that was agreed: held to no hours and limits")
    is_allowed: bool
    refusals: list[RecordedRefusal]
    until: datetime | None = Field(description="Not before; null: allowed, or not by waiting")

    @classmethod
    def of(cls, recorded: RecordedMail) -> "RecordedMailOut":
        """The answer's shape."""
        return cls.model_validate(recorded, from_attributes=True)


class WrongAddressOut(BaseModel):
    """A line in which no address could be read."""

    line: int
    text: str
    reason: str


class ImportedAddressesOut(BaseModel):
    """What an import did."""

    read: int = Field(description="Addresses in the file")
    added: int = Field(description="Those that were not on the list")
    wrong_lines: int
    wrong: list[WrongAddressOut] = Field(description="The first of them")

    @classmethod
    def of(cls, imported: ImportedAddresses) -> "ImportedAddressesOut":
        """The answer's shape."""
        return cls.model_validate(imported, from_attributes=True)


@router.get("/settings", response_model=MailingSettingsOut)
def show_mailing_settings(call: Call = CALL) -> Response:
    """Show the organisation's own limits and wishes for mail."""
    return call.read(lambda tx: MailingSettingsOut.of(mailing_settings(tx)))


@router.put("/settings", response_model=MailingSettingsOut)
def change_mailing_settings(body: NewMailingSettings, call: Call = CALL) -> Response:
    """Set the organisation's own limits and wishes for mail; what waits is asked about anew in its time."""
    return call.edit(lambda tx, version: MailingSettingsOut.of(set_mailing_settings(tx, body.meant(version))))


@router.get("/rules", response_model=MailRulesOut)
def list_mail_rules(call: Call = CALL) -> Response:
    """List how a new mailbox grows and where mails may be tracked, each with its source and how sure we are."""

    def work(tx: Transaction) -> MailRulesOut:
        tx.require("compliance:read")
        return MailRulesOut(items=[MailRuleOut.of(rule, tx.now.date()) for rule in every_mail_rule()])

    return call.read(work)


@router.get("/verdicts", response_model=Page[RecordedMailOut])
def list_mail_verdicts(
    person_id: Annotated[UUID | None, Query(description="Only about this person")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List what was answered to mails about to be sent, refusals and waits too, the newest first."""

    def work(tx: Transaction) -> Page[RecordedMailOut]:
        page = mail_verdicts(tx, person_id=person_id, cursor=cursor, limit=limit)
        return Page(items=[RecordedMailOut.of(row) for row in page.items], next_cursor=page.next_cursor)

    return call.read(work)


@router.get("/check", response_model=MailVerdictOut)
def check_mail(
    person_id: Annotated[UUID, Query(description="Who is to be mailed")],
    address: Annotated[
        str | None, Query(max_length=LONGEST_ADDRESS, description="Which of theirs; the main one if left out")
    ] = None,
    call: Call = CALL,
) -> Response:
    """Tell whether this person may be mailed now, with every reason against it."""
    return call.read(lambda tx: MailVerdictOut.of(service.may_mail(tx, person_id, address)))


@router.get("/suppressions", response_model=Page[SuppressedOut])
def list_suppressions(
    search: Annotated[
        str | None,
        Query(max_length=LONGEST_ADDRESS, description="Addresses that begin so; these come in one page"),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
    call: Call = CALL,
) -> Response:
    """List the addresses that must not be mailed, the newest first."""

    def work(tx: Transaction) -> Page[SuppressedOut]:
        if search:
            found = service.find_suppressed(tx, search, limit)
            return Page(items=[SuppressedOut.of(row) for row in found], next_cursor=None)
        page = service.suppressed_page(tx, cursor=cursor, limit=limit)
        return Page(items=[SuppressedOut.of(row) for row in page.items], next_cursor=page.next_cursor)

    return call.read(work)


@router.post("/suppressions", status_code=201, response_model=SuppressedOut)
def add_suppression(body: NewSuppression, call: Call = CALL) -> Response:
    """Let an address be mailed no more; one that is listed stays as it is."""
    return call.once(lambda tx: SuppressedOut.of(service.suppress(tx, **dict(body))), status=201)


@router.get("/suppressions/export", responses=FILE_ANSWER, response_class=FileAnswer)
def export_suppressions(
    format: Annotated[FileFormat, Query(description="Of the file")] = FileFormat.CSV,  # noqa: A002 # the parameter's name
    call: Call = CALL,
) -> Response:
    """Write the list into a file."""
    return call.download(
        format, lambda tx: Table("suppressed-addresses", service.HEADINGS, service.suppressed_rows(tx))
    )


@router.post("/suppressions/import", response_model=ImportedAddressesOut, openapi_extra=FILE_BODY)
def import_suppressions(reason: ReasonQuery, call: Call = CALL) -> Response:
    """Send a file of addresses to put on the list: one a line, or CSV with a reason of each if you like."""

    def work(tx: Transaction) -> ImportedAddressesOut:
        tx.require("dnc:remove")
        with sent_lines(call) as lines:
            return ImportedAddressesOut.of(service.import_suppressed(tx, lines, reason))

    return call.once(work)


@router.get("/suppressions/{address}", response_model=SuppressedOut)
def show_suppression(address: str, call: Call = CALL) -> Response:
    """Show one address of the list."""
    return call.read(lambda tx: SuppressedOut.of(service.suppression(tx, address)))


@router.delete("/suppressions/{address}", response_model=SuppressedOut)
def remove_suppression(address: str, reason: ReasonQuery, call: Call = CALL) -> Response:
    """Take an address off the list; the reason is kept in the event log. Answers it as it was."""
    return call.edit(lambda tx, version: SuppressedOut.of(service.unsuppress(tx, address, version, reason)))
