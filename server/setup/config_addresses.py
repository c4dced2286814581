"""The kinds of addresses in config.toml, with their checks; used by the modules with its sections."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field


def _parts(text: str, sentence: str) -> SplitResult:
    """Returns the parts of an address, whose port can be read. Raises ValueError with ``sentence``.

    The sentence does not repeat the address, which may contain a password.
    """
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError as error:
        raise ValueError(sentence) from error
    return parts


def _service_url(text: str) -> str:
    _parts(text, "không phải là địa chỉ như postgresql+psycopg://tên@máy:5432/kho, redis://máy:6379")
    return text


def _public_url(text: str) -> str:
    _parts(text, "không phải là địa chỉ như https://bangtin.tinh.vn")
    return text


def _post_url(text: str) -> str:
    sentence = "phải bắt đầu bằng https:// hoặc http://, không có tên đăng nhập và mật khẩu"
    parts = _parts(text, sentence)
    is_web = parts.scheme in ("https", "http") and parts.hostname and parts.username is None
    if text and (not is_web or re.search(r"\s", text)):
        raise ValueError(sentence)
    return text


def _web_origin(text: str) -> str:
    if not re.fullmatch(r"https?://[\w.-]+(:[0-9]{1,5})?(/[\w./~-]*)?", text, re.ASCII):
        raise ValueError("phải là địa chỉ web như https://api.telegram.org")
    return text.rstrip("/")


QueueUrl = Annotated[str, Field(pattern=r"^(rediss?://.*)?$"), AfterValidator(_service_url)]
StoreUrl = Annotated[str, Field(pattern=r"^(sqlite:///|postgresql\+psycopg://)"), AfterValidator(_service_url)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
"""The address at which others reach this server, or ""."""
PostUrl = Annotated[str, AfterValidator(_post_url), Field(max_length=1000)]
"""An address to which the worker posts, or ""."""
WebOrigin = Annotated[str, AfterValidator(_web_origin)]
"""The address of an API of others, without a slash at its end."""
