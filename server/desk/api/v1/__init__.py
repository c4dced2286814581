"""The operations of the HTTP API under /api/v1, one module per subject; registered by server.desk.app.

Importing this package registers all operations on the blueprint ``blueprint.api``, which the application then
registers as ``pages``.
"""

from server.desk.api.v1 import (
    announcements,
    documents,
    files,
    laps,
    messages,
    notices,
    places,
    proof,
    serving,
    sources,
    stories,
)
from server.desk.api.v1.blueprint import api as pages

__all__ = [
    "announcements", "documents", "files", "laps", "messages", "notices", "pages", "places", "proof", "serving",
    "sources", "stories",
]  # fmt: skip
