"""Routes of what users say in their own voice: their voicemail's greeting, the message they leave at others'."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import cast

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call, FileAnswer, Stored
from offhook.kernel.settings import Settings
from offhook.voice.calls.model import Sound
from offhook.voice.sounds import service
from offhook.voice.sounds.service import OwnSound

router = APIRouter(prefix="/phone/sounds", tags=["calls"])

MEDIA = "audio/ogg"
SENT = ("audio/webm", "audio/ogg", "audio/wav", "audio/mp4")
BODY = {
    "requestBody": {
        "required": True,
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in SENT},
    }
}


class SoundName(StrEnum):
    """What users record themselves."""

    GREETING = Sound.GREETING.value
    MESSAGE = Sound.MESSAGE.value


class SoundOut(BaseModel):
    """What is played."""

    sound: SoundName
    is_own: bool = Field(description="False: the installation's is played")
    seconds: float
    kept_at: datetime | None
    version: int = Field(description="0: there is no own one; send it to record the first")

    @classmethod
    def of(cls, one: OwnSound) -> "SoundOut":
        """The answer's shape."""
        return cls.model_validate(one, from_attributes=True)


def _data(call: Call) -> Path:
    return cast("Settings", call.request.app.state.settings).data


@router.get("/{sound}", response_model=SoundOut)
def show_sound(sound: SoundName, call: Call = CALL) -> Response:
    """Show what is played: your own recording, or the installation's."""
    return call.read(lambda tx: SoundOut.of(service.shown(tx, _data(call), Sound(sound))))


@router.put("/{sound}", response_model=SoundOut, openapi_extra=BODY)
def keep_sound(sound: SoundName, call: Call = CALL) -> Response:
    """Record your own: the body is the sound (WebM, Ogg, MP4 or WAV; up to 5 MB and 3 minutes)."""
    return call.edit(
        lambda tx, version: SoundOut.of(service.keep(tx, _data(call), Sound(sound), call.body, version))
    )


@router.delete("/{sound}", response_model=SoundOut)
def remove_sound(sound: SoundName, call: Call = CALL) -> Response:
    """Take your own away: the installation's is played again."""
    return call.edit(lambda tx, version: SoundOut.of(service.remove(tx, _data(call), Sound(sound), version)))


@router.get("/{sound}/sound", response_class=FileAnswer)
def play_sound(sound: SoundName, call: Call = CALL) -> Response:
    """Listen to what is played (Ogg Opus)."""

    def work(tx: Transaction) -> Stored:
        file = service.played(tx, _data(call), Sound(sound))
        return Stored(MEDIA, file.stat().st_size, lambda begin, end: iter([file.read_bytes()[begin:end]]))

    return call.serve(work)
