"""Makes and reads tickets, by which the wall's page proves to the server process who its user is.

Created by server.desk.screens.wall, read by server.processes.server. The server process cannot read the desk's
cookies. A ticket contains the id of a sign-in, signed with the desk's key; it is not accepted any more when that
sign-in has ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from server.setup.secret_keys import key

VALID_SECONDS = 16 * 3_600


@dataclass(frozen=True, slots=True)
class Tickets:
    """Makes and reads tickets; ``signer`` has the same key in both processes."""

    signer: URLSafeTimedSerializer

    def make(self, sign_in: str) -> str:
        """Returns a ticket for the sign-in with this id, valid for `VALID_SECONDS`."""
        return str(self.signer.dumps(sign_in))

    def read(self, ticket: str) -> str | None:
        """Returns the id of the sign-in in a ticket; None if the ticket is forged or has expired."""
        try:
            found = self.signer.loads(ticket, max_age=VALID_SECONDS)
        except BadData:
            return None
        return found if isinstance(found, str) else None


def wall_tickets(data: Path) -> Tickets:
    """Returns the maker and reader of tickets that are signed with the key in the folder ``data``."""
    return Tickets(URLSafeTimedSerializer(key(data, "desk"), salt="wall"))
