"""The fixture `figure`, by which a test reports a measured value.

tests/long_runs.py records the values; an ordinary run ignores them.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

FIGURE = "figure"
"""The name of the entry in ``user_properties`` of a pytest report; its value is [name, value, unit]."""
Figure = Callable[[str, float, str], None]


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """A function that records one measurement of the test, for example ``figure("lost", 0, "notices")``.

    A higher value has to mean a worse result.
    """

    def note(name: str, value: float, unit: str) -> None:
        request.node.user_properties.append((FIGURE, [name, value, unit]))

    return note
