"""Reads the ``info`` parts of a CAP alert with their areas and resources; called by feeds.formats.cap.alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from feeds.download.links import absolute
from feeds.formats.cap.conformance_tables import WORDS
from feeds.formats.cap.document import CapArea, CapInfo, CapResource, Ring
from feeds.formats.cap.fields import Fields, Notes
from feeds.formats.cap.geometry import Unreadable, circle, rings
from feeds.formats.cap.instants import instant

MAX_INFOS = 500
MAX_AREAS = 5_000
MAX_POINTS = 300_000
"""Points of all outlines of one alert."""
TOO_LONG = "Nội dung quá dài; phần cuối đã bỏ qua."

_NAMES = {
    "category": "loại", "responseType": "cách ứng phó", "urgency": "mức độ khẩn", "severity": "mức độ nghiêm trọng",
    "certainty": "mức độ chắc chắn",
}  # fmt: skip
_WORDS = {name: {word.lower(): word for word in WORDS[name]} for name in _NAMES}


@dataclass
class Reader:
    """Reads the infos of one alert. ``zone`` is the source's time zone, ``base`` the document's address.

    ``areas_left`` and ``points_left`` are the numbers of areas and points that may still be read of this alert.
    ``incomplete`` is True if something was left out.
    """

    zone: str
    base: str
    notes: Notes
    areas_left: int = MAX_AREAS
    points_left: int = MAX_POINTS
    incomplete: bool = False

    def infos(self, elements: list[etree._Element]) -> tuple[CapInfo, ...]:
        """Reads the ``info`` elements, at most MAX_INFOS; sets ``incomplete`` if there are more."""
        if len(elements) > MAX_INFOS:
            self.cut(f"Cảnh báo có hơn {MAX_INFOS} phần nội dung; phần còn lại đã bỏ qua.")
        return tuple(self._info(Fields(element)) for element in elements[:MAX_INFOS])

    def _info(self, fields: Fields) -> CapInfo:
        effective = self._time(fields, "effective", "giờ hiệu lực")
        onset = self._time(fields, "onset", "giờ bắt đầu")
        expires = self._time(fields, "expires", "giờ hết hạn")
        if expires is not None and effective is not None and expires < effective:
            self.notes.add("Giờ hết hạn sớm hơn giờ hiệu lực.")
        made = CapInfo(
            language=fields.word("language").replace("_", "-"),
            categories=self._known(fields, "category"),
            event=fields.text("event"),
            responses=self._known(fields, "responseType"),
            urgency=self._first(fields, "urgency"),
            severity=self._first(fields, "severity"),
            certainty=self._first(fields, "certainty"),
            audience=fields.text("audience"),
            event_codes=fields.pairs("eventCode"),
            effective=effective,
            onset=onset,
            expires=expires,
            sender_name=fields.text("senderName"),
            headline=fields.text("headline"),
            description=fields.text("description"),
            instruction=fields.text("instruction"),
            web=fields.word("web"),
            contact=fields.text("contact"),
            parameters=fields.pairs("parameter"),
            resources=tuple(self._resource(Fields(element)) for element in fields.all("resource")),
            areas=self._areas(fields.all("area")),
        )
        self.note_cut(fields)
        return made

    def _time(self, fields: Fields, name: str, called: str) -> datetime | None:
        return instant(fields.word(name), self.zone, self.notes, called)

    def _known(self, fields: Fields, name: str) -> tuple[str, ...]:
        """Returns the values of a field for which CAP 1.2 lists the allowed values.

        They have the spelling of CAP 1.2; unknown values are returned as written.
        """
        return tuple(self._spelled(name, word) for word in fields.words(name))

    def _first(self, fields: Fields, name: str) -> str:
        word = fields.word(name)
        if not word:
            self.notes.add(f"Không ghi {_NAMES[name]}.")
        return self._spelled(name, word)

    def _spelled(self, name: str, word: str) -> str:
        if name == "certainty" and word.lower() == "very likely":
            return "Likely"  # CAP 1.0; CAP 1.2 asks to read it so
        found = _WORDS[name].get(word.lower())
        if found is None and word:
            self.notes.add(f"Giá trị lạ ở {_NAMES[name]}: “{word[:40]}”.")
        return found or word

    def _resource(self, fields: Fields) -> CapResource:
        uri, size = fields.word("uri"), fields.word("size")
        made = CapResource(
            description=fields.text("resourceDesc"),
            mime=fields.word("mimeType").lower(),
            uri=absolute(uri, self.base if "://" in self.base else "") or uri,
            digest=fields.word("digest"),
            size=int(size) if size.isascii() and size.isdigit() and len(size) < 16 else None,
        )
        self.note_cut(fields)
        return made

    def _areas(self, elements: list[etree._Element]) -> tuple[CapArea, ...]:
        if len(elements) > self.areas_left:
            self.cut("Cảnh báo có quá nhiều vùng; phần còn lại đã bỏ qua.")
        kept = elements[: self.areas_left]
        self.areas_left -= len(kept)
        return tuple(self._area(Fields(element)) for element in kept)

    def _area(self, fields: Fields) -> CapArea:
        polygons: list[Ring] = []
        for element in fields.all("polygon"):
            polygons.extend(self._polygon(element.text or ""))
        made = CapArea(
            description=fields.text("areaDesc"),
            polygons=tuple(polygons),
            circles=tuple(found for text in fields.words("circle") if (found := self._circle(text)) is not None),
            codes=fields.pairs("geocode"),
            altitude=self._number(fields.word("altitude")),
            ceiling=self._number(fields.word("ceiling")),
        )
        self.note_cut(fields)
        return made

    def _polygon(self, text: str) -> tuple[Ring, ...]:
        """Returns the outlines of one ``polygon`` element; () for an empty element, which some programs write."""
        if not text.strip():
            return ()
        if text.count(",") > self.points_left:
            self.cut("Các đường bao có quá nhiều điểm; một số đường bao đã bỏ qua.")
            return ()
        try:
            found, remark = rings(text)
        except Unreadable as error:
            self.notes.add(str(error))
            return ()
        self.points_left -= sum(map(len, found))
        self.notes.add(remark)
        return found

    def _circle(self, text: str) -> tuple[float, float, float] | None:
        try:
            return circle(text)
        except Unreadable as error:
            self.notes.add(str(error))
            return None

    def _number(self, text: str) -> float | None:
        try:
            found = float(text) if 0 < len(text) < 20 else None
        except ValueError:
            return None
        return found if found is not None and abs(found) < 1e6 else None

    def note_cut(self, fields: Fields) -> None:
        """Notes if a text of ``fields`` was cut; to be called when all of them have been read."""
        if fields.cut:
            self.cut(TOO_LONG)

    def cut(self, sentence: str) -> None:
        """Adds the note ``sentence`` about something that was left out, and sets ``incomplete``."""
        self.incomplete = True
        self.notes.add(sentence)
