"""The errors of the reading half; every public function of feeds raises these and nothing else.

FeedError                 message: plain Vietnamese for the desk; code: a short English slug
├── FetchError            nothing usable came over the wire
│   ├── Refused           the address may not be fetched (scheme, private network, too many redirects)
│   ├── Unreachable       no name, no connection, a certificate that does not hold, a broken answer
│   ├── TimedOut          slower than the policy allows
│   ├── TooLarge          more bytes than the policy allows
│   └── HttpStatus        an answer that is neither 2xx nor 304; status, retry_after
└── ParseError            bytes came, but no feed can be read from them
    └── PictureError      bytes came, but no picture that may be shown
"""

from __future__ import annotations

from datetime import timedelta


class FeedError(Exception):
    """What went wrong, in words an editor understands; ``code`` is stable and meant for counting."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class FetchError(FeedError):
    """Nothing usable came over the wire."""


class Refused(FetchError):  # noqa: N818 - the words of the tree above
    """The address may not be fetched at all; trying again will not help."""


class Unreachable(FetchError):  # noqa: N818 - the words of the tree above
    """No name, no connection, no trust in the certificate, or an answer that is not HTTP."""


class TimedOut(FetchError):  # noqa: N818 - the words of the tree above
    """The host was slower than the policy allows, in connecting or in all."""


class TooLarge(FetchError):  # noqa: N818 - the words of the tree above
    """More bytes than the policy allows, counted after decompression."""


class HttpStatus(FetchError):  # noqa: N818 - the words of the tree above
    """An answer that is neither 2xx nor 304; ``retry_after`` is what the host asked for, or None."""

    def __init__(self, message: str, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(message, f"http-{status}")
        self.status = status
        self.retry_after = retry_after


class ParseError(FeedError):
    """Bytes came, but nothing can be read from them."""


class PictureError(ParseError):
    """Bytes came, but no picture that may be shown."""
