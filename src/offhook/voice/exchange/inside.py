"""Calls between colleagues, by extension: from one browser to another, past every carrier.

The policy is not asked, as nobody outside is called: there is no phone leg in such a call, so nothing in it can
reach the network. Colleagues are not logged; the call is on record.
"""

from uuid import UUID

from offhook import identity
from offhook.activities import Direction
from offhook.kernel.database import Transaction
from offhook.kernel.errors import Conflict
from offhook.kernel.events import Event, subject
from offhook.kernel.ids import new_id
from offhook.voice import trunks
from offhook.voice.calls import inputs as i
from offhook.voice.calls import store
from offhook.voice.calls.model import Call, Candidate, Limits, Terms
from offhook.voice.calls.service import NOW, log_as_suggested
from offhook.voice.calls.store import About
from offhook.voice.exchange.exchange import Exchange
from offhook.voice.exchange.keeping import told_of
from offhook.voice.exchange.live import Live, Shown
from offhook.voice.exchange.opening import Opening, calling_user
from offhook.voice.trunks import Internal


def colleague_meant(tx: Transaction, typed: str | None) -> Internal | None:
    """The colleague whose extension was typed; None: it is none."""
    meant = trunks.dialled(tx, typed) if typed is not None else None
    return meant if isinstance(meant, Internal) else None


def call_colleague(tx: Transaction, exchange: Exchange, whom: Internal) -> Opening:
    """Ring a colleague's phone in their browser.

    What of the user's earlier calls is not logged is logged as suggested: the next call begins. Raises `Conflict`
    when the user's or the colleague's phone is not connected, or they are in a call.
    """
    user_id = calling_user(tx, exchange)
    colleague = identity.user(tx, whom.user_id)
    if colleague.id == user_id:
        raise Conflict("This is your own extension.", code="own-extension")
    if not exchange.is_free(colleague.id):
        raise Conflict(f"{colleague.name}: no phone connected, or in a call.", code="colleague-not-free")
    log_as_suggested(tx, user_id, older_than=NOW)
    live = _call(tx, user_id, whom)
    live.shown.users[colleague.id] = colleague.name
    store.insert(tx, live.call, live.about, exchange.id)
    tx.append(Event("call.dialed", subject("call", live.id), told_of(live.call, live)))
    return Opening(live, i.DialColleague(f"{live.id}-owner", Candidate(f"{live.id}-colleague", colleague.id)))


def _call(tx: Transaction, user_id: UUID, whom: Internal) -> Live:
    seconds = trunks.settings_of(tx, whom.user_id).ring_seconds
    call = Call(
        new_id(),
        Direction.OUTBOUND,
        Terms(limits=Limits(no_answer=float(seconds))),
        tx.now,
        owner_id=user_id,
    )
    about = About(None, None, None, whom.extension, None, None, None)
    shown = Shown(identity.user(tx, whom.user_id).name, None, {user_id: identity.user(tx, user_id).name})
    return Live(tx.organisation_id, call, about, shown)
