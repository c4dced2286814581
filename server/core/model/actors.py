"""The name in the audit log for acts of the program itself; read through `server.core.model`."""

from __future__ import annotations

SYSTEM = "system"
"""The actor, in the audit and as a writer, of what no person did."""
SOURCE_SYSTEM = "source-system"
"""The actor of bulletins that came by the folder of the source information system."""
