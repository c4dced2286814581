"""The pages of a notice on LED modules, which have one type size and few lines; called by the notice kind."""

from __future__ import annotations

from server.core.model import Format, Notice
from server.core.typesetting.names import keep_names_whole
from server.core.typesetting.paging import tidy
from server.slides.kinds.led import PLACE, Turning, turning_pages
from server.slides.kinds.notice.frame import FixedTexts


def led_pages(notice: Notice, acts: tuple[str, ...], texts: FixedTexts, format: Format, *, above: str) -> Turning:
    """The pages of the headline, then of ``acts``, the end and the sender.

    Each page opens with the danger, and with the level as well if there is space; if no danger is named, with the
    level alone. Of several pages each has its number. Pages of an exercise open with ``above`` instead. If the notice
    or the danger is over, the words for that open the headline and every page, because a passer-by may see only one.
    """
    urgent, headline = notice.shown_level == "urgent", notice.headline
    heads: tuple[str, ...]
    if notice.calm or texts.is_over:
        headline, heads = f"{texts.tag}. {headline}", (texts.tag, texts.brief_over)
    elif texts.danger:
        heads = (f"{texts.danger} · {texts.brief_tag}", texts.danger)
    else:
        heads = (texts.tag, texts.brief_tag)
    lead, *others = (
        keep_names_whole(tidy(text)) for text in (headline, *acts, texts.deadline or texts.until_line, notice.sender)
    )
    if urgent:
        lead = f"{PLACE} {lead}"
    return turning_pages(lead, tuple(filter(None, others)), format, urgent=urgent, above=above, heads=heads)
