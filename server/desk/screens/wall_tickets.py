"""Tickets with which the wall's page opens its socket at the server process, which does not know the desk's cookies.

Made by server.desk.screens.wall, read by server.processes.server. A ticket contains the id of a sign-in, signed with
the desk's key; it is worthless once that sign-in has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from server.setup.secret_keys import key

VALID_SECONDS = 16 * 3_600


@dataclass(frozen=True, slots=True)
class Tickets:
    """Makes and reads tickets; both processes have the same key."""

    signer: URLSafeTimedSerializer

    def make(self, sign_in: str) -> str:
        """A ticket for the sign-in with this id, valid for `VALID_SECONDS`."""
        return str(self.signer.dumps(sign_in))

    def read(self, ticket: str) -> str | None:
        """The id of the sign-in; None if the ticket is forged or has expired."""
        try:
            found = self.signer.loads(ticket, max_age=VALID_SECONDS)
        except BadData:
            return None
        return found if isinstance(found, str) else None


def wall_tickets(data: Path) -> Tickets:
    """Signed with the key in the folder ``data``."""
    return Tickets(URLSafeTimedSerializer(key(data, "desk"), salt="wall"))
