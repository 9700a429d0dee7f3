"""What was done with a person, in plain immutable data: kinds, dispositions, one activity.

A *disposition* is how an activity ended in the rep's words; `OUTCOMES` is the table of what each one means for
the counts of the glossary (connect, conversation). Times are aware and in UTC, durations in seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """The channel of an activity; a note is no contact with anybody."""

    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    CHAT = "chat"
    SMS = "sms"
    SOCIAL = "social"
    NOTE = "note"


class Direction(StrEnum):
    """Who began it: we, they, or nobody outside (notes)."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    INTERNAL = "internal"


class Disposition(StrEnum):
    """How it ended, in the rep's words. Calls first; messages and meetings have words of their own."""

    CONVERSATION = "conversation"
    MEETING_BOOKED = "meeting_booked"
    CONNECTED = "connected"
    CALL_BACK = "call_back"
    NOT_INTERESTED = "not_interested"
    REFERRED = "referred"
    HUNG_UP = "hung_up"
    DO_NOT_CALL = "do_not_call"
    GATEKEEPER = "gatekeeper"
    LANGUAGE_BARRIER = "language_barrier"
    WRONG_NUMBER = "wrong_number"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    LEFT_VOICEMAIL = "left_voicemail"
    VOICEMAIL = "voicemail"
    OUT_OF_SERVICE = "out_of_service"
    SENT = "sent"
    REPLIED = "replied"
    AUTO_REPLIED = "auto_replied"
    BOUNCED = "bounced"
    UNSUBSCRIBED = "unsubscribed"
    HELD = "held"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a disposition means.

    `is_connect`: a human answered the call. `reaches_person`: the intended person, or one who speaks for them.
    `tells_of_talk`: the word itself says that there was a real talk; it holds where no talk time was measured,
    a measured time overrules it.
    """

    kinds: frozenset[Kind]
    meaning: str
    is_connect: bool = False
    reaches_person: bool = False
    tells_of_talk: bool = False


_CALL = frozenset({Kind.CALL})
_MESSAGE = frozenset({Kind.EMAIL, Kind.SMS, Kind.CHAT, Kind.SOCIAL})
_MAIL = frozenset({Kind.EMAIL})
_MEETING = frozenset({Kind.MEETING})

OUTCOMES: Mapping[Disposition, Outcome] = {
    Disposition.CONVERSATION: Outcome(_CALL, "spoke with the person properly", True, True, True),
    Disposition.MEETING_BOOKED: Outcome(_CALL | _MESSAGE, "a meeting was agreed", True, True, True),
    Disposition.CONNECTED: Outcome(_CALL, "the person answered", True, True),
    Disposition.CALL_BACK: Outcome(_CALL, "the person asked to be called later", True, True),
    Disposition.NOT_INTERESTED: Outcome(_CALL | _MESSAGE, "the person is not interested", True, True),
    Disposition.REFERRED: Outcome(_CALL | _MESSAGE, "the person named somebody else", True, True),
    Disposition.HUNG_UP: Outcome(_CALL, "the person hung up", True, True),
    Disposition.DO_NOT_CALL: Outcome(_CALL, "the person does not want to be called", True, True),
    Disposition.GATEKEEPER: Outcome(_CALL, "somebody else answered and did not put through", True),
    Disposition.LANGUAGE_BARRIER: Outcome(_CALL, "no common language", True),
    Disposition.WRONG_NUMBER: Outcome(_CALL, "the number is somebody else's", True),
    Disposition.NO_ANSWER: Outcome(_CALL, "nobody answered"),
    Disposition.BUSY: Outcome(_CALL, "the line was busy"),
    Disposition.LEFT_VOICEMAIL: Outcome(_CALL, "left a message on the answering machine"),
    Disposition.VOICEMAIL: Outcome(_CALL, "reached an answering machine, left nothing"),
    Disposition.OUT_OF_SERVICE: Outcome(_CALL, "the number does not exist or is switched off"),
    Disposition.SENT: Outcome(_MESSAGE, "sent"),
    Disposition.REPLIED: Outcome(_MESSAGE, "the person replied", reaches_person=True),
    Disposition.AUTO_REPLIED: Outcome(_MAIL, "a machine answered: away, or a receipt"),
    Disposition.BOUNCED: Outcome(_MAIL, "could not be delivered"),
    Disposition.UNSUBSCRIBED: Outcome(_MAIL, "the person does not want mail", reaches_person=True),
    Disposition.HELD: Outcome(_MEETING, "the meeting took place", reaches_person=True),
    Disposition.NO_SHOW: Outcome(_MEETING, "the person did not come"),
    Disposition.CANCELLED: Outcome(_MEETING, "the meeting was called off"),
}
"""The table. Connect and conversation are figures of calls (GLOSSARY), whatever a message's word says."""


@dataclass(frozen=True, slots=True)
class NewActivity:
    """Something done, as it is told to us.

    `at` is when it was done (None: now); `corrects` names the entry this one replaces; `external_key` is the
    engine's own id, by which it is recorded once; `campaign_id` is the lead's, carried in the event only.
    `disposition` None: not known (yet); a correction may tell it later.
    """

    kind: Kind
    direction: Direction
    person_id: UUID
    user_id: UUID | None
    lead_id: UUID | None = None
    account_id: UUID | None = None
    campaign_id: UUID | None = None
    disposition: Disposition | None = None
    seconds: int | None = None
    subject: str = ""
    body: str = ""
    at: datetime | None = None
    corrects: UUID | None = None
    external_key: str | None = None
    data: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry of the record. `team_id` is the user's team at the time; `seconds` talk time or length."""

    id: UUID
    at: datetime
    recorded_at: datetime
    kind: Kind
    direction: Direction
    person_id: UUID
    account_id: UUID | None
    lead_id: UUID | None
    user_id: UUID | None
    team_id: UUID | None
    disposition: Disposition | None
    is_connect: bool
    is_conversation: bool
    seconds: int | None
    subject: str
    body: str
    corrects: UUID | None
    external_key: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the record, corrections applied, says of one lead's touches.

    `attempts_to_contact` counts the touches up to the first conversation, None before there was one.
    """

    attempts: int
    first_attempt_at: datetime | None
    last_attempt_at: datetime | None
    conversed_at: datetime | None
    attempts_to_contact: int | None
