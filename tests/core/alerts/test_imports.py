"""Only what compares outlines loads shapely: the server's process must not pay for it."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

from server.core import alerts
from tests.paths import ROOT

WITH_SHAPELY = {"outlines", "places"}


def test_no_other_module_of_alerts_loads_shapely_or_numpy() -> None:
    others = sorted(
        module.name for module in pkgutil.iter_modules(alerts.__path__) if module.name not in WITH_SHAPELY
    )
    assert "lifecycle" in others
    lines = [f"import server.core.alerts.{name}" for name in others]
    code = "\n".join(["import sys", *lines, "print(sorted({'shapely', 'numpy'} & set(sys.modules)))"])
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
