"""Colour spaces named by code points (ITU-T H.273), as ICC profiles that a colour engine can convert from."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

PQ, HLG = 16, 18
HIGH_DYNAMIC_RANGE = frozenset({PQ, HLG})

_PRIMARIES = {
    # x, y of red, green and blue; the white point of each is D65 (H.273, table 2).
    1: (0.640, 0.330, 0.300, 0.600, 0.150, 0.060),
    9: (0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    12: (0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
_D65 = (0.3127, 0.3290)
_D50 = np.array([0.9642, 1.0, 0.8249])  #: the profile connection space's white (ICC.1, 7.2.16)
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_WHITE_NITS = 203.0  #: diffuse white of HDR pictures (ITU-R BT.2408, 5.1); everything brighter is cut
_HLG_PEAK = 1000.0
_CURVE_POINTS = 4096

Floats = NDArray[np.float64]


def profile_of(primaries: int, transfer: int) -> bytes | None:
    """An ICC profile of RGB in this colour space, or None where it shows like sRGB or its primaries are not known.

    The transfer functions of standard dynamic range pass for sRGB's, as browsers treat them.
    """
    if primaries not in _PRIMARIES or (primaries == 1 and transfer not in HIGH_DYNAMIC_RANGE):
        return None
    columns = _to_d50(_PRIMARIES[primaries])
    curve = _curve(transfer)
    tags = {b"wtpt": _xyz(_D50), **{name + b"XYZ": _xyz(columns[:, at]) for at, name in enumerate((b"r", b"g", b"b"))}}
    tags |= {name + b"TRC": curve for name in (b"r", b"g", b"b")}
    return _profile(tags)


def _to_d50(chromaticities: tuple[float, ...]) -> Floats:
    """Columns: XYZ of red, green and blue, adapted from D65 to D50 after Bradford."""
    corners = np.array(chromaticities).reshape(3, 2)
    primaries = np.stack([_point(x, y) for x, y in corners], axis=1)
    white = _point(*_D65)
    scaled = primaries * np.linalg.solve(primaries, white)
    adapt = np.linalg.inv(_BRADFORD) @ np.diag((_BRADFORD @ _D50) / (_BRADFORD @ white)) @ _BRADFORD
    return np.asarray(adapt @ scaled)


def _point(x: float, y: float) -> Floats:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _curve(transfer: int) -> bytes:
    signal = np.linspace(0, 1, _CURVE_POINTS)
    if transfer == PQ:
        light = _pq(signal) / _WHITE_NITS
    elif transfer == HLG:
        light = _HLG_PEAK * _hlg(signal) ** 1.2 / _WHITE_NITS
    else:
        light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    levels = np.round(np.clip(light, 0, 1) * 0xFFFF).astype(">u2")
    return b"curv" + struct.pack(">II", 0, len(levels)) + levels.tobytes()


def _pq(signal: Floats) -> Floats:
    """SMPTE ST 2084: nits of a signal."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = signal ** (1 / m2)
    return np.asarray(10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1))


def _hlg(signal: Floats) -> Floats:
    """ARIB STD-B67: scene light, 0 to 1, of a signal."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)


def _xyz(values: Floats) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(float(v) * 65536) for v in values))


def _profile(tags: dict[bytes, bytes]) -> bytes:
    """An ICC.1:2001 display profile of these tags."""
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", *(round(v * 65536) for v in _D50))
    return head.ljust(128, b"\0") + table + body
