"""Writes the values of cells as a spreadsheet program with Vietnamese settings shows them; called by sheet.

No maintained Python library does this: openpyxl only distinguishes dates from numbers, and Babel uses another pattern
language, without conditions. An unknown format raises UnknownFormatError; the caller then shows the plain number and
tells the person who uploaded the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from server.media.date_format import date_text, is_date
from server.media.format_code import Section, Token, UnknownFormatError, sections

# Built-in formats whose meaning depends on the computer's regional settings -> their Vietnamese form. The two ISO
# formats are also replaced, because programs that create workbooks use them when nobody has chosen a format.
_REGIONAL: Mapping[str, str] = {
    "mm-dd-yy": "dd/mm/yyyy",
    "m/d/yy h:mm": "dd/mm/yyyy h:mm",
    "yyyy-mm-dd": "dd/mm/yyyy",
    "yyyy-mm-dd h:mm:ss": "hh:mm dd/mm/yyyy",
    '"$"#,##0_);("$"#,##0)': '#,##0" ₫";-#,##0" ₫"',
    '"$"#,##0_);[Red]("$"#,##0)': '#,##0" ₫";-#,##0" ₫"',
    '"$"#,##0.00_);("$"#,##0.00)': '#,##0.00" ₫";-#,##0.00" ₫"',
    '"$"#,##0.00_);[Red]("$"#,##0.00)': '#,##0.00" ₫";-#,##0.00" ₫"',
    '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)': '#,##0" ₫";-#,##0" ₫";"- ₫"',
    '_("$"* #,##0.00_)_("$"* \\(#,##0.00\\)_("$"* "-"??_)_(@_)': '#,##0.00" ₫";-#,##0.00" ₫";"- ₫"',
}
# Formats that follow the computer's long date and its time, whatever comes after this start.
_SYSTEM: Mapping[str, str] = {"[$-F800]": "dd mmmm yyyy", "[$-F400]": "hh:mm:ss"}
_GENERAL_PLACES = 10
"""Most digits of a number that is not whole in the format General: eleven characters with the decimal comma."""
_MOST_DIGITS = 15
"""Spreadsheets store numbers with at most this many significant digits."""


def shown_number(value: float, code: str, *, since_1904: bool = False) -> str:
    """Returns the text of a number in the format ``code``: 0.035 in "0.0%" is "3,5%". Raises UnknownFormatError.

    As in Vietnam, a comma precedes decimals and a point separates thousands. White space is collapsed. Returns "" if
    the format hides the number. ``since_1904``: the workbook counts days from 1904, not from 1900.
    """
    code = _SYSTEM.get(code[:8].upper()) or _REGIONAL.get(code, code)
    section, sign = _section_for(sections(code), value)
    if is_date(section):
        return _clean(date_text(section, value, since_1904=since_1904))
    text = _number(section.tokens, _decimal(abs(value)))
    return _clean("-" + text if sign and any(digit in text for digit in "123456789") else text)


def shown_text(text: str, code: str) -> str:
    """Returns a text in the format ``code``, which may add words ('@" m"').

    The text is unchanged if the format is only for numbers.
    """
    try:
        found = sections(code)
    except UnknownFormatError:
        return text
    chosen = found[3] if len(found) > 3 else next((one for one in found if one.has("at")), None)
    if chosen is None:
        return text
    return "".join(text if token.kind == "at" else token.text for token in chosen.tokens).strip()


def plain_number(value: float) -> str:
    """Returns the text of a number in the format General.

    A whole number has all its digits; any other has at most eleven characters. Very large and very small numbers are
    written as "1,5E+20".
    """
    number = _decimal(abs(value))
    sign = "-" if value < 0 else ""
    if number == number.to_integral_value() and number < 10**_MOST_DIGITS:
        return f"{sign}{int(number)}"
    if number >= 10**_MOST_DIGITS or number < Decimal("0.0001"):
        mantissa, _, exponent = f"{number:.5E}".partition("E")
        return f"{sign}{_without_zeros(mantissa)}E{exponent[0]}{exponent[1:].rjust(2, '0')}".replace(".", ",")
    places = max(0, _GENERAL_PLACES - len(str(int(number))))
    return sign + _without_zeros(f"{_rounded(number, places):f}").replace(".", ",")


def _section_for(found: tuple[Section, ...], value: float) -> tuple[Section, bool]:
    """Returns (the section of the format that applies to ``value``, whether a minus sign must be added to its text).

    Raises UnknownFormatError if no section applies.
    """
    numbers = found[:3]
    if any(section.condition for section in numbers):
        chosen = next((section for section in numbers if section.condition and section.accepts(value)), None)
        chosen = chosen or next((section for section in numbers if section.condition is None), None)
        if chosen is None:
            raise UnknownFormatError("no section for this number")
        return chosen, value < 0 and not chosen.only_negative()
    if len(numbers) == 1 or value > 0 or (value == 0 and len(numbers) == 2):
        return numbers[0], value < 0
    return (numbers[1] if value < 0 else numbers[2]), False


def _number(tokens: tuple[Token, ...], value: Decimal) -> str:
    """Returns the text of ``value``, which must not be negative, in the format of a section."""
    kinds = [token.kind for token in tokens]
    value *= Decimal(100) ** kinds.count("percent")
    if "exponent" in kinds:
        return _scientific(tokens, value)
    if _is_fraction(kinds):
        return _fraction(tokens, value)
    if "digit" in kinds:
        return _decimals(tokens, value)
    shown = "general" if "general" in kinds else "at"
    return "".join(plain_number(float(value)) if token.kind == shown else token.text for token in tokens)


@dataclass(frozen=True, slots=True)
class _Places:
    """The tokens of a section before the decimal point (``whole``) and after it (``after``), without commas.

    ``grouped``: thousands are separated. ``thousands`` is how many times the number is divided by 1,000.
    """

    whole: tuple[Token, ...]
    after: tuple[Token, ...]
    grouped: bool
    thousands: int

    @property
    def decimals(self) -> int:
        """Returns the largest number of digits that the format allows after the decimal point."""
        return sum(1 for token in self.after if token.kind == "digit")


def _places(tokens: tuple[Token, ...]) -> _Places:
    """Splits a section at its decimal point, and interprets its commas.

    A comma between digits means that thousands are separated; each comma after the last digit divides by 1,000.
    """
    kinds = [token.kind for token in tokens]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    digits = [at for at in range(point) if kinds[at] == "digit"]
    commas = [at for at in range(len(kinds)) if kinds[at] == "comma"]
    last = max(at for at, kind in enumerate(kinds) if kind == "digit")
    grouped = any(digits and digits[0] < at < digits[-1] for at in commas)
    scaling = [at for at in commas if at > last or (digits and digits[-1] < at < point)]
    return _Places(
        tuple(token for token in tokens[:point] if token.kind != "comma"),
        tuple(token for token in tokens[point + 1 :] if token.kind != "comma"),
        grouped,
        len(scaling),
    )


def _decimals(tokens: tuple[Token, ...], value: Decimal) -> str:
    places = _places(tokens)
    number = _rounded(value / Decimal(1000) ** places.thousands, places.decimals)
    whole, _, decimals = f"{number:f}".partition(".")
    return _whole(places.whole, whole.lstrip("0"), grouped=places.grouped) + _after(places.after, decimals)


def _whole(tokens: Sequence[Token], digits: str, *, grouped: bool) -> str:
    """Returns the text before the decimal comma: ``digits`` are filled into the digit tokens from right to left.

    The leftmost digit token takes all remaining digits.
    """
    first = next((at for at, token in enumerate(tokens) if token.kind == "digit"), -1)
    if first < 0:
        return "".join(token.text for token in tokens) + digits
    out: list[str] = []
    written = 0
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].kind != "digit":
            out.append(tokens[at].text)
            continue
        taken = digits if at == first else digits[-1:]
        digits = digits[: len(digits) - len(taken)]
        for digit in reversed(taken or {"0": "0", "?": " ", "#": ""}[tokens[at].text]):
            if grouped and written and written % 3 == 0 and digit != " ":
                out.append(".")
            out.append(digit)
            written += 1
    return "".join(reversed(out))


def _after(tokens: Sequence[Token], decimals: str) -> str:
    """Returns the decimal comma, the digits after it, and the texts of the tokens that follow.

    Trailing zeros are left out where the format has "#" or "?".
    """
    wanted = [token.text for token in tokens if token.kind == "digit"]
    while wanted and wanted[-1] != "0" and decimals.endswith("0"):
        wanted.pop()
        decimals = decimals[:-1]
    left = iter(decimals[: len(wanted)])
    text = "".join(next(left, "") if token.kind == "digit" else token.text for token in tokens)
    return "," + text if wanted else text


def _scientific(tokens: tuple[Token, ...], value: Decimal) -> str:
    at = next(at for at, token in enumerate(tokens) if token.kind == "exponent")
    mantissa, mark, rest = tokens[:at], tokens[at], tokens[at + 1 :]
    places = _places(mantissa)
    wide = max(1, sum(1 for token in places.whole if token.kind == "digit"))
    power = value.adjusted() // wide * wide if value else 0
    number = _rounded(value.scaleb(-power), places.decimals)
    if number >= Decimal(10) ** wide:  # 9.99 was rounded up to 10.0
        power, number = power + wide, _rounded(value.scaleb(-power - wide), places.decimals)
    whole, _, decimals = f"{number:f}".partition(".")
    sign = "-" if power < 0 else "+" if mark.text[1] == "+" else ""
    text = _whole(places.whole, whole.lstrip("0"), grouped=False) + _after(places.after, decimals)
    return f"{text}E{sign}{_whole(rest, str(abs(power)).lstrip('0'), grouped=False)}"


def _is_fraction(kinds: list[str]) -> bool:
    if "slash" not in kinds:
        return False
    at = kinds.index("slash")
    return "digit" in kinds[:at] and "point" not in kinds and at + 1 < len(kinds)


def _fraction(tokens: tuple[Token, ...], value: Decimal) -> str:
    """Returns a number as a fraction, such as "1 3/8".

    The format "# ?/8" gives eighths. With "# ??/??" the denominator has as many digits as there are "?" after the
    slash, or fewer; the one that comes closest to the number is taken.
    """
    slash = next(at for at, token in enumerate(tokens) if token.kind == "slash")
    after = tokens[slash + 1 :]
    fixed = "".join(token.text for token in after if token.text.isdigit())
    places = sum(1 for token in after if token.kind == "digit")
    start = slash
    while start and tokens[start - 1].kind == "digit":
        start -= 1
    mixed = any(token.kind == "digit" for token in tokens[:start])
    whole = int(value) if mixed else 0
    part = Fraction(value) - whole
    if fixed.strip("0"):
        below = int(fixed)
        above = int(part * below + Fraction(1, 2))
    else:
        nearest = part.limit_denominator(max(10**places - 1, 1))
        above, below = nearest.numerator, nearest.denominator
    if mixed and above == below:
        whole, above = whole + 1, 0
    if not above:
        return str(whole)
    return f"{whole} {above}/{below}" if whole else f"{above}/{below}"


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.{_MOST_DIGITS}g}")


def _rounded(number: Decimal, places: int) -> Decimal:
    """Rounds to ``places`` decimals, half away from zero, as spreadsheets do.

    ``Decimal.quantize`` is not used, because its default precision is too small for large numbers.
    """
    whole = int(number.scaleb(places).to_integral_value(ROUND_HALF_UP))
    return Decimal(whole).scaleb(-places)


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _clean(text: str) -> str:
    return " ".join(text.split())
