"""How late the server's loop turned, of its own gauge at /metrics; called by benchmarks that press it."""

from __future__ import annotations

import re

from tests.station import Station

_LINE = re.compile(r"^(\w*loop\w*lag\w*(?:\{[^}]*\})?) (\S+)$", re.MULTILINE)


def loop_lag(station: Station) -> str:
    """What the gauge says, "-" for a server without one."""
    status, body = station.get("/metrics")
    found = _LINE.findall(body.decode()) if status == 200 else []
    return ", ".join(f"{name} {value}" for name, value in found) or "-"
