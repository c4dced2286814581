"""Recognizes requests of signed-in people and paired screens, and limits the size of request bodies.

Passed to the WSGI server by processes.server.
"""

from __future__ import annotations

from collections.abc import Callable
from wsgiref.types import WSGIEnvironment

from server.live.glass.screenshot_upload import LARGEST_UPLOAD
from server.live.ops.desk_proxy import LARGEST_BODY, DeskProxy
from server.live.ops.public_paths import is_of_desk
from server.live.sockets.request_body import LARGEST_OF_STRANGERS
from server.security_headers import MAY_UPLOAD, SIGNED_IN

LARGEST_FORM = 4 * 1024 * 1024
_LARGEST = {MAY_UPLOAD: LARGEST_BODY, SIGNED_IN: LARGEST_FORM}


class KnownVisitors:
    """Implements ``sockets.admission.Visitors`` with the desk's sessions and the screens' keys.

    ``holds_key`` returns whether an Authorization header carries the key of a paired screen; it must not wait.
    """

    def __init__(self, desk: DeskProxy, holds_key: Callable[[str], bool]) -> None:
        self._desk, self._holds_key = desk, holds_key

    def known(self, environ: WSGIEnvironment) -> bool:
        """Whether the request carries the session or key of a known person or screen. Never waits."""
        return bool(self._desk.sessions.access(environ)) or self._is_screen(environ)

    def largest_body(self, environ: WSGIEnvironment, length: int) -> int:
        """The size limit, in bytes, of this request's body, for which the client announces ``length`` bytes.

        May wait: asks the desk about a session or key that is not in the cache.
        """
        if length <= LARGEST_OF_STRANGERS:
            return LARGEST_OF_STRANGERS
        if self._is_screen(environ):
            return LARGEST_UPLOAD
        if not is_of_desk(environ.get("PATH_INFO", "")):
            return LARGEST_OF_STRANGERS
        access = self._desk.sessions.access(environ) or self._desk.ask_session(environ)
        return _LARGEST.get(access, LARGEST_OF_STRANGERS)

    def _is_screen(self, environ: WSGIEnvironment) -> bool:
        header = environ.get("HTTP_AUTHORIZATION", "")
        return bool(header) and self._holds_key(header)
