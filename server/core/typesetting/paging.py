"""Splits text into pages that fit, computed from font widths without rendering; called by server/slides.

Pages end at sentences, else at clauses, else between words; a word longer than a page is cut. The type size never
changes here. No-break spaces keep numbers with their units and telephone numbers in one piece. Lengths are in the
units that formats.py defines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from server.core.typesetting.font_metrics import ADVANCES

UNKNOWN = 1.0
# Lines are computed for this part of the width, because kerning can make a line a little wider in the browser.
SLACK = 0.995
# A page may end at a sentence or a clause only if it then holds at least this share of the words that fit on it.
SENTENCE_FILL = 0.4
CLAUSE_FILL = 0.5
# The penalty for a page that ends within a clause; a page that ends at a clause, but within a sentence, counts 1.
ROUGH = 2

NO_BREAK = "\u00a0"
# Invisible; forbids a line break where a browser would allow one, such as after a hyphen.
JOINER = "\u2060"
UNITS = (
    "km|km²|m|m²|m³|cm|mm|ha|kg|g|tấn|tạ|lít|kWh|MW|độ|°C|%|‰|giờ|phút|giây|ngày|tháng|năm|tuổi|người|hộ|"
    "đồng|nghìn|triệu|tỷ|tỉ|USD|VND|đ|xã|thôn|trang"
)
_NUMBER = r"\d[\d.,:/]*"
_TELEPHONE = re.compile(r"(?<![\d.,/])(?:\+?\d{1,4}|\(\d{2,4}\))(?:[ .-]\d{2,4}){1,4}(?![\d/])")
_WITH_UNIT = re.compile(rf"(?<!\w)({_NUMBER}) (?=(?:{UNITS})(?!\w))")
# A unit that is bound to the number before it is not bound to the one after it: "ngày 5 tháng 12 năm 2026" may break.
_BEFORE_NUMBER = re.compile(
    r"(?<![\w\u00a0])(ngày|giờ|tháng|năm|quý|cấp|số|điều|khoản|mục|lúc|gọi|khóa|thứ|đợt|lần|lớp|tổ|xóm|đội|quầy|cửa|phòng|bàn)"
    r" (?=[+(]?\d)",
    re.IGNORECASE,
)
# A dash between words stays on the line that it ends.
_BEFORE_DASH = re.compile(r"(?<=\S) (?=[-–—] )")
_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*$")
_CLAUSE = re.compile(r"[,;:–—][\"'”’»)\]]*$")
_SHORTENED = re.compile(r"^(?:\w|TP|ThS|TS|GS|PGS|Tr|BS|NXB|Mr|St|v\.v)\.$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Budget:
    """The space for text on a page: ``width`` and type ``size`` in units, ``lines``, and the font ``weight``.

    ``between`` is the gap between two paragraphs, in lines.
    """

    width: float
    lines: int
    size: int
    weight: int = 400
    between: float = 0.0


def tidy(text: str) -> str:
    """Returns the text in NFC, with single spaces, a line per paragraph, no-break spaces from number to unit."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(_bind(line) for line in lines if line)


def _bind(line: str) -> str:
    bound = _TELEPHONE.sub(lambda match: re.sub(r" ", NO_BREAK, match[0]), line)
    bound = _WITH_UNIT.sub(rf"\1{NO_BREAK}", bound)
    return _BEFORE_DASH.sub(NO_BREAK, _BEFORE_NUMBER.sub(rf"\1{NO_BREAK}", bound))


@lru_cache(maxsize=8)
def _advances(weight: int) -> Mapping[str, float]:
    return {letter: width / 100 for width, letters in ADVANCES[weight].items() for letter in letters} | {
        NO_BREAK: next(width for width, letters in ADVANCES[weight].items() if " " in letters) / 100,
        JOINER: 0.0,
    }


@lru_cache(maxsize=65536)
def em_width(text: str, weight: int = 400) -> float:
    """The width of a line of text in ems; characters missing in the font count 1 em, combining marks 0."""
    advances = _advances(weight)
    return sum(0.0 if unicodedata.combining(letter) else advances.get(letter, UNKNOWN) for letter in text)


@lru_cache(maxsize=16384)
def count_lines(text: str, width: float, size: int, weight: int = 400) -> int:
    """The number of lines of ``text`` in a column of ``width`` units at type size ``size``; 0 for empty text."""
    limit = width * SLACK / size
    return sum(_lines(line, limit, weight) for line in text.split("\n")) if text else 0


@lru_cache(maxsize=16384)
def longest_word(text: str, weight: int = 400) -> float:
    """The width of the widest word of ``text``, in ems; 0.0 for empty text."""
    return max((em_width(word, weight) for word in re.split(r"[ \n]", text)), default=0.0)


@lru_cache(maxsize=4096)
def _measured(line: str, weight: int) -> tuple[tuple[str, float], ...]:
    return tuple((word, em_width(word, weight)) for word in line.split(" "))


def _lines(line: str, limit: float, weight: int) -> int:
    begun, used, space = 1, 0.0, em_width(" ", weight)
    for word, width in _measured(line, weight):
        if used and used + space + width <= limit:
            used += space + width
        else:
            more, used = _place(word, width, used, limit, weight)
            begun += more
    return begun


def _place(word: str, width: float, used: float, limit: float, weight: int) -> tuple[int, float]:
    """Places a word of ``width`` ems that does not fit into a line of which ``used`` ems are taken.

    Returns (number of lines begun, ems used of the last of them). As in a browser, the word starts a new line and
    breaks between letters if it is wider than ``limit`` ems.
    """
    begun, used = (1 if used else 0), 0.0
    if width <= limit:
        return begun, width
    for letter in word:
        step = em_width(letter, weight)
        if used and used + step > limit:
            begun, used = begun + 1, 0.0
        used += step
    return begun, used


# Arranging a slide asks for the pages of the same text in the same space several times.
@lru_cache(maxsize=512)
def paginate(text: str, budget: Budget, *, tidied: bool = False) -> tuple[str, ...]:
    """Splits a text into pages within the budget, of about equal length; none for empty text.

    Joined, the pages equal the text except for white space. If the text is not ``tidied``, only numbers and their
    units are kept together. If it is, its no-break spaces are kept, except within a name or number that is wider than
    a line. Raises ValueError if the budget has no line or no width.
    """
    if budget.lines < 1 or budget.width <= 0:
        raise ValueError(f"nothing fits in {budget}")
    kept = loosened(text, budget.width, budget.size, budget.weight) if tidied else tidy(text)
    words = re.findall(r"[^ \n]+[ \n]?", kept)
    pages = list(_pages(words, budget))
    for lines in range(budget.lines - 1, 0, -1):
        evener = list(_pages(words, replace(budget, lines=lines)))
        if len(evener) > len(pages) or _roughness(evener) > _roughness(pages):
            break
        pages = evener
    return tuple("".join(page).strip(" \n") for page in _without_orphan(pages, budget))


def loosened(text: str, width: float, size: int, weight: int) -> str:
    """The text with ordinary spaces within names and compounds that are wider than a line of ``width`` units."""
    limit = width * SLACK / size

    def fitting(match: re.Match[str]) -> str:
        if em_width(match[0], weight) <= limit:
            return match[0]
        return match[0].replace(NO_BREAK, " ").replace(JOINER, "")

    return re.sub(rf"[^ \n]*[{NO_BREAK}{JOINER}][^ \n]*", fitting, text)


def _without_orphan(pages: list[list[str]], budget: Budget) -> list[list[str]]:
    """Returns the pages; if the last one has only a few words of a clause, words move to it from the page before."""
    if len(pages) < 2 or _roughness(pages[-2:]) < ROUGH or len(pages[-1]) * 3 > len(pages[-2]):
        return pages
    words = pages[-2] + pages[-1]
    middle = (len(words) + 1) // 2
    fits = _how_many_fit(words[middle:], budget) == len(words) - middle
    return [*pages[:-2], words[:middle], words[middle:]] if fits else pages


def _roughness(pages: list[list[str]]) -> int:
    """Returns the sum of the penalties of the pages' ends, without the last page.

    An end within a clause costs `ROUGH`, one at the end of a clause 1, one at the end of a sentence 0.
    """
    ends = [page[-1].rstrip(" \n") for page in pages[:-1]]
    return sum(0 if _SENTENCE.search(end) else 1 if _CLAUSE.search(end) else ROUGH for end in ends)


def _pages(words: list[str], budget: Budget) -> Iterator[list[str]]:
    rest = list(words)
    while rest:
        fitting = _how_many_fit(rest, budget)
        if fitting == 0:
            first, second = _cut(rest[0], budget)
            yield [first]
            rest[0] = second
            continue
        end = fitting if fitting == len(rest) else _good_end(rest, fitting)
        yield rest[:end]
        rest = rest[end:]


def _how_many_fit(words: list[str], budget: Budget) -> int:
    """The number of ``words``, from the first on, that fit on one page."""
    limit, space = budget.width * SLACK / budget.size, em_width(" ", budget.weight)
    lines, used = 1.0, 0.0
    for count, word in enumerate(words):
        if count and words[count - 1].endswith("\n"):
            lines, used = lines + 1 + budget.between, 0.0
        bare = word.rstrip(" \n")
        width = em_width(bare, budget.weight)
        if used and used + space + width <= limit:
            used += space + width
            continue
        more, used = _place(bare, width, used, limit, budget.weight)
        lines += more
        if lines > budget.lines:
            return count
    return len(words)


def _good_end(words: list[str], fitting: int) -> int:
    """The number of words to put on a page that has space for ``fitting``.

    The page ends with the last whole sentence if that fills enough of it, else with the last whole clause, else with
    the last word that fits.
    """
    ends = range(fitting, 0, -1)
    sentence = next((end for end in ends if _ends_sentence(words, end)), 0)
    if sentence >= fitting * SENTENCE_FILL:
        return sentence
    clause = next((end for end in ends if _CLAUSE.search(words[end - 1].rstrip())), 0)
    return clause if clause >= fitting * CLAUSE_FILL else fitting


def _ends_sentence(words: list[str], end: int) -> bool:
    word, following = words[end - 1], words[end][:1]
    if word.endswith("\n"):
        return True
    bare = word.rstrip()
    return bool(_SENTENCE.search(bare)) and not _SHORTENED.match(bare) and not following.islower()


def _cut(word: str, budget: Budget) -> tuple[str, str]:
    """Cuts a word that is longer than a page into the part that fills the page (at least one letter) and the rest."""
    limit, lines, used = budget.width * SLACK / budget.size, 1, 0.0
    for at, letter in enumerate(word):
        step = em_width(letter, budget.weight)
        if used and used + step > limit:
            lines, used = lines + 1, 0.0
        used += step
        if lines > budget.lines:
            return word[:at], word[at:]
    raise AssertionError("only a word that does not fit is cut")


def reading_time(text: str, extra_rows: int = 0) -> int:
    """The dwell of a page in ms: 2 s plus 1/3 s per syllable, at least 6 s, plus 1 s for each of ``extra_rows``."""
    syllables = len(text.split())
    return max(6_000, 2_000 + syllables * 1_000 // 3) + extra_rows * 1_000
