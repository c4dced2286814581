"""The key of an alert as one text, the `origin` of the notices that show it; called by `wanted`, worker and desk."""

from __future__ import annotations

from server.core.alerts.document import Alert


def origin_of(alert: Alert) -> str:
    """Source, sender and identifier of ``alert`` in one text; alerts of two sources never have the same."""
    return f"{alert.source}/{alert.sender}/{alert.identifier}"
