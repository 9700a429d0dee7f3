"""What comes due: claimed batch by batch along an index, decided, and carried out, each batch a transaction.

An enrolment is locked while its step is done, and the step's key is in the ledger of steps and in that of mails:
two of these at once share the work, and one that dies leaves what it had not committed for the next to do.
"""

from collections.abc import Mapping
from uuid import UUID

from offhook.cadences import enrolments
from offhook.cadences.carrying_out import Round
from offhook.cadences.happenings import CameDue, Sign, Signed
from offhook.cadences.model import StepKind
from offhook.kernel.database import SYSTEM, Database, Transaction
from offhook.leads import Stage

BATCH = 500
"""Enrolments in one transaction: so many are undone, and done again, when a process dies."""

MAILS_AT_ONCE = 50
"""Mails in one transaction; to write one takes about as long as twenty steps of other kinds."""

SIGN_OF_STAGE: Mapping[Stage, Sign] = {
    Stage.SAL: Sign.HAND_OFF,
    Stage.SQL: Sign.CLOSED,
    Stage.RECYCLED: Sign.CLOSED,
    Stage.DISQUALIFIED: Sign.CLOSED,
}
"""What a lead's stage says, in case that its event has not been heard yet."""


def run_due(database: Database, organisation_id: UUID) -> None:
    """Do all that is due in an organisation."""
    while True:
        with database.transaction(organisation_id, SYSTEM) as tx:
            if not do_some(tx):
                return


def do_some(tx: Transaction, limit: int = BATCH) -> int:
    """Do a batch of what is due; returns how many enrolments it looked at. Call until it is 0."""
    claimed = enrolments.claim_due(tx, limit)
    if not claimed:
        return 0
    work = Round(tx, claimed)
    mails = 0
    for done, one in enumerate(claimed):
        if mails == MAILS_AT_ONCE:
            work.finish()
            return done
        mails += _do(work, one.id)
    work.finish()
    return len(claimed)


def _do(work: Round, identifier: UUID) -> bool:
    """Do what is due of one; whether it wrote a mail."""
    one = work.present(identifier)
    sign = SIGN_OF_STAGE.get(Stage(work.moment(one).stage))
    now = work.moment(one).now
    if sign is not None:
        work.tell(identifier, Signed(sign, now))
    is_mail = work.plan(one).steps[one.step - 1].kind is StepKind.EMAIL
    work.tell(identifier, CameDue())
    return is_mail
