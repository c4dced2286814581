"""Gives the child elements of a CAP element by name, as plain text; used by the modules of feeds.formats.cap."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from itertools import zip_longest

from lxml import etree

from feeds.clean.elements import TAG
from feeds.clean.plain_text import text_of
from feeds.limits import MAX_FIELD

VERSIONS = {
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "urn:oasis:names:tc:emergency:cap:1.0": "1.0",
    "http://www.incident.com/cap/1.0": "1.0",
}
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}\d{0,2}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
# Marks of direction (Arabic, Hebrew) and joiners (Persian, languages of India) stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\uffff]"
)
_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BREAKING = re.compile(r"</?(?:p|div|br|li|tr|h[1-6])\b", re.I)
_LIST = re.compile(r'"([^"]*)"|(\S+)')


def namespace_of(element: etree._Element) -> str:
    """Returns the namespace of ``element``, "" if it has none."""
    tag = str(element.tag)
    return tag[1 : tag.index("}")] if tag.startswith("{") else ""


def name_of(element: etree._Element) -> str:
    """Returns the name of ``element`` without prefix, in lower case; "" for comments and processing instructions."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


class Notes:
    """Collects sentences about what was unusual, each only once, in the order in which they were added."""

    _MOST = 40

    def __init__(self, *sentences: str) -> None:
        self._sentences = dict.fromkeys(sentences)

    def add(self, sentence: str) -> None:
        """Adds ``sentence`` unless it is "", is already there, or `_MOST` sentences are."""
        if sentence and len(self._sentences) < self._MOST:
            self._sentences[sentence] = None

    def all(self) -> tuple[str, ...]:
        """Returns the sentences in the order in which they were added."""
        return tuple(self._sentences)


class Fields:
    """The children of ``element`` that belong to CAP, by name in any letter case.

    A child belongs to CAP if it has the element's own namespace, one of CAP's or none; extensions and signatures do
    not. ``cut`` is True if a text that was read was too long and lost its end, or if there were more than `MOST`
    children of one name.
    """

    MOST = 20_000
    """Children of one name that are kept."""

    def __init__(self, element: etree._Element) -> None:
        self._found: dict[str, list[etree._Element]] = {}
        self.cut = False
        accepted = {namespace_of(element), "", *VERSIONS}
        names: dict[str, str] = {}
        for child in element.iterchildren("*"):
            tag = str(child.tag)
            if tag not in names:
                names[tag] = name_of(child) if namespace_of(child) in accepted else ""
            kept = self._found.setdefault(names[tag], [])
            if len(kept) < self.MOST:
                kept.append(child)
            else:
                self.cut = True

    def all(self, name: str) -> list[etree._Element]:
        """Returns the children with this name, at most `MOST`."""
        return self._found.get(name.lower(), [])

    def word(self, name: str) -> str:
        """Returns the first non-empty text of the children ``name``, on one line; "" if there is none.

        Used for identifiers, times, numbers and addresses.
        """
        return next((text for child in self.all(name) if (text := self._one_line(child))), "")

    def words(self, name: str) -> tuple[str, ...]:
        """Returns the text of each child ``name`` on one line; empty texts are left out."""
        return tuple(text for child in self.all(name) if (text := self._one_line(child)))

    def text(self, name: str) -> str:
        """Returns the first non-empty text of the children ``name``, plain and with line breaks; "" if there is none.

        Used for texts that people read.
        """
        return next((text for child in self.all(name) if (text := readable(self._content(child)))), "")

    def parted(self, name: str) -> tuple[str, ...]:
        """Splits the result of `word` at its blanks; a part in quotation marks may contain blanks."""
        return tuple(quoted or bare for quoted, bare in _LIST.findall(self.word(name)) if quoted or bare)

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Returns (``valueName``, ``value``) of each child ``name``, which has elements of these names.

        In CAP 1.0 the child has the text ``name=value`` instead.
        """
        return tuple(pair for child in self.all(name) for pair in self._pairs(child))

    def differ(self, name: str) -> bool:
        """Returns whether there are several children of this name with different texts."""
        return len({self._one_line(child) for child in self.all(name)}) > 1

    def _pairs(self, element: etree._Element) -> list[tuple[str, str]]:
        inner = Fields(element)
        names = [inner._one_line(child) for child in inner.all("valueName")]
        values = [readable(inner._content(child)) for child in inner.all("value")]
        self.cut = self.cut or inner.cut
        if not names and not values:
            name, _, value = self._one_line(element).partition("=")
            return [(name.strip(), value.strip())] if name.strip() else []
        if len(names) == 1 and len(values) > 1:
            names *= len(values)
        return [pair for pair in zip_longest(names, values, fillvalue="") if any(pair)]

    def _one_line(self, element: etree._Element) -> str:
        text = unicodedata.normalize("NFC", _undone(self._content(element)))
        return " ".join(_INVISIBLE.sub("", text).split())

    def _content(self, element: etree._Element) -> str:
        """Returns the text in ``element``, at most MAX_FIELD characters.

        Texts between its child elements become separate lines.
        """
        text = "\n".join(str(piece) for piece in element.itertext()) if len(element) else element.text or ""
        self.cut = self.cut or len(text) > MAX_FIELD
        return text[:MAX_FIELD]


def _undone(text: str) -> str:
    """Returns ``text`` with entities unescaped again, after the parser: many sources escape a text twice."""
    return _ENTITY.sub(lambda match: unescape(match[0]), text) if "&" in text else text


def readable(text: str) -> str:
    """Returns ``text`` as plain text in NFC, without markup and invisible characters, but with its line breaks.

    Blank lines are kept, too; of several in a row only one.
    """
    text = _undone(text)
    if TAG.search(text):
        # Without elements that break lines, the line breaks of the source are meant.
        text = text_of(text if _BREAKING.search(text) else text.replace("\n", "<br>"))
    text = _INVISIBLE.sub("", _BREAK.sub("\n", unicodedata.normalize("NFC", text)))
    lines = "\n".join(line.strip() for line in text.split("\n")).strip()
    return re.sub(r"\n{3,}", "\n\n", lines)
