"""Tickets by which a page of the desk opens its socket at the server, which knows no cookies; made by the wall.

A ticket names a sign-in and is signed with the desk's key; it is worth nothing once that sign-in has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from server.setup.secret_keys import key

LIVES_SECONDS = 16 * 3_600


@dataclass(frozen=True, slots=True)
class Tickets:
    """Makes and reads tickets; both processes hold the same key."""

    signer: URLSafeTimedSerializer

    def make(self, sign_in: str) -> str:
        made: str = self.signer.dumps(sign_in)
        return made

    def read(self, ticket: str) -> str | None:
        """The sign-in's id; None where the ticket is forged or too old."""
        try:
            found = self.signer.loads(ticket, max_age=LIVES_SECONDS)
        except BadData:
            return None
        return found if isinstance(found, str) else None


def wall_tickets(data: Path) -> Tickets:
    return Tickets(URLSafeTimedSerializer(key(data, "desk"), salt="wall"))
