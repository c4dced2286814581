"""Describes the machine and the library versions of a measurement, for the head of the report."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

_PARTS = ("flask-socketio", "python-socketio", "python-engineio", "gevent", "simple-websocket", "sqlalchemy")


def described() -> str:
    """A Markdown list: processor, memory, operating system, versions, and the machine's load average."""
    models = (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name"))
    cpu = next(models, "processor")
    total = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    memory = int(total) // 1024
    python = f"Python {platform.python_version()}"
    peer = _output("node", "-p", "require('socket.io/package.json').version")
    node = f"{_output('node', '--version')}, socket.io {peer}"
    return "\n".join([
        f"- {os.cpu_count()} × {cpu}, {memory} MiB, {platform.system()} {platform.release()}",
        f"- {python}, " + ", ".join(f"{part} {version(part)}" for part in _PARTS),
        f"- Node {node}",
        f"- load of the machine at the beginning: {os.getloadavg()[0]:.1f}",
    ])  # fmt: skip


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"
