"""The errors of feeds; every public function of feeds raises these and nothing else.

FeedError                 message: plain Vietnamese for editors; code: a short English slug
├── FetchError            no usable response
│   ├── Refused           the address may not be fetched (scheme, private network, too many redirects)
│   ├── Unreachable       no such name, no connection, an invalid certificate, a broken response
│   ├── TimedOut          slower than the policy allows
│   ├── TooLarge          more bytes than the policy allows
│   └── HttpStatus        a status that is neither 2xx nor 304; has status, retry_after
└── ParseError            a response that is no readable feed, page or file
    └── PictureError      a response that is no picture that can be shown
"""

from __future__ import annotations

from datetime import timedelta


class FeedError(Exception):
    """``message`` explains the problem to an editor; ``code`` is stable and meant for counting."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class FetchError(FeedError):
    """No usable response."""


class Refused(FetchError):  # noqa: N818 - named as in the tree above
    """The address may not be fetched at all; trying again will not help."""


class Unreachable(FetchError):  # noqa: N818 - named as in the tree above
    """No such name, no connection, an invalid certificate, or a response that is not HTTP."""


class TimedOut(FetchError):  # noqa: N818 - named as in the tree above
    """The host was slower than the policy allows, in connecting or in total."""


class TooLarge(FetchError):  # noqa: N818 - named as in the tree above
    """More bytes than the policy allows, counted after decompression."""


class HttpStatus(FetchError):  # noqa: N818 - named as in the tree above
    """A status that is neither 2xx nor 304; ``retry_after`` is the delay that the host requested, or None."""

    def __init__(self, message: str, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(message, f"http-{status}")
        self.status = status
        self.retry_after = retry_after


class ParseError(FeedError):
    """There is a response, but it cannot be read."""


class PictureError(ParseError):
    """There is a response, but no picture that can be shown."""
