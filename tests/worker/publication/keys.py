"""A key and a certificate in PEM files, as a keeper puts them under --data; used by the tests of publishing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.cast import DAY, NOW
from tests.feeds.formats.cap.keys import Signer, signer

KEY, CERTIFICATE = "alerts.key", "alerts.pem"


@cache
def own() -> Signer:
    """Our key and its certificate, valid around NOW."""
    return signer("bang-tin", begins=NOW - DAY, ends=NOW + 365 * DAY)


def pem_of(by: Signer) -> bytes:
    """The secret key in PEM."""
    return by.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def put(folder: Path, by: Signer | None = None) -> None:
    """Writes key and certificate into ``folder``."""
    by = by or own()
    (folder / KEY).write_bytes(pem_of(by))
    (folder / CERTIFICATE).write_text(by.pem)
