"""G.711 µ-law and A-law (ITU-T G.711), whole arrays at once by tables.

Levels follow the 16 bit convention of the ITU-T software tool library (G.191): µ-law spans ±32124, A-law ±32256.
"""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

_LAST = 32635
_BIAS = 0x84


def _ulaw_levels() -> Samples:
    codes = ~np.arange(256, dtype=np.uint8)
    exponent = ((codes >> 4) & 0x07).astype(np.int32)
    mantissa = (codes & 0x0F).astype(np.int32)
    magnitude = (((mantissa << 3) + _BIAS) << exponent) - _BIAS
    return np.where(codes & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_levels() -> Samples:
    codes = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = ((codes >> 4) & 0x07).astype(np.int32)
    mantissa = (codes & 0x0F).astype(np.int32)
    magnitude = np.where(
        exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0)
    )
    return np.where(codes & 0x80, magnitude, -magnitude).astype(np.int16)


def _ulaw_codes() -> npt.NDArray[np.uint8]:
    levels = np.arange(-32768, 32768, dtype=np.int32)
    magnitude = np.minimum(np.abs(levels), _LAST) + _BIAS
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(levels < 0, 0x80, 0)
    return (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)


def _alaw_codes() -> npt.NDArray[np.uint8]:
    levels = np.arange(-32768, 32768, dtype=np.int32)
    magnitude = np.where(levels < 0, -levels - 1, levels) >> 4
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 3, 0)
    mantissa = (magnitude >> np.maximum(exponent - 1, 0)) & 0x0F
    code = (exponent << 4) | mantissa
    sign = np.where(levels < 0, 0, 0x80)
    return ((code | sign) ^ 0x55).astype(np.uint8)


_ULAW_LEVELS = _ulaw_levels()
_ALAW_LEVELS = _alaw_levels()
_ULAW_CODES = _ulaw_codes()
_ALAW_CODES = _alaw_codes()


def from_ulaw(data: bytes) -> Samples:
    """Samples of µ-law bytes."""
    return _ULAW_LEVELS[np.frombuffer(data, np.uint8)]


def from_alaw(data: bytes) -> Samples:
    """Samples of A-law bytes."""
    return _ALAW_LEVELS[np.frombuffer(data, np.uint8)]


def to_ulaw(samples: Samples) -> bytes:
    """µ-law bytes of samples."""
    return _ULAW_CODES[samples.astype(np.int32) + 32768].tobytes()


def to_alaw(samples: Samples) -> bytes:
    """A-law bytes of samples."""
    return _ALAW_CODES[samples.astype(np.int32) + 32768].tobytes()
