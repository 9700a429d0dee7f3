"""Routes of recordings: how one looks (wave form, silences), and its sound, whole or in ranges as players ask."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from offhook.kernel.database import Transaction
from offhook.kernel.http import CALL, Call, FileAnswer
from offhook.kernel.objects import FolderStore, ObjectStore
from offhook.kernel.serving import Stored
from offhook.kernel.settings import Settings
from offhook.voice.recordings import service

router = APIRouter(tags=["calls"])

MEDIA = "audio/ogg"


class RecordingOut(BaseModel):
    """How a recording looks; left is the person, right are we."""

    call_id: UUID
    is_playable: bool
    failure: str | None = Field(description="Why there is no sound")
    seconds: float
    bytes: int
    began_at: datetime
    wave: Sequence[Sequence[int]] = Field(description="Peaks of both channels, 0 to 100, in equal steps")
    silences: Sequence[Sequence[float]] = Field(description="From, to in seconds: nobody speaks")


def objects_of(settings: Settings) -> ObjectStore:
    """Where an installation keeps its recordings."""
    return FolderStore(settings.data / "voice" / "recordings")


@router.get("/calls/{call_id}/recording", response_model=RecordingOut)
def show_recording(call_id: UUID, call: Call = CALL) -> Response:
    """Show a call's recording: length, wave form, silences."""

    def shape(found: service.Recording) -> RecordingOut:
        shown = RecordingOut.model_fields.keys() - {"is_playable"}
        plain = {name: getattr(found, name) for name in shown}
        plain["is_playable"] = found.object is not None
        return RecordingOut.model_validate(plain)

    return call.read(lambda tx: shape(service.recording(tx, call_id)))


@router.get("/calls/{call_id}/recording/sound", response_class=FileAnswer)
def play_recording(call_id: UUID, call: Call = CALL) -> Response:
    """Listen to a recording (Ogg Opus, two channels); every listening is on record."""
    objects = objects_of(cast("Settings", call.request.app.state.settings))

    def work(tx: Transaction) -> Stored:
        key = service.listen(tx, call_id)
        return Stored(MEDIA, objects.size(key), lambda begin, end: objects.read(key, begin, end))

    return call.serve(work)
