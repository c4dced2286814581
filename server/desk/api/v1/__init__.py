"""The operations of the HTTP API under /api/v1, one module a subject; each is registered on ``blueprint.api``.

The import of these modules registers their operations; server.desk.app then registers the blueprint.
"""

from server.desk.api.v1 import announcements, files, laps, messages, notices, places, proof, serving, sources, stories
from server.desk.api.v1.blueprint import api as pages

__all__ = [
    "announcements", "files", "laps", "messages", "notices", "pages", "places", "proof", "serving", "sources",
    "stories",
]  # fmt: skip
