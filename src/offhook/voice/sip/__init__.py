"""Our SIP user agent: a sans-IO endpoint (`endpoint.py` tells the parts) and its asyncio driver (`driver.py`).

The exchange makes one `SipSignalling` of its trunks and uses it as the `SignallingPort`; `cause_of` tells what a
final code means.
"""

from offhook.voice.sip.agent import Settings
from offhook.voice.sip.causes import Cause, cause_of
from offhook.voice.sip.driver import SipSignalling
from offhook.voice.sip.endpoint import Load
from offhook.voice.sip.errors import Malformed
from offhook.voice.sip.limiter import Rate
from offhook.voice.sip.machines import Timing
from offhook.voice.sip.trunks import Trunk

__all__ = ["Cause", "Load", "Malformed", "Rate", "Settings", "SipSignalling", "Timing", "Trunk", "cause_of"]
