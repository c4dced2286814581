"""A push service on loopback and a browser that decrypts by itself (RFC 8291); used by the tests of Web Push."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Lock, Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_NUMBERS = count(1)


def b64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def decrypted(body: bytes, key: ec.EllipticCurvePrivateKey, secret: bytes) -> bytes:
    """The content of an "aes128gcm" message, as RFC 8188 and RFC 8291 describe it; no code of the product is used."""
    salt, length = body[:16], body[20]
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    mine = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    ikm = HKDF(SHA256(), 32, secret, b"WebPush: info\x00" + mine + sender).derive(shared)
    content_key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(ikm)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(ikm)
    padded = AESGCM(content_key).decrypt(nonce, sealed, None)
    content, mark, rest = padded.rpartition(b"\x02")
    assert mark == b"\x02"
    assert not rest.strip(b"\x00")
    return content


@dataclass(frozen=True, slots=True)
class Phone:
    """A browser with keys of its own; ``endpoint`` is its address at the push service."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"0123456789abcdef"

    @property
    def p256dh(self) -> str:
        return b64(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        return b64(self.secret)

    def read(self, got: Got) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(decrypted(got.body, self.key, self.secret))
        return found


@dataclass(frozen=True, slots=True)
class Got:
    """A request that the push service got."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class PushService:
    """``answers`` maps paths to (status, headers); any other path is answered 201."""

    host: str = ""
    got: list[Got] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def phone(self) -> Phone:
        return Phone(f"http://{self.host}/push/{next(_NUMBERS)}")

    def of(self, phone: Phone) -> list[dict[str, Any]]:
        """What the phone was told, decrypted, in the order of arrival."""
        path = phone.endpoint.removeprefix(f"http://{self.host}")
        return [phone.read(one) for one in self.got if one.path == path]


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with service.lock:
                service.got.append(Got(self.path, dict(self.headers.items()), body))
            status, headers = service.answers.get(self.path, (201, {}))
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    server = Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    service.host = f"127.0.0.1:{server.server_address[1]}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
