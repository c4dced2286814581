"""The risk level of Decision 18/2021/QĐ-TTg in an alert and its colours; called by `texts`.

The level comes only from the parameter that the source names, never from the severity: both scales mean other things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.core.alerts.document import Info
from server.core.alerts.rules import AlertRules

INK, WHITE = "#14213a", "#ffffff"
LEAST_CONTRAST = 7.0
_NUMBERS = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class RiskColour:
    """The colour of a risk level with its name and the colour of text on it, at a contrast of 7:1 or more."""

    level: int
    name: str
    background: str
    text: str


def luminance(colour: str) -> float:
    """The relative luminance (WCAG 2) of "#rrggbb", 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast (WCAG 2) of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(background: str) -> str:
    """Ink or white, whichever stands out more. Raises ValueError where neither reaches 7:1."""
    best = max((INK, WHITE), key=lambda text: contrast(text, background))
    if contrast(best, background) < LEAST_CONTRAST:
        raise ValueError(f"no text is readable on {background}")
    return best


def _colour(level: int, name: str, background: str) -> RiskColour:
    return RiskColour(level, name, background, text_on(background))


# The decision names the colours only; these shades are those of display/css/tokens.css.
RISKS: tuple[RiskColour, ...] = (
    _colour(1, "xanh dương nhạt", "#a9d8f5"),
    _colour(2, "vàng nhạt", "#f8eda0"),
    _colour(3, "da cam", "#fb9a32"),
    _colour(4, "đỏ", "#a30d17"),
    _colour(5, "tím", "#5a2a86"),
)


def risk_of(info: Info, rules: AlertRules) -> RiskColour | None:
    """The risk that ``info`` states: "3", "cấp 3", "Cấp độ 3"; None without exactly one level from 1 to 5."""
    wanted = rules.risk_parameter.strip().casefold()
    if not wanted:
        return None
    values = [value for name, value in info.parameters if name.strip().casefold() == wanted]
    numbers = {int(number) for value in values for number in _NUMBERS.findall(value)}
    level = numbers.pop() if len(numbers) == 1 else 0
    return RISKS[level - 1] if 1 <= level <= len(RISKS) else None
