"""The programs that switch a panel, as small scripts that note how they were called; for the tests of this folder."""

from __future__ import annotations

from pathlib import Path


class Programs:
    """Executables of those names, as a device has them; what they were called with stands in ``calls``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder

    def add(self, name: str, then: str = "exit 0") -> None:
        program = self.folder / name
        program.write_text(f'#!/bin/sh\nread said\necho "{name} $* <$said>" >>"{self.folder}/calls"\n{then}\n')
        program.chmod(0o755)

    def calls(self) -> list[str]:
        return (self.folder / "calls").read_text(encoding="utf-8").splitlines()
