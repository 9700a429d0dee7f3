"""Recordings: from the pieces that the engine writes while people speak to one sound file with what is in it.

The engine writes one file for each party and stay in a room, packet by packet, so that a crash loses at most the
last half second. `write_recording` lays them on one timeline: left the outside, right the inside.
"""

from offhook.voice.media.recording.mjr import pieces
from offhook.voice.media.recording.waveform import Span, Waveform, pauses
from offhook.voice.media.recording.writing import Recording, write_recording

__all__ = ["Recording", "Span", "Waveform", "pauses", "pieces", "write_recording"]
