"""Converts HTML to plain text, and removes what readers should not see; called by feeds.clean and feeds.formats.

The result contains no tag and no script, whatever the input is: a text that still looks like markup is cleaned again,
up to three times; in what then remains of it, ``<`` before a tag name is replaced by ``‹``.
"""

from __future__ import annotations

import html
import re
import unicodedata

import nh3

from feeds.clean.elements import TAG, escape_words, without_cdata
from feeds.clean.visible import visible
from feeds.limits import MAX_FIELD

_BREAKS = re.compile(
    r"<(?=/?(?:p|div|br|li|ul|ol|dl|dt|dd|tr|table|h[1-6]|blockquote|section|article|header|footer|figure|"
    r"figcaption|pre|hr|address|aside|main|nav|center|form|fieldset|legend|details|summary|caption|menu|dir|hgroup|"
    r"listing|xmp|marquee)\b)",
    re.I,
)
_CELLS = re.compile(r"<(?=/?t[dh]\b)", re.I)
# What is drawn between two words and is no text: without a space the words would become one.
_OBJECTS = re.compile(r"<(?=(?:img|picture|video|audio|iframe|object|embed|canvas|svg|button|select|input)\b)", re.I)
_PREFORMATTED = re.compile(r"<pre\b[^<>]*>.*?</pre\s*>", re.I | re.S)
_WITHOUT_TEXT = {"script", "style", "iframe", "noscript", "template", "svg", "math", "title", "textarea"}
# HTML has no self-closing form of these elements: a parser would take all text after "<script/>" as the script.
_CLOSED = re.compile(rf"<(?:{'|'.join(sorted(_WITHOUT_TEXT))})\b[^<>]*/>", re.I)
# The bullet or number of a list item on a line of its own, because the item's text is a separate paragraph.
_LONE_MARK = re.compile(r"^(•|–|·|[\w-]{1,6}\.)\n(?=\S)", re.M)
# Entities that were escaped twice, or three times: no text of a board names one.
_TWICE = re.compile(r"&(?:#\d{2,7}|#x[0-9a-f]{2,6}|[a-z]{2,8}\d{0,2});", re.I)
_PARAGRAPHS = re.compile(r"\n\s*\n")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ud800-\udfff\ufff9-\uffff]"
)
_ROUNDS = 3
_TAIL_LENGTH = 60
# Pictures in ``data:`` URLs, which would use up the MAX_FIELD characters.
_DATA = re.compile(r"data:[^\s\"'<>]{100,}")
# "&" of a query such as "?page=1&copy=2", which an HTML parser would read as the copyright sign.
_QUERY = re.compile(r"&(?=\w+=)")

# Lines that a content management system inserted into the body, such as error messages of SharePoint and PHP.
_BOILERPLATE = re.compile(
    r"cannot retrieve the url specified in the content link property|"
    r"không thể (?:truy xuất|truy lục|truy cập|lấy) url .{0,60}liên kết nội dung|"
    r"(?:for more assistance|để được hỗ trợ thêm), .{0,20}(?:site administrator|quản trị viên)|"
    r"web part error:|unable to display this web part|sorry, something went wrong|"
    r"server error in '.{0,40}' application|object reference not set to an instance|"
    r"(?:php )?(?:warning|notice|fatal error|parse error|deprecated): .{0,400} on line \d+|"
    r"error establishing a database connection|"
    r"the post .{1,300} appeared first on |"
    r"bài viết .{1,300} (?:đã )?xuất hiện (?:đầu tiên|trước tiên) (?:vào ngày|trên|tại) ",
    re.I,
)
_MORE = r"(?:xem thêm|xem tiếp|xem chi tiết|đọc thêm|đọc tiếp|đọc chi tiết|xem toàn văn|read more|continue reading)"
# A "read more" link at the end of a text. It must follow the end of a sentence, a bracket or a dash, because
# "mời bà con xem thêm" is part of a sentence.
_TAIL = re.compile(
    r"(?:(?:\A|(?<=[.!?…»\])\n:;]))[ ]*|[ ]*[\[(«>…]+ *|[ ]*\.\.\.+ *|[ ]+[|–—-] *)"
    rf"{_MORE}[ \])».…>:→]*\Z|[ ]*\[(?:…|\.\.\.)\]\Z",
    re.I,
)


def plain(markup: str) -> str:
    """The text of ``markup`` in NFC: entities unescaped once, whitespace collapsed, paragraphs separated by ``\\n``.

    Removes the contents of scripts and styles, "xem thêm" ("read more") links at the end, and lines that a content
    management system inserted. At most MAX_FIELD characters of markup are processed.
    """
    return drop_boilerplate(text_of(markup))


def text_of(markup: str) -> str:
    """Like ``plain``, but keeps "xem thêm" links and the lines that a content management system inserted."""
    if len(markup) > MAX_FIELD:
        markup = _DATA.sub("", markup)[:MAX_FIELD]
    if "<" not in markup and "&" not in markup:
        return fold(_unwrapped(markup))
    text = _strip(markup)
    for _ in range(_ROUNDS):
        if TAG.search(text) is None:
            break
        text = _strip(text)
    return _LONE_MARK.sub(r"\1 ", fold(_without_tags(text)))


def _strip(markup: str) -> str:
    """Removes tags but keeps the line breaks that they cause, and unescapes entities, also entities escaped twice."""
    markup = _PREFORMATTED.sub(lambda match: match[0].replace("\n", "<br>"), without_cdata(markup))
    markup = re.sub(r"\s+", " ", markup) if TAG.search(markup) else _unwrapped(markup)
    markup = _OBJECTS.sub(" <", _CLOSED.sub(" ", markup))
    markup = visible(_QUERY.sub("&amp;", escape_words(markup)))
    markup = _CELLS.sub(" <", _BREAKS.sub("\n<", markup))
    text = html.unescape(nh3.clean(markup, tags=set(), clean_content_tags=_WITHOUT_TEXT))
    for _ in range(_ROUNDS - 1):
        text = _TWICE.sub(lambda match: html.unescape(match[0]), text)
    return text


def _unwrapped(text: str) -> str:
    """Returns ``text``, which has no tags, with each paragraph on one line; a blank line ends a paragraph."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _PARAGRAPHS.sub("\r", text).replace("\n", " ").replace("\r", "\n")


def fold(text: str) -> str:
    """Returns ``text`` in NFC and stripped, with one space between words and one line break between paragraphs."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).split("\n"))
    return "\n".join(line for line in lines if line)


def polish(text: str) -> str:
    """Returns ``text`` without invisible characters, and without tags that such characters had hidden.

    Called after the conversion of legacy encodings, because there a soft hyphen is a letter. An invisible character
    between ``<`` and a name may have hidden a tag, so ``<`` is replaced again as the module describes.
    """
    return fold(_without_tags(_INVISIBLE.sub("", text))) if _INVISIBLE.search(text) else text


def _without_tags(text: str) -> str:
    return re.sub(r"<(?=[a-zA-Z/!?])", "‹", text) if TAG.search(text) else text


def drop_boilerplate(text: str) -> str:
    """Returns ``text`` without lines that a content management system inserted, and without "xem thêm" at its end."""
    lines = text.split("\n")
    kept = [line for line in lines if not _BOILERPLATE.match(line)]
    if len(kept) < len(lines):
        text = "\n".join(kept)
    while (tail := _TAIL.search(text, max(0, len(text) - _TAIL_LENGTH))) is not None:
        text = text[: tail.start()].rstrip()
    return text


def lost_letters(text: str) -> bool:
    """Returns whether a wrong conversion has turned letters of ``text`` into question marks ("Th?ng b?o")."""
    if "?" not in text and "\ufffd" not in text:
        return False
    inside = len(re.findall(r"[^\W\d_]\?+[^\W\d_]", text))
    return (inside >= 2 and "://" not in text) or text.count("\ufffd") >= 3
