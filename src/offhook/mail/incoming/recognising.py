"""What a mail that came in is, and whom it concerns: pure decisions over what was read and what is known.

- A **thread** is told by ids alone: In-Reply-To, References, and the ids by which a report names the mail that it
  sends back. Never by a subject, which anybody may write.
- **Whose word counts.** Whoever knows a Message-ID of ours can write into a thread. So a mail counts as the
  person's reply only if it comes from an address of theirs, or from their company: the same registrable domain,
  which is none of free mail (colleagues answer for one another, and people have several addresses at work). From
  anybody else it is kept with the conversation and marked; it plans, stops and suppresses nothing.
- A **loop**: what comes from an address of our own users, or bears a Message-ID that we gave, is our own mail
  coming back, and concerns nobody. Nothing that Offhook does by itself answers a mail: no loop can begin here.
- A **list**'s mail concerns somebody only if it is in a thread of ours.
"""

from dataclasses import dataclass

from offhook.mail.incoming.absences import automatic_kind
from offhook.mail.incoming.model import Content, Head, MailKind


@dataclass(frozen=True, slots=True)
class Whose:
    """What is known of who wrote a mail, and of the thread that it names.

    `is_of_company`: its address is at the company of the thread's person. `is_ours`: it is one of our users', or
    the mail bears an id that we gave.
    """

    is_in_thread: bool
    is_person: bool
    is_of_company: bool
    is_known: bool
    is_ours: bool


def concerns_us(head: Head, whose: Whose) -> bool:
    """Whether a mail that is no report is kept."""
    if whose.is_ours:
        return False
    return whose.is_in_thread or (whose.is_known and not is_from_list(head))


def is_from_list(head: Head) -> bool:
    """Whether a mailing list or a bulk mailer sent it (RFC 2919, RFC 2369, RFC 3834 section 2)."""
    bulk = head.signs.get("precedence", "").lower() in {"bulk", "list", "junk"}
    return "list-id" in head.signs or "list-unsubscribe" in head.signs or bulk


def kind_of(head: Head, content: Content, whose: Whose, *, answers: bool) -> MailKind:
    """What a mail that is kept and is no report is. `answers`: the thread has a mail of ours."""
    counts = whose.is_person or whose.is_of_company
    automatic = automatic_kind(head, content)
    if automatic is not None:
        return automatic if counts or not whose.is_in_thread else MailKind.AUTO_REPLY
    return MailKind.REPLY if counts and answers else MailKind.OTHER


def is_from_another(whose: Whose) -> bool:
    """Whether it stands in a thread and comes from neither the person nor their company."""
    return whose.is_in_thread and not (whose.is_person or whose.is_of_company)
