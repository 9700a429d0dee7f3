"""Media: rooms, phone legs and browsers in them, recordings, taps; the interface and the engine behind it.

The exchange knows `MediaEngine` alone; whoever starts the server makes a `JanusEngine` from `MediaSettings`,
starts it and shuts it down. Beside the engine stand pure parts: recordings made of pieces, call quality, and who
answered.
"""

from offhook.voice.media.configuration import MediaSettings, TurnServer
from offhook.voice.media.engine import (
    BadOffer,
    Candidate,
    DeviceConnected,
    DigitPressed,
    EngineBack,
    EngineLost,
    Frame,
    Group,
    MediaEngine,
    MediaEvent,
    MediaUnavailable,
    PartyLost,
    PlayEnded,
    Statistics,
    Tap,
)

__all__ = [
    "BadOffer",
    "Candidate",
    "DeviceConnected",
    "DigitPressed",
    "EngineBack",
    "EngineLost",
    "Frame",
    "Group",
    "MediaEngine",
    "MediaEvent",
    "MediaSettings",
    "MediaUnavailable",
    "PartyLost",
    "PlayEnded",
    "Statistics",
    "Tap",
    "TurnServer",
]
