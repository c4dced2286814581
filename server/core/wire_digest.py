"""The digest by which a screen tells the server which slides it has; called by core.wire and simulate."""

from __future__ import annotations

from collections.abc import Iterable

_FNV_OFFSET, _FNV_PRIME, _FNV_MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


def digest(hashes: Iterable[str]) -> str:
    """Returns 16 hex digits: FNV-1a 64 over the sorted hashes, joined by commas.

    display/state/digest.js computes the same.
    """
    value = _FNV_OFFSET
    for byte in ",".join(sorted(set(hashes))).encode():
        value = ((value ^ byte) * _FNV_PRIME) & _FNV_MASK
    return f"{value:016x}"
