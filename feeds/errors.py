"""The exceptions of the library ``feeds``; its public functions raise no others.

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
    """The base of all errors: ``message`` explains the problem in Vietnamese, ``code`` is a stable English slug."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class FetchError(FeedError):
    """The source gave no usable response; the base of the errors of downloads."""


class Refused(FetchError):  # noqa: N818 - named as in the tree above
    """The address may not be fetched: its scheme, a private network, or too many redirects; a retry will not help."""


class Unreachable(FetchError):  # noqa: N818 - named as in the tree above
    """The host name is unknown, no connection is possible, the certificate is invalid, or the response is broken."""


class TimedOut(FetchError):  # noqa: N818 - named as in the tree above
    """The host was slower than the policy allows, in connecting or in total."""


class TooLarge(FetchError):  # noqa: N818 - named as in the tree above
    """The response has more bytes than the policy allows, counted after decompression."""


class HttpStatus(FetchError):  # noqa: N818 - named as in the tree above
    """The response has a status that is neither 2xx nor 304; ``retry_after`` is the requested delay, or None."""

    def __init__(self, message: str, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(message, f"http-{status}")
        self.status = status
        self.retry_after = retry_after


class ParseError(FeedError):
    """There is a response, but it cannot be read as a feed, page or file."""


class PictureError(ParseError):
    """There is a response, but it is no picture that can be shown."""
