"""Recordings made of written pieces: everything in its place, whatever is missing."""

import json
import struct
import tracemalloc
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kernel.errors import Invalid
from offhook.voice.media import g711
from offhook.voice.media.recording import Span, pauses, pieces, write_recording
from offhook.voice.media.recording.mjr import packets
from offhook.voice.media.recording.waveform import buckets, levels, speech
from offhook.voice.media.soundfile import SoundFormat, blocks
from voice.peer import RATE, amplitude

BEGAN = 1_800_000_000_000_000
LOUD, QUIET = 6000, 300


def tone(hertz: float, seconds: float) -> npt.NDArray[np.int16]:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE)).astype(np.int16)


def piece(
    path: Path,
    sound: npt.NDArray[np.int16],
    *,
    at: float = 0.0,
    codec: str = "pcmu",
    lost: Sequence[int] = (),
    timestamp: int = 4_294_960_000,
) -> Path:
    """A piece as Janus writes it; `lost` packets are left out. Timestamps wrap soon."""
    encode = g711.to_ulaw if codec == "pcmu" else g711.to_alaw
    info = json.dumps({"t": "a", "c": codec, "s": BEGAN, "u": BEGAN + int(at * 1_000_000)}).encode()
    data = b"MJR00002" + struct.pack("!H", len(info)) + info
    for number in range(len(sound) // 160):
        if number in lost:
            continue
        header = struct.pack(
            "!BBHII", 0x80, 0, (65_500 + number) & 0xFFFF, (timestamp + 160 * number) & 0xFFFFFFFF, 7
        )
        packet = header + encode(sound[160 * number : 160 * number + 160])
        data += b"MEET" + struct.pack("!IH", number * 20, len(packet)) + packet
    path.write_bytes(data)
    return path


def stereo(path: Path) -> npt.NDArray[np.int16]:
    with wave.open(str(path)) as file:
        assert file.getnchannels() == 2
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, 2)


def test_pieces_lie_where_they_belong_in_time_and_channel(tmp_path: Path) -> None:
    outside = [
        piece(tmp_path / "a.mjr", tone(440, 1)),
        piece(tmp_path / "b.mjr", tone(500, 1), at=3, codec="pcma"),
    ]
    inside = [piece(tmp_path / "c.mjr", tone(700, 1), at=1.5)]
    made = write_recording(outside, inside, tmp_path / "x.wav", kind=SoundFormat.WAV)
    assert made is not None
    assert made.seconds == pytest.approx(4, abs=0.01)
    assert made.began.timestamp() == BEGAN / 1_000_000
    sound = stereo(tmp_path / "x.wav")
    for side, hertz, begin in ((0, 440, 0.1), (1, 700, 1.6), (0, 500, 3.1)):
        here = sound[int(begin * RATE) : int((begin + 0.8) * RATE)]
        assert amplitude(here[:, side], hertz) > LOUD
        assert amplitude(here[:, 1 - side], hertz) < QUIET
    assert [(round(one.begin, 1), round(one.end, 1)) for one in made.outside] == [(0, 1), (3, 4)]
    assert [(round(one.begin, 1), round(one.end, 1)) for one in made.inside] == [(1.5, 2.5)]
    assert len(made.waveform.left) == len(made.waveform.right) <= 800


def test_lost_packets_are_silence_and_move_nothing(tmp_path: Path) -> None:
    lost = range(20, 30)
    write_recording(
        [piece(tmp_path / "a.mjr", tone(440, 1), lost=lost)], [], tmp_path / "x.wav", kind=SoundFormat.WAV
    )
    left = stereo(tmp_path / "x.wav")[:, 0]
    assert np.array_equal(left[: 20 * 160], g711.from_ulaw(g711.to_ulaw(tone(440, 1)))[: 20 * 160])
    assert not left[20 * 160 : 30 * 160].any()
    assert np.array_equal(left[30 * 160 :], g711.from_ulaw(g711.to_ulaw(tone(440, 1)))[30 * 160 :])


def test_two_who_speak_inside_at_once_are_mixed(tmp_path: Path) -> None:
    both = [piece(tmp_path / "a.mjr", tone(440, 1)), piece(tmp_path / "b.mjr", tone(700, 1))]
    write_recording([], both, tmp_path / "x.wav", kind=SoundFormat.WAV)
    right = stereo(tmp_path / "x.wav")[:, 1]
    assert amplitude(right, 440) > LOUD
    assert amplitude(right, 700) > LOUD


@given(st.data())
def test_a_piece_that_breaks_off_anywhere_gives_what_it_holds(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    whole = piece(folder / "a.mjr", tone(440, 0.2)).read_bytes()
    length = data.draw(st.integers(0, len(whole)))
    (folder / "a.mjr").write_bytes(whole[:length])
    found = list(packets(folder / "a.mjr"))
    assert [packet.payload for packet in found] == [
        g711.to_ulaw(tone(440, 0.2)[160 * number : 160 * number + 160]) for number in range(len(found))
    ]
    made = write_recording([folder / "a.mjr"], [], folder / "x.wav", kind=SoundFormat.WAV)
    assert (made is None) == (not found)


def test_another_file_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "a.mjr").write_text("something else entirely")
    with pytest.raises(Invalid, match="recording"):
        write_recording([tmp_path / "a.mjr"], [], tmp_path / "x.opus")
    assert not list(tmp_path.glob("x.*"))


def test_nobody_recorded_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.mjr").write_bytes(b"MJR00002")
    assert write_recording([tmp_path / "a.mjr"], [], tmp_path / "x.opus") is None
    assert not (tmp_path / "x.opus").exists()


def test_timestamps_that_begin_anew_follow_arrival(tmp_path: Path) -> None:
    first = piece(tmp_path / "a.mjr", tone(440, 0.4), timestamp=1_000).read_bytes()
    second = piece(tmp_path / "b.mjr", tone(440, 0.4), timestamp=900_000_000).read_bytes()
    frames = second[second.index(b"MEET") :].split(b"MEET")[1:]
    later = b"".join(
        b"MEET" + struct.pack("!I", int.from_bytes(frame[:4]) + 1_000) + frame[4:] for frame in frames
    )
    (tmp_path / "a.mjr").write_bytes(first + later)
    made = write_recording([tmp_path / "a.mjr"], [], tmp_path / "x.wav", kind=SoundFormat.WAV)
    assert made is not None
    assert made.seconds == pytest.approx(1.4, abs=0.05)


def test_ogg_opus_is_written_and_can_be_read(tmp_path: Path) -> None:
    made = write_recording([piece(tmp_path / "a.mjr", tone(440, 2))], [], tmp_path / "x.opus", rate=16_000)
    assert made is not None
    sound = np.concatenate(list(blocks(tmp_path / "x.opus", RATE)))
    assert len(sound) / RATE == pytest.approx(2, abs=0.1)
    assert amplitude(sound[RATE // 2 : RATE], 440) > LOUD / 3


@pytest.mark.slow
def test_memory_does_not_grow_with_the_length_of_a_call(tmp_path: Path) -> None:
    minute = tone(440, 60)
    paths = [piece(tmp_path / f"{number}.mjr", minute, at=60 * number) for number in range(8)]

    def most(count: int) -> int:
        tracemalloc.start()
        made = write_recording(paths[:count], paths[: count // 2], tmp_path / "x.wav", kind=SoundFormat.WAV)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert made is not None
        assert made.seconds == pytest.approx(60 * count, abs=0.1)
        return peak

    assert most(8) < most(2) + 2_000_000


def test_pieces_of_a_stem_are_found_oldest_first(tmp_path: Path) -> None:
    for name in ("a[1].20-audio.mjr", "a[1].10-audio.mjr", "a.15-audio.mjr"):
        (tmp_path / name).touch()
    assert [path.name for path in pieces(tmp_path / "a[1]")] == ["a[1].10-audio.mjr", "a[1].20-audio.mjr"]


def test_speech_is_told_from_noise_of_the_line() -> None:
    noise = np.random.default_rng(1).normal(0, 60, RATE * 4)
    noise[RATE : 2 * RATE] += tone(440, 1)
    spans = speech(levels(noise.astype(np.int16), RATE)[0])
    assert [(round(span.begin, 1), round(span.end, 1)) for span in spans] == [(1.0, 2.0)]


spans = st.lists(st.tuples(st.floats(0, 90), st.floats(0.1, 9)).map(lambda one: Span(one[0], one[0] + one[1])))


@given(spans, spans)
def test_pauses_and_speech_never_overlap_and_leave_no_long_gap(left: list[Span], right: list[Span]) -> None:
    found = pauses((left, right), 100)
    for pause in found:
        assert pause.end - pause.begin >= 2
        assert all(one.end <= pause.begin or one.begin >= pause.end for one in (*left, *right))
    quiet = [at for at in np.arange(0, 100, 0.5) if all(not one.begin <= at <= one.end for one in (*left, *right))]
    skipped = [at for at in quiet if any(one.begin <= at <= one.end for one in found)]
    assert len(quiet) - len(skipped) <= 4 * (len(left) + len(right) + 1)


@given(st.integers(0, 5000), st.integers(1, 800))
def test_buckets_hold_every_peak(count: int, wanted: int) -> None:
    peaks = np.linspace(0, 1, count, dtype=np.float32)
    found = buckets(peaks, wanted)
    assert len(found) == min(count, wanted)
    assert max(found, default=0) == pytest.approx(float(peaks.max(initial=0)), abs=1e-3)
