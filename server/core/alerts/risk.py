"""Reads the risk level of Decision 18/2021/QĐ-TTg from an alert; called by `texts` and `gravity`.

The level comes only from the parameter that the source's rules name, never from the severity, because the two scales
measure different things. display/css/tokens.css has the colours of the levels.
"""

from __future__ import annotations

import re

from server.core.alerts.document import Info
from server.core.alerts.rules import AlertRules

HIGHEST = 5
_NUMBERS = re.compile(r"\d{1,9}")


def risk_of(info: Info, rules: AlertRules) -> int:
    """Returns the risk level that ``info`` states ("3", "cấp 3", "Cấp độ 3"), 1 to 5; 0 if none, or several."""
    wanted = rules.risk_parameter.strip().casefold()
    if not wanted:
        return 0
    values = [value for name, value in info.parameters if name.strip().casefold() == wanted]
    numbers = {int(number) for value in values for number in _NUMBERS.findall(value)}
    level = numbers.pop() if len(numbers) == 1 else 0
    return level if level <= HIGHEST else 0
