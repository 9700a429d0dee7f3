"""Reports that a mail did not arrive: about whom, for good or for now, and about which mail. Pure.

RFC 3464 is what such a report should be; many are not, and are read by the library `flufl.bounce`, which knows
what servers have written for decades, and by rules of ours for what it does not know. What it means for the
address is told by the enhanced status code (RFC 3463), or by the server's words where there is none.

A mail is only looked at as a report when its header says that a machine wrote it: otherwise anybody who quotes a
report would make one.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

from flufl.bounce import all_failures  # pyright: ignore[reportUnknownVariableType] # its message has no type

from offhook.mail.incoming.model import Bounce, Failure, Head
from offhook.mail.incoming.parsing import decoded, ids_in, named_parts, one_line, text_of_html, within

logger = logging.getLogger(__name__)

LARGEST_REPORT = 256 * 1024
"""Bytes of a report that are looked at; the mail that it sends back may be of any size."""
LONGEST_TOLD = 300
MOST_FAILURES = 20
MOST_IDS = 20

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|post-?master|mail[-_.]?(?:daemon|delivery|er|system|admin\w*)|mdaemon|bounces?|"
    r"mail\.delivery\.\w+|.*smtp_?mail_?service|no-?reply-?bounces?)\W*$",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[- ](?:delivery|daemon|administrator)|postmaster|automated response", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"undeliver|not (?:be )?deliver|deliver\w*\W+(?:status|report|fail|problem|error|has|notif)|"
    r"fail\w* (?:notice|deliver)|failed mail|returned mail|returning (?:message|to sender)|"
    r"mail (?:delivery|system) (?:fail|error|warn)|"
    r"(?:mail|message) (?:delivery )?(?:fail|delay)|non remis|unzustellbar|nicht zustell|no se (?:ha|pudo) entreg|"
    r"no entregado|non recensé|impossibile recapitare|não entregue|onbestelbaar|rejected mail|"
    r"warning: (?:message|could)",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ -])")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_ID_LINE = re.compile(r"^[>\s]*(?:message-id|mensaje-id)\s*:\s*(<[^<>\s]{1,248}>)", re.IGNORECASE | re.MULTILINE)

_FULL = re.compile(
    r"quota|mailbox (?:is )?full|full mailbox|over ?limit|"
    r"insufficient (?:system )?storage|storage (?:limit|space)|too (?:large|big)|exceed|"
    r"buz[óo]n lleno|postfach (?:ist )?voll|bo[iî]te .{0,20}pleine",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"spam|block(?:ed|list)|black ?list|reputation|policy|dmarc|\bspf\b|\bdkim\b|content rejected|virus|greylist|"
    r"too many (?:hops|connections|messages|recipients)|rate limit|not authenticated|unauthenticated|"
    r"relay(?:ing)? (?:denied|not)|loop",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"user unknown|unknown user|no such (?:user|mailbox|recipient|account|domain)|does ?n[o']t exist|not exist|"
    r"(?:recipient|addressee|address|mailbox|account|user) (?:\S+ )?"
    r"(?:not found|unknown|unavailable|disabled|inactive|is not)|"
    r"invalid (?:recipient|mailbox|address|user)|unknown (?:recipient|address|local|mailbox)|"
    r"unrouteable|not listed in|doesn't have an? |no mailbox|account has been disabled|"
    r"host (?:or domain )?(?:name )?not found|"
    r"nombre de usuario|usuario desconocido|no existe|unbekannt|inconnu|non recensé",
    re.IGNORECASE,
)

_AT_FAULT = frozenset({"5.2.1", "5.4.1", "5.4.4", "5.4.310"})
"""Besides X.1.X (addressing): disabled mailboxes, and hosts that do not exist or refuse the address."""
_SENDER_AT_FAULT = frozenset({"5.1.7", "5.1.8"})
_SAYS_NOTHING = frozenset({"", "5.0.0", "5.5.0"})


@dataclass(frozen=True, slots=True)
class _Told:
    """What a report says of one address: `action` of RFC 3464, section 2.3.3, in lower case."""

    action: str
    status: str
    words: str


def is_report(head: Head) -> bool:
    """Whether a mail's header says that a mail system wrote it about another mail."""
    signs = head.signs
    if "x-failed-recipients" in signs or "report-type=delivery-status" in signs.get("content-type", "").lower():
        return True
    if head.in_reply_to is not None and signs.get("return-path") != "<>":
        return False
    local = head.from_address.partition("@")[0].strip("\"'<>\\ ")
    if _DAEMON.match(local) or _DAEMON_NAME.search(head.from_name):
        return True
    begins = signs.get("content-type", "").lower().startswith("multipart/report")
    return begins or bool(_SUBJECT.search(head.subject))


def bounce_of(raw: bytes, head: Head) -> Bounce | None:
    """What a mail reports, from the first `LARGEST_REPORT` bytes of it; None where it reports nothing."""
    if not is_report(head):
        return None
    try:
        message = message_from_bytes(raw[:LARGEST_REPORT])
        texts = _Texts.of(message)
        failures = _failures(message, texts, head)
    except (MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError, AssertionError):
        logger.info("a report could not be read apart; it is taken as an ordinary mail")
        return None
    return Bounce(failures, _original_ids(head, texts)) if failures else None


def is_at_fault(status: str, told: str) -> bool:
    """Whether it is the address to which mail cannot be delivered, whatever the mail (RFC 3463, section 3).

    A full mailbox, a mail that is too large or that a filter took for spam say nothing about the address.
    """
    if status.startswith("4") or status in _SENDER_AT_FAULT:
        return False
    if status.startswith("5.1.") or status in _AT_FAULT:
        return not _FULL.search(told)
    if _FULL.search(told):
        return False
    if _UNKNOWN.search(told):
        return not status.startswith("5.7.")
    return status in _SAYS_NOTHING and not _REFUSED.search(told)


@dataclass(frozen=True, slots=True)
class _Texts:
    """A report's readable parts: what it says, and the header of the mail that it sends back."""

    said: str
    original: str

    @classmethod
    def of(cls, message: Message) -> "_Texts":
        said: list[str] = []
        original: list[str] = []
        for part in named_parts(message):
            kind, inner = part.get_content_type(), within(part)
            if kind in {"message/rfc822", "message/global"} and inner:
                original.append("\n".join(f"{name}: {value}" for name, value in inner[0].items()))
            elif kind in {"text/rfc822-headers", "message/rfc822-headers"}:
                original.append(_text(part))
            elif kind.startswith("text/"):
                said.append(_text(part))
        return cls("\n".join(said), "\n".join(original))


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    text = decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""
    return text_of_html(text) if part.get_content_type() == "text/html" else text


def _failures(message: Message, texts: _Texts, head: Head) -> tuple[Failure, ...]:
    told = dict(_statuses(message))
    final, delayed = _by_library(message)
    if not final and not delayed:
        final = {address for address, one in told.items() if one.action.startswith(("fail", "error"))}
        delayed = {address for address, one in told.items() if one.action.startswith("delay")}
    if not final and not delayed:
        final = _by_our_rules(head, texts.said)
    found = [_failure(one, told, texts.said, is_delay=False) for one in sorted(final)]
    found += [_failure(one, told, texts.said, is_delay=True) for one in sorted(delayed - final)]
    return tuple(found[:MOST_FAILURES])


def _by_library(message: Message) -> tuple[set[str], set[str]]:
    """Addresses that failed for good, and that are still tried."""
    try:
        delayed, final = all_failures(message)
    except Exception:
        # Its detectors are heuristics over whatever comes; one that stumbles has recognised nothing.
        logger.info("a detector of reports stumbled", exc_info=True)
        return set(), set()
    return _as_text(final), _as_text(delayed)


def _as_text(addresses: frozenset[bytes]) -> set[str]:
    return {one.decode("ascii", "replace").strip().lower() for one in addresses if b"@" in one}


def _by_our_rules(head: Head, said: str) -> set[str]:
    """What the library does not know: the header that many servers add, and lines of a server's answer."""
    named = _ADDRESS.findall(head.signs.get("x-failed-recipients", ""))
    if named:
        return {one.lower() for one in named}
    own = {head.from_address, *head.to_addresses}
    for line in said.split("\n")[:200]:
        if (_STATUS.search(line) or _REPLY.search(line) or _UNKNOWN.search(line)) and "@" in line:
            found = {one.lower() for one in _ADDRESS.findall(line[:1_000])} - own
            if found:
                return found
    return set()


def _statuses(message: Message) -> Iterator[tuple[str, _Told]]:
    """What the machine-readable part says of each address (RFC 3464, section 2.3)."""
    for part in named_parts(message):
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = within(part)
        for block in blocks[1 : MOST_FAILURES + 1] if len(blocks) > 1 else blocks:
            yield from _of_block(block)


def _of_block(block: Message) -> Iterator[tuple[str, _Told]]:
    fields: Mapping[str, str] = {name.lower(): one_line(str(value)) for name, value in block.items()}
    status = _STATUS.search(fields.get("status", ""))
    told = _Told(
        fields.get("action", "").lower(),
        status[0] if status else "",
        fields.get("diagnostic-code", "").partition(";")[2].strip()[:LONGEST_TOLD],
    )
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        for address in _ADDRESS.findall(fields.get(name, "")):
            yield address.lower(), told


def _failure(address: str, statuses: Mapping[str, _Told], said: str, *, is_delay: bool) -> Failure:
    known = statuses.get(address)
    words = known.words if known and known.words else _words_about(address, said)
    status = _best_status(known.status if known else "", words)
    is_final = not is_delay and not status.startswith("4")
    return Failure(address, is_delay, is_final and is_at_fault(status, words), status, words)


def _best_status(told: str, words: str) -> str:
    """The status that is told, or the more telling one in the server's words: 5.0.0 says nothing."""
    found = _STATUS.search(words)
    if found and told in _SAYS_NOTHING:
        return found[0]
    return told


def _words_about(address: str, said: str) -> str:
    """What the report says near an address: the line of a server's answer, or the first that explains."""
    lines = [one_line(line) for line in said.split("\n")[:200]]
    at = next((number for number, line in enumerate(lines) if address in line.lower()), 0)
    near = [line for line in lines[at : at + 12] if line]
    for tells in (_STATUS, _REPLY, _UNKNOWN, _FULL, _REFUSED):
        found = next((line for line in near if tells.search(line)), None)
        if found:
            return found[:LONGEST_TOLD]
    return (near[1] if len(near) > 1 else "".join(near))[:LONGEST_TOLD]


def _original_ids(head: Head, texts: _Texts) -> tuple[str, ...]:
    """How the report names the mail: by its header sent back, by words, or as what it answers."""
    named = [*_ID_LINE.findall(texts.original), *_ID_LINE.findall(texts.said), *head.answered_ids]
    own = {head.message_id}
    return tuple(dict.fromkeys(one for one in named if one not in own and ids_in(one)))[:MOST_IDS]
