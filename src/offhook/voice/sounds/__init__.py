"""What callers and called persons hear from us: music, ringing, announcements, greetings and messages.

The installation's own sounds come with the package (`make.py` makes them); what a user recorded themselves goes
before.
"""

from pathlib import Path
from uuid import UUID

from offhook.voice.calls.model import Sound

_PACKAGED = Path(__file__).parent

OWN = frozenset({Sound.GREETING, Sound.MESSAGE})
"""What users record in their own voice."""


def own_sound(data: Path, user_id: UUID, sound: Sound) -> Path:
    """Where a user's own recording of a sound lies, if they made one."""
    return data / "voice" / "sounds" / f"{user_id}-{sound.value}.opus"


def sound_file(data: Path, user_id: UUID | None, sound: Sound) -> Path:
    """The file to play: the user's own where there is one, else the installation's."""
    if user_id is not None and sound in OWN:
        own = own_sound(data, user_id, sound)
        if own.is_file():
            return own
    return _PACKAGED / f"{sound.value}.opus"
