"""Talks to the guard's browser through a debugging port, which only tests open; used by the tests of the guard."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import websocket

from display.guard.page_check import EXPRESSION
from tests.station import until

PORT_FLAG = "--remote-debugging-port=0"


class DebuggingPort:
    """DevTools of the first page of the browser that was started with the folder ``profile`` and PORT_FLAG."""

    def __init__(self, profile: Path) -> None:
        self._port_file = profile / "DevToolsActivePort"
        until(self._port_file.exists, "the browser listens")

    def ask(self, expression: str) -> Any:
        """Evaluates an expression in the page; returns None if nothing answers, for example during a navigation."""
        try:
            return self._command("Runtime.evaluate", {"expression": expression, "returnByValue": True})["value"]
        except (OSError, ValueError, LookupError, websocket.WebSocketException):
            return None

    def load(self, address: str) -> None:
        self._command("Page.navigate", {"url": address})

    def ours(self) -> bool:
        """Whether the guard recognizes the page as its own."""
        said = self.ask(EXPRESSION)
        return said is not None and bool(json.loads(said)[2])

    def _command(self, method: str, params: dict[str, object]) -> dict[str, Any]:
        port = int(self._port_file.read_text(encoding="ascii").split("\n")[0])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=10) as answer:
            page = next(one for one in json.load(answer) if one["type"] == "page")
        tab = websocket.create_connection(page["webSocketDebuggerUrl"], timeout=10, suppress_origin=True)
        try:
            tab.send(json.dumps({"id": 1, "method": method, "params": params}))
            while (message := json.loads(tab.recv())).get("id") != 1:
                continue
        finally:
            tab.close()
        found: dict[str, Any] = message["result"]
        return dict(found.get("result", found))
