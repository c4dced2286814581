"""Distinguishes HTML tags from plain text in angle brackets; called by plain_text and feeds.formats.cap.

News texts contain "<Nộp hồ sơ>" (the name of a button) and "<10 mm" (less than). An angle bracket begins a tag only
if the name of an HTML element follows, or something that occurs only in markup: an attribute, a namespace prefix, an
end tag.
"""

from __future__ import annotations

import re

_KNOWN = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote "
    "body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div "
    "dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header "
    "hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map mark "
    "marquee math menu menuitem meta meter nav nobr noembed noframes noscript object ol optgroup option output p "
    "param picture plaintext portal pre progress q rb rp rt rtc ruby s samp script search section select slot "
    "small source spacer span strike strong style sub summary sup svg table tbody td template textarea tfoot th "
    "thead time title tr track tt u ul var video wbr xml xmp"
)
KNOWN = "|".join(sorted(_KNOWN.split(), key=len, reverse=True))
"""The names of all HTML elements, as alternatives of a regular expression."""

TAG = re.compile(
    rf"</?(?i:{KNOWN})(?=[\s/>])[^<>]*>|</[a-zA-Z][^<>]*>|<[a-zA-Z][^<>]*=[^<>]*>|<[a-z][a-z0-9]*[:-](?!//)[^<>]*>|"
    r"<[!?][a-zA-Z\[-]|(?i:</?script)"
)
"""Matches markup, which must not occur in a text that is shown; it does not match ``Mưa <10mm`` or ``<Tiếp tục>``."""

_OPENING = re.compile(r"<([a-zA-Z][^\s<>/]*)[^<>]*>")
_CLOSING = re.compile(r"</([a-zA-Z][^\s<>/]*)")
_STRAY = re.compile(r"<(?!/?[a-zA-Z][^<>]*>|[!?][a-zA-Z\[-])")
_CDATA = re.compile(r"<!\[CDATA\[")


def escape_words(markup: str) -> str:
    """Returns ``markup`` with ``&lt;`` for each ``<`` that begins no tag, so that "<Nộp hồ sơ>" stays text.

    An unknown name in angle brackets is a tag only if ``markup`` also has an end tag of that name.
    """
    closed = {name.lower() for name in _CLOSING.findall(markup)}

    def escaped(match: re.Match[str]) -> str:
        is_tag = TAG.match(match[0]) is not None or match[1].lower() in closed
        return match[0] if is_tag else f"&lt;{match[0][1:]}"

    return _OPENING.sub(escaped, _STRAY.sub("&lt;", markup))


def without_cdata(markup: str) -> str:
    """Returns ``markup`` without "<![CDATA[" and "]]>".

    They are in the text if a source has escaped a whole CDATA section.
    """
    return _CDATA.sub("", markup).replace("]]>", "") if _CDATA.search(markup) else markup
