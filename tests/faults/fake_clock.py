"""Sets the system's clock of single processes with libfaketime, but not their monotonic clock.

Used by test_clock and worker/levels/test_four_hosts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.station import Station

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


def clock_environment(**settings: str) -> dict[str, str]:
    """The environment of a process that uses libfaketime with these ``settings``, but not for its monotonic clock."""
    if not _LIBRARIES:
        pytest.fail("libfaketime is missing: apt-get install faketime", pytrace=False)
    unchanged = {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
    return {"LD_PRELOAD": str(_LIBRARIES[-1])} | unchanged | settings


@dataclass(slots=True)
class SteppedStation(Station):
    """A station whose processes read their clock through libfaketime; ``step`` sets it while they run."""

    environment: dict[str, str] = field(default_factory=dict)

    def fake(self) -> SteppedStation:
        """Makes the station's processes use libfaketime; must be called before ``start``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.step(0)
        self.environment = clock_environment(FAKETIME_TIMESTAMP_FILE=str(self._file), FAKETIME_NO_CACHE="1")
        return self

    @property
    def _file(self) -> Path:
        return self.folder / "clock"

    def step(self, seconds: int) -> None:
        """Sets the clock of all processes to the true time plus ``seconds``."""
        beside = self.folder / "clock-new"
        beside.write_text(f"{seconds:+d}\n")
        beside.replace(self._file)

    def _environment(self) -> dict[str, str]:
        return Station._environment(self) | self.environment
