"""Reads until when the TLS certificate of this server's public address is valid; used by alarms_jobs.

Only the date is read: a certificate of the province's own authority is as good as any other, so nothing is verified
and nothing is sent.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import structlog

log = structlog.get_logger("certificate")
SECONDS = 10.0
EVERY_SECONDS = 3600.0
AGAIN_SECONDS = 300.0


class CertificateCheck:
    """Asks the server behind ``public_url`` once an hour; does nothing if the address is not https."""

    def __init__(self, public_url: str, monotonic: Callable[[], float]) -> None:
        parts = urlsplit(public_url)
        self._host = parts.hostname or "" if parts.scheme == "https" else ""
        self._port, self._monotonic = parts.port or 443, monotonic
        self._next = monotonic()
        self._ends: datetime | None = None

    def ends(self) -> datetime | None:
        """Returns when the certificate ends, as last seen; None if it is unknown."""
        if self._host and self._monotonic() >= self._next:
            try:
                self._ends = ends_at(self._host, self._port)
                self._next = self._monotonic() + EVERY_SECONDS
            except (OSError, ValueError) as error:
                log.warning("certificate not read", host=self._host, error=str(error))
                self._next = self._monotonic() + AGAIN_SECONDS
        return self._ends


def ends_at(host: str, port: int) -> datetime:
    """Returns when the certificate of a TLS server ends. Raises OSError if it cannot be asked, ValueError."""
    # Imported here because only servers with https have a certificate to look at, and loading it takes long.
    from cryptography import x509

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((host, port), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        shown = connection.getpeercert(binary_form=True)
    if shown is None:
        raise ValueError("no certificate")
    return x509.load_der_x509_certificate(shown).not_valid_after_utc
