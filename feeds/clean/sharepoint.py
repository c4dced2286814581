"""Splits item bodies of SharePoint's listfeed.aspx into labelled fields; called by feeds.clean.refine."""

from __future__ import annotations

import re
import unicodedata

_LABEL = re.compile(r"<div>\s*<b>\s*([^<>:]{1,60}?)\s*:\s*</b>", re.I)
_BODY = re.compile(r"nội dung|tóm tắt|trích yếu|mô tả|giới thiệu|(?:page )?content|body|summary|description")
_PICTURE = re.compile(r"ảnh|hình|image|picture|thumbnail", re.I)
_ADDRESS = re.compile(r"""(?:href|src)\s*=\s*["']([^"']{1,1000})""", re.I)


def split_fields(markup: str) -> tuple[str, str]:
    """Returns (markup of the body field, address of the picture or ""); (``markup``, "") if it has no labels.

    If there are labels, but none of a body field, the first element is the whole ``markup``.
    """
    first = _LABEL.match(markup.lstrip())
    if first is None:
        return markup, ""
    pieces = _LABEL.split(markup)
    fields = [
        (unicodedata.normalize("NFC", label).lower(), value)
        for label, value in zip(pieces[1::2], pieces[2::2], strict=True)
    ]
    body = "".join(f"<div>{value}" for label, value in fields if _BODY.fullmatch(label))
    addresses = (_ADDRESS.search(value) for label, value in fields if _PICTURE.search(label))
    return (body or markup), next((found.group(1) for found in addresses if found), "")
