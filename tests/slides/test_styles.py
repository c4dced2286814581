"""Style sheets: contrast is sufficient, numbers equal those in the code, each type size has a class, fonts exist."""

from __future__ import annotations

import re

import pytest

from server.core.model import Size
from server.core.typesetting.formats import CANVASES, LED_CANVASES, SCALES
from server.slides.kinds.led import MOST_TURNS
from server.slides.kinds.notice import MOST_PAGES
from server.slides.layout.fitting import LADDER
from server.slides.layout.space import GUTTER, ORNAMENT_SHARE, PAD_LANDSCAPE, PAD_PORTRAIT, PICTURE_SHARE
from server.slides.styles import FOLDER, style_files, stylesheet
from tests.paths import ROOT

CSS = ROOT / "display/css"
FILES = ROOT / "node_modules/@fontsource/be-vietnam-pro/files"
THEMES = ("province", "commune", "contrast", "mourning")
LEAST = 7.0


def sheet(name: str) -> str:
    return (CSS / name).read_text(encoding="utf-8")


def block(css: str, selector: str) -> dict[str, str]:
    """The custom properties in the first rule that has ``selector`` among its selectors: name -> value."""
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if selector in [one.strip() for one in selectors.split(",")]:
            return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    raise AssertionError(f"no block for {selector}")


def colours(theme: str) -> dict[str, str]:
    """All colours of a theme, by the name of their custom property, as hex values.

    They are the palette and the colours of roles; a role that refers to the palette has the palette's value.
    """
    tokens = sheet("tokens.css")
    raw = block(tokens, ":root")
    roles = block(tokens, '[data-theme="province"]') | block(tokens, f'[data-theme="{theme}"]')
    return raw | {
        name: raw.get(value[6:-1], value) if value.startswith("var(") else value for name, value in roles.items()
    }


def luminance(colour: str) -> float:
    """The relative luminance of a hex colour, from 0 to 1, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_rule_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_seven_to_one(theme: str) -> None:
    roles = colours(theme)
    for words in ("words", "quiet", "accent"):
        assert contrast(roles[words], roles["ground"]) >= LEAST, words
    assert contrast(roles["on-accent"], roles["accent"]) >= LEAST


@pytest.mark.parametrize("risk", [1, 2, 3, 4, 5])
def test_text_on_each_risk_colour_has_seven_to_one(risk: int) -> None:
    raw = colours("province")
    own = block(stylesheet(), ".notice") | (block(stylesheet(), f".notice.risk-{risk}") if risk != 4 else {})
    tone, on_tone = raw[f"risk-{risk}"], raw[own.get("on-tone", "var(--white)")[6:-1]]
    better = max(contrast(tone, raw["white"]), contrast(tone, raw["ink-900"]))
    assert own["tone"] == f"var(--risk-{risk})"
    assert contrast(tone, on_tone) == pytest.approx(better)
    assert better >= LEAST


def test_the_five_risk_colours_are_those_of_the_decision() -> None:
    """Decision QĐ 18/2021/QĐ-TTg prescribes light blue, light yellow, orange, red and purple."""
    raw = colours("province")
    red, green, blue = ({n: int(raw[f"risk-{n}"][at : at + 2], 16) for n in range(1, 6)} for at in (1, 3, 5))
    assert blue[1] > green[1] > red[1] > 120
    assert min(red[2], green[2]) > 200 > blue[2]
    assert red[3] > green[3] > blue[3]
    assert green[3] > 120
    assert red[4] > 100 > max(green[4], blue[4])
    assert blue[5] > red[5] > green[5]


def test_an_ended_notice_has_seven_to_one() -> None:
    raw = colours("province")
    assert block(stylesheet(), ".notice.over")["tone"] == "var(--ink-700)"
    assert contrast(raw["ink-700"], raw["white"]) >= LEAST


@pytest.mark.parametrize("size", SCALES)
def test_tokens_and_formats_hold_the_same_numbers(size: Size) -> None:
    tokens, scale = block(sheet("tokens.css"), f'[data-size="{size}"]'), SCALES[size]
    for name in ("headline", "text", "kicker", "small", "bar", "qr"):
        assert int(tokens[name]) == getattr(scale, name), name
    assert int(tokens["high-bar"]) == scale.high_bar


def test_the_unit_is_that_of_the_canvases() -> None:
    unit = sheet("unit.css")
    for canvases, across in ((CANVASES, "across"), (LED_CANVASES, "down")):
        for layout, canvas in canvases.items():
            values = (canvas.width, canvas.height)
            wanted = values if across == "across" else values[1:]
            assert all(
                f"{name}: {value};" in unit
                for name, value in zip(("--across", "--down")[-len(wanted) :], wanted, strict=True)
            ), layout


def test_lengths_of_space_py_are_in_the_shared_sheet() -> None:
    shared = (FOLDER / "shared/style.css").read_text(encoding="utf-8")
    slide = block(shared, ".slide")
    assert (int(slide["pad"]), int(slide["gutter"])) == (PAD_LANDSCAPE, GUTTER)
    assert float(slide["share"]) == PICTURE_SHARE["S"] == PICTURE_SHARE["M"]
    for size in ("L", "XL"):
        assert float(block(shared, f'.slide[data-size="{size}"]')["share"]) == PICTURE_SHARE[size]
    assert f"--pad: {PAD_PORTRAIT};" in shared
    assert f"{ORNAMENT_SHARE * 100:.0f}%" in shared


def test_each_step_of_the_ladder_and_each_number_of_pages_has_a_class() -> None:
    steps = {int(step) for step in re.findall(r"\.z-(\d+) \{\s*--step: \1;", sheet("type.css"))}
    assert steps == set(LADDER)
    pages = {int(number) for number in re.findall(r"\.of-(\d+) \{\s*--pages: \1;", stylesheet())}
    assert pages >= set(range(2, max(MOST_TURNS, MOST_PAGES) + 1))


def test_the_sheet_of_every_kind_is_included() -> None:
    kinds = {path.parent.name for path in style_files()}
    assert kinds == {path.parent.name for path in (FOLDER / "kinds").glob("*/template.html")} | {"shared"}
    assert all(path.read_text(encoding="utf-8") in stylesheet() for path in style_files())


def test_notices_have_the_same_rules_for_readers_of_boards_in_both_layouts() -> None:
    reader = (FOLDER / "kinds/notice/reader.css").read_text(encoding="utf-8")
    _, landscape, portrait = re.split(r"^@media .*\{$", reader.partition("\n/* On the stage")[0], flags=re.M)
    assert ".slide.notice.column .face" in landscape
    assert landscape.replace(':not([data-layout="portrait"])', '[data-layout="portrait"]').strip() == portrait.strip()


def test_the_board_s_sheet_names_files_that_exist() -> None:
    for name in re.findall(r'@import url\("([^"]+)"\)', sheet("board.css")):
        assert (CSS / name).is_file()


def test_the_fonts_named_are_shipped() -> None:
    names = re.findall(r'url\("\.\./fonts/([^"]+)"\)', sheet("fonts.css"))
    assert len(names) == len(set(names)) == 12
    assert all((FILES / name).is_file() for name in names)


def test_only_opacity_and_transform_are_animated() -> None:
    everything = "".join(path.read_text(encoding="utf-8") for path in CSS.glob("*.css")) + stylesheet()
    moved = re.findall(r"transition:\s*([^;]+);", everything)
    assert {part.split()[0] for each in moved for part in each.split(",")} <= {"opacity", "visibility", "none"}
    for frames in re.findall(r"@keyframes \w+ \{\s*to \{([^}]*)\}", everything):
        assert set(re.findall(r"([\w-]+):", frames)) <= {"transform", "opacity"}
    assert "prefers-reduced-motion" in everything
