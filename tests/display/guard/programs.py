"""Fake programs for switching a panel: scripts that log their calls; used by the tests of this folder."""

from __future__ import annotations

from pathlib import Path


class Programs:
    """A folder of fake executables; ``calls`` returns the command lines with which they were called."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder

    def add(self, name: str, then: str = "exit 0") -> None:
        program = self.folder / name
        program.write_text(f'#!/bin/sh\nread said\necho "{name} $* <$said>" >>"{self.folder}/calls"\n{then}\n')
        program.chmod(0o755)

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text(encoding="utf-8").splitlines()
