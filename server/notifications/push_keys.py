"""The key pair by which push services recognise this server (VAPID, RFC 8292); called by desk.public and worker.

The private key is derived from the secret "vapid" in the data folder, which is stored and backed up like the other
secrets there (server.setup.secret_keys).
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.setup.secret_keys import key

# The order of the curve P-256 (SEC 2, 2.4.2); a private key is a number from 1 to one less than that.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def private_key(data: Path) -> ec.EllipticCurvePrivateKey:
    """Returns the private key; ``data`` is the data folder, in which the secret is created if it is missing."""
    return ec.derive_private_key(int(key(data, "vapid"), 16) % (_ORDER - 1) + 1, ec.SECP256R1())


def application_key(data: Path) -> str:
    """Returns the public key in the form that browsers need to subscribe: base64url of the uncompressed point.

    ``data`` is the data folder.
    """
    point = private_key(data).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64url(point)


def base64url(value: bytes) -> str:
    """Returns ``value`` in base64url without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()
