"""The identity of an alert as one text, the `origin` of notices that show it; called by `wanted`, worker and desk."""

from __future__ import annotations

from server.core.alerts.document import Alert


def origin_of(alert: Alert) -> str:
    """Returns source, sender and identifier of ``alert`` in one text, which alerts of two sources never share."""
    return f"{alert.source}/{alert.sender}/{alert.identifier}"
