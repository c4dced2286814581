"""Writes the guard's reports: a line of JSON for each event, and its state for systemd; called by guard.py."""

from __future__ import annotations

import json
import os
import socket


def tell_systemd(state: str) -> None:
    """Sends ``state`` (READY=1 or WATCHDOG=1) to systemd; does nothing if NOTIFY_SOCKET is not set."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)


def say(event: str, **facts: object) -> None:
    """Writes one line to the log: a JSON object with the event's name and ``facts``."""
    print(json.dumps({"event": event, **facts}, ensure_ascii=False), flush=True)  # noqa: T201 - this is its log
