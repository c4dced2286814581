"""Renders a notice to one slide, or counts its pages; called by render.py and by the desk.

A priority notice is shown between the board's header and footer, an urgent one over the whole screen. If headline and
instructions (``acts``) do not fit on one page in type that is readable from the board's distance, the slide has
several pages, which a CSS animation shows one after the other: no text is cut or too small. If an alert has several
pages, each opens with its event or headline in one line and the page's number. A calm notice (one that says that a
danger is over) never looks like an alarm.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from server.core.model import Format, Notice, Slide
from server.core.notices.drills import without_mark
from server.core.typesetting.names import keep_names_whole
from server.core.typesetting.paging import NO_BREAK, reading_time, tidy
from server.slides.kinds import led
from server.slides.kinds.notice.arrange import Arrangement, arrange
from server.slides.kinds.notice.deadline import deadline
from server.slides.kinds.notice.frame import FixedTexts
from server.slides.kinds.notice.labels import ENGLISH, labels_of
from server.slides.kinds.notice.led_pages import led_pages
from server.slides.kinds.notice.pictograms import pictogram
from server.slides.templating import local_day, local_time, qr_code, render_slide

EXERCISE = "DIỄN TẬP"
TURN = 6_000
SHORTEST_TURN = 12_000
MOST_PAGES = 40
LEAST_BESIDE_CODE = 0.8
"""The least share of its size that the type of an alert keeps for the sake of a QR code beside it."""


@dataclass(frozen=True, slots=True)
class PageCount:
    """The number of pages that a notice needs in a format; ``whole`` is whether its headline fits on one page.

    ``first_act`` is the time in ms from the appearance of the notice until its first instruction is shown, 0 without
    instructions.
    """

    pages: int
    whole: bool
    first_act: int = 0


def pages(notice: Notice, zone: str, format: Format) -> Slide:
    """The single slide of a notice, with its text unchanged and times in ``zone``; drills are marked once."""
    notice = without_mark(notice)
    if format.size == "LED":
        return led.turning(
            _led_pages(notice, zone, format),
            format,
            title=notice.headline,
            source=notice.sender,
            kind=notice.shown_level,
            language=notice.language or "vi",
            exercise=notice.exercise,
        )
    return _slide(notice, format, fixed_texts(notice, zone), _arranged(notice, zone, format))


def count_pages(notice: Notice, zone: str, format: Format) -> PageCount:
    """The number of pages of the slide that ``pages`` returns, at most MOST_PAGES.

    On an LED module, where headlines are always split, ``whole`` is always True.
    """
    notice = without_mark(notice)
    if format.size == "LED":
        turning = _led_pages(notice, zone, format)
        return PageCount(max(1, len(turning.parts)), whole=True, first_act=turning.lead if acts_of(notice) else 0)
    made = _arranged(notice, zone, format)
    before = next((place for place, page in enumerate(made.pages) if page.acts), 0) if acts_of(notice) else 0
    return PageCount(min(len(made.pages), MOST_PAGES), made.whole, before * TURN)


def _led_pages(notice: Notice, zone: str, format: Format) -> led.Turning:
    ended = notice.calm or _is_over(notice)
    above = (f"HẾT {EXERCISE}" if ended else EXERCISE) if notice.exercise else ""
    return led_pages(notice, acts_of(notice), fixed_texts(notice, zone), format, above=above)


def has_code(notice: Notice, zone: str, format: Format) -> bool:
    """Whether the slide that ``pages`` returns shows the QR code of the notice; False on LED modules."""
    notice = without_mark(notice)
    return format.size != "LED" and _arranged(notice, zone, format).code


def _arranged(notice: Notice, zone: str, format: Format) -> Arrangement:
    """The arrangement of a notice, in which names and compound words are not broken at the ends of lines.

    The headline is an exception if it does not fit on one page otherwise. The QR code of an alert is left out if it
    needs too much space.
    """
    plain = _set(notice, zone, format, code=False)
    if notice.is_received and qr_code(notice.link):
        coded = _set(notice, zone, format, code=True)
        return coded if _has_room(coded, plain) else plain
    return plain


def _has_room(coded: Arrangement, plain: Arrangement) -> bool:
    """Whether the arrangement ``coded``, with a QR code, serves readers as well as ``plain``, the one without.

    It must have as many pages and no smaller fixed parts, show instructions on the same pages, and its type must be
    nearly as large.
    """
    if (coded.whole, len(coded.pages)) != (plain.whole, len(plain.pages)) or coded.frame.step > plain.frame.step:
        return False
    return all(
        (one.acts or not other.acts)
        and one.headline_size >= other.headline_size * LEAST_BESIDE_CODE
        and one.act_size >= other.act_size * LEAST_BESIDE_CODE
        for one, other in zip(coded.pages, plain.pages, strict=True)
    )


def _set(notice: Notice, zone: str, format: Format, *, code: bool) -> Arrangement:
    texts, headline = fixed_texts(notice, zone), keep_names_whole(tidy(notice.headline))
    acts = tuple(keep_names_whole(tidy(act)) for act in acts_of(notice))

    def arranged(words: str) -> Arrangement:
        return arrange(
            format,
            texts,
            words,
            acts,
            urgent=notice.shown_level == "urgent",
            exercise=notice.exercise,
            received=notice.is_received,
            code=code,
        )

    made = arranged(headline)
    if made.whole:
        return made
    loose = arranged(headline.replace(NO_BREAK, " "))
    return loose if loose.whole else made


def _slide(notice: Notice, format: Format, texts: FixedTexts, made: Arrangement) -> Slide:
    shown = made.pages[:MOST_PAGES]
    words = " ".join([notice.headline, *notice.acts])
    turn = max(SHORTEST_TURN, TURN * len(shown))
    return render_slide(
        "notice/template.html",
        {
            "notice": notice,
            "level": notice.shown_level,
            "language": notice.language or "vi",
            "over": _is_over(notice),
            "frame": made.frame,
            "texts": texts,
            "pictogram": pictogram(notice.danger),
            "pages": shown,
            "count": len(acts_of(notice)),
            "numbered": len(acts_of(notice)) > 1 and not notice.is_received,
            "exercise": EXERCISE,
            "qr": qr_code(notice.link) if made.code else None,
            "scan": labels_of(notice.language).scan,
            "size": format.size,
        },
        # The screen alternates several urgent notices by ``turn`` (display/state/view.js); priority ones are in the
        # lap.
        dwell=turn if notice.shown_level == "urgent" else max(reading_time(words), TURN * len(shown)),
        title=notice.headline,
        source=notice.sender,
        kind=notice.shown_level,
    )


def _is_over(notice: Notice) -> bool:
    return notice.state in ("cleared", "expired")


def acts_of(notice: Notice) -> tuple[str, ...]:
    """The instructions of a notice without those that only repeat the headline."""
    headline = letters(notice.headline)
    return tuple(act for act in notice.acts if letters(act) != headline)


def letters(text: str) -> str:
    """Returns only the letters and digits of a text, in lower case, to tell whether two texts say the same."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text).casefold() if letter.isalnum())


def hazard_words(notice: Notice) -> str:
    """The hazard and its risk level, as far as they are known, as "Bão · rủi ro thiên tai cấp 4"."""
    risk = f"{labels_of(notice.language).risk} {notice.risk}" if notice.risk else ""
    about = notice.danger.strip()
    return tidy(" · ".join(filter(None, (about, risk if about else risk.capitalize()))))


def fixed_texts(notice: Notice, zone: str) -> FixedTexts:
    """The texts around headline and instructions, with times such as "13:40 ngày 06/09/2026" in the board's zone.

    Labels are Vietnamese for a notice in Vietnamese, English for one in any other language (labels.py).
    """
    labels, over, received = labels_of(notice.language), _is_over(notice), notice.is_received
    issued, until = (
        tidy(f"{local_time(instant, zone)[:5]}{labels.day}{local_day(instant, zone)}")
        for instant in (notice.issued, notice.until)
    )
    ends = deadline(notice.issued, notice.until, zone, received=received, english=labels is ENGLISH)
    tag = labels.calm if notice.calm else labels.over if over else labels.tags[notice.level]
    return FixedTexts(
        tag=tag,
        hazard=hazard_words(notice),
        danger=tidy(notice.danger),
        risk=tidy(f"{labels.brief_risk} {notice.risk}") if notice.risk else "",
        issued=issued,
        until="" if notice.calm else until,
        deadline=ends if notice.shown_level == "urgent" and not over else "",
        sender=tidy(notice.sender),
        issued_label=labels.issued,
        until_label=labels.in_force if received else labels.valid,
        brief_tag=labels.brief_urgent if tag == labels.tags["urgent"] else tag,
        is_over=over,
        brief_over=labels.brief_over,
    )
