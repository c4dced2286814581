"""Compares CAP documents with the standard, CAP 1.2, and lists what is wrong; called by feeds.sandbox.child.

The reader accepts everything that it can understand; this module is for those who write alerts. Its tables state what
the standard's schema and text require: which elements, how often, in which order and with which values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lxml import etree

from feeds.formats.cap.conformance_tables import ELEMENTS, WORDS, Rule
from feeds.formats.cap.fields import VERSIONS, Notes, namespace_of
from feeds.formats.cap.geometry import HALF_EQUATOR
from feeds.formats.cap.index import alerts_in
from feeds.formats.cap.markup import parse, refuse_html

MOST_FAULTS = 100
"""Faults that are told of one document."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)", re.A)
_TIMES = {"sent", "effective", "onset", "expires"}
_WORD = re.compile(r"[^\s,<&]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_REFERENCE = re.compile(r"[^\s,<&]+,[^\s,<&]+,([^\s,<&]+)")
_POINT = re.compile(r"([+-]?\d{1,2}(?:\.\d+)?),([+-]?\d{1,3}(?:\.\d+)?)", re.A)
_CIRCLE = re.compile(r"(\S+) (\d+(?:\.\d+)?)", re.A)
_NAMED_EARLIER = {"Update", "Cancel", "Ack", "Error"}


def faults_in(body: bytes, content_type: str = "") -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Returns (identifier, Vietnamese sentences about what is wrong) for each alert in ``body``; () for an index.

    Raises ParseError if ``body`` is not XML, or is a web page.
    """
    markup = parse(body, content_type)
    refuse_html(markup.root)
    alerts, _ = alerts_in(markup.root, Notes(), faithful=False)
    return tuple(
        (_text(alert.root, "identifier"), _faults_of(alert.root, [*markup.notes, *alert.notes])) for alert in alerts
    )


def _faults_of(alert: etree._Element, notes: Sequence[str]) -> tuple[str, ...]:
    version = VERSIONS.get(namespace_of(alert), "")
    if version != "1.2":
        found = f"theo CAP {version}" if version else f"thuộc không gian tên lạ “{namespace_of(alert)}”"
        return (*notes, f"alert: tài liệu {found}, không phải CAP 1.2.")
    faults = dict.fromkeys([*notes, *_structure(alert, "alert"), *_rules(alert)])
    return tuple(faults)[:MOST_FAULTS]


def _structure(element: etree._Element, path: str) -> Iterator[str]:
    """Yields the faults of an element and of the elements in it: wrong names, numbers, order and values.

    ``path`` names the element in the sentences, such as "alert/info".
    """
    rules = ELEMENTS[etree.QName(element).localname]
    order = {rule.name: place for place, rule in enumerate(rules)}
    namespace, last = namespace_of(element), 0
    counts = dict.fromkeys(order, 0)
    for child in element:
        name = etree.QName(child).localname
        if namespace_of(child) != namespace:
            last = len(rules)  # what follows is out of order
            if path != "alert":
                yield f"{path}: phần tử lạ “{name}” chỉ được đứng cuối alert."
        elif name not in order:
            yield f"{path}: CAP 1.2 không có phần tử “{name}” ở đây."
        else:
            if order[name] < last:
                yield f"{path}/{name}: đứng sai thứ tự."
            last = max(last, order[name])
            counts[name] += 1
            yield from _structure(child, f"{path}/{name}") if name in ELEMENTS else _value(child, f"{path}/{name}")
    yield from _numbers(rules, counts, path)


def _numbers(rules: Sequence[Rule], counts: dict[str, int], path: str) -> Iterator[str]:
    for rule in rules:
        if counts[rule.name] < rule.least:
            yield f"{path}: thiếu {rule.name}."
        elif rule.most is not None and counts[rule.name] > rule.most:
            yield f"{path}/{rule.name}: có {counts[rule.name]} lần, chỉ được {rule.most}."


def _value(element: etree._Element, path: str) -> Iterator[str]:
    """Yields the faults in the text of an element without children; each sentence begins with ``path``."""
    name, text = etree.QName(element).localname, (element.text or "").strip()
    if name in WORDS and text not in WORDS[name]:
        yield f"{path}: “{text[:40]}” không có trong danh sách {', '.join(WORDS[name])}."
    elif name in _TIMES and not _TIME.fullmatch(text):
        yield f"{path}: “{text[:40]}” phải có dạng 2026-08-28T16:00:00+07:00, không dùng Z và phần lẻ của giây."
    elif name in _TIMES and _instant(text) is None:
        yield f"{path}: “{text}” là ngày giờ không có thật."
    elif name in ("identifier", "sender") and not _WORD.fullmatch(text):
        yield f"{path}: “{text[:40]}” trống, hoặc có dấu cách, dấu phẩy, < hay &."
    elif name == "language" and not _LANGUAGE.fullmatch(text):
        yield f"{path}: “{text[:40]}” không phải là mã ngôn ngữ như vi-VN."
    elif name in ("event", "areaDesc", "valueName") and not text:
        yield f"{path}: để trống."
    elif name == "polygon":
        yield from _polygon(text, path)
    elif name == "circle":
        yield from _circle(text, path)


def _polygon(text: str, path: str) -> Iterator[str]:
    points = text.split()
    if any(_outside(point) for point in points):
        yield f"{path}: có điểm không đọc được, hoặc vĩ độ quá 90, kinh độ quá 180 (vĩ độ viết trước)."
    elif len(points) < 4:
        yield f"{path}: đường bao phải có ít nhất 4 điểm."
    elif points[0] != points[-1]:
        yield f"{path}: đường bao không khép kín: điểm cuối phải lặp lại điểm đầu."


def _circle(text: str, path: str) -> Iterator[str]:
    found = _CIRCLE.fullmatch(text)
    if found is None or _POINT.fullmatch(found[1]) is None:
        yield f"{path}: “{text[:40]}” phải là “vĩ độ,kinh độ bán kính”."
    elif _outside(found[1]):
        yield f"{path}: tâm có vĩ độ quá 90 hoặc kinh độ quá 180 (vĩ độ viết trước)."
    elif float(found[2]) > HALF_EQUATOR:
        yield f"{path}: bán kính {found[2][:20]} km lớn hơn nửa vòng Trái Đất."


def _outside(point: str) -> bool:
    found = _POINT.fullmatch(point)
    return found is None or abs(float(found[1])) > 90 or abs(float(found[2])) > 180


def _rules(alert: etree._Element) -> Iterator[str]:
    """Yields the faults that can only be seen by comparing several elements of the alert."""
    kind, scope, references = _text(alert, "msgType"), _text(alert, "scope"), _text(alert, "references")
    if kind in _NAMED_EARLIER and not references:
        yield f"alert: {kind} phải nêu cảnh báo trước trong references."
    named = (_REFERENCE.fullmatch(word) for word in references.split())
    if any(found is None or _instant(found[1]) is None for found in named):
        yield "alert/references: mỗi dẫn chiếu phải có dạng sender,identifier,sent; cách nhau bằng dấu cách."
    if scope == "Restricted" and not _text(alert, "restriction"):
        yield "alert: scope Restricted cần restriction."
    if scope == "Private" and not _text(alert, "addresses"):
        yield "alert: scope Private cần addresses."
    if kind in ("Alert", "Update") and alert.find("{*}info") is None:
        yield f"alert: {kind} không có info nào, người nhận không biết chuyện gì."
    for info in alert.findall("{*}info"):
        effective, expires = _instant(_text(info, "effective")), _instant(_text(info, "expires"))
        if effective is not None and expires is not None and expires < effective:
            yield "alert/info/expires: sớm hơn effective."
        if any(area.find("{*}ceiling") is not None and area.find("{*}altitude") is None for area in info):
            yield "alert/info/area/ceiling: chỉ dùng cùng altitude."


def _instant(text: str) -> datetime | None:
    """Returns the time ``text``; None if it does not exist or is not written as CAP 1.2 requires.

    24:00:00 is midnight at the end of the day.
    """
    if _TIME.fullmatch(text) is None:
        return None
    midnight = "T24:00:00" in text
    try:
        found = datetime.fromisoformat(text.replace("T24:", "T00:") if midnight else text)
        return found + timedelta(days=1) if midnight else found
    except (ValueError, OverflowError):
        return None


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()
