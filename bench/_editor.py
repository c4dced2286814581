"""An editor who uses the desk over HTTP as a browser does: signs in once, posts forms; used by bench/peers.py."""

from __future__ import annotations

from datetime import datetime
from http.cookiejar import CookieJar
from time import monotonic
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from bench._forms import TOKEN
from server.core.policy import Grant
from server.store.people import one_time_links, people
from tests.browser.storm import PASSWORD
from tests.station import ACTOR, PATIENCE, Station


class Editor:
    """A signed-in editor with rights on the whole province, who is created in the store of ``station``.

    ``station`` must be configured with ``ONE_FACTOR`` (signing in needs no second factor), and its desk must
    already answer.
    """

    def __init__(self, station: Station, now: datetime) -> None:
        self._desk = f"{station.address}/desk"
        self._browser = build_opener(HTTPCookieProcessor(CookieJar()))
        lan = people.add(station.store, username="lan", name="Lan", email="lan@x.vn", actor=ACTOR, now=now)
        people.grant(station.store, "lan", Grant("editor", "tinh"), by=None, actor=ACTOR, now=now)
        link = one_time_links.make(
            station.store, "invite", person=lan.id, by=ACTOR, now=now, lasts=one_time_links.INVITE_LASTS
        )
        self._send(f"/welcome/{link}", self._token(f"/welcome/{link}"), password=PASSWORD, again=PASSWORD)

    def post_urgent(self, headline: str, area: str) -> tuple[int, float]:
        """Posts an urgent notice; returns its id, and the monotonic time in seconds just before the form was sent."""
        token = self._token("/urgent/")
        begun = monotonic()
        address = self._send(
            "/urgent/", token, headline=headline, act1="Ở trong nhà", areas=area, hours="1", level="urgent", risk="0"
        )
        return int(address.rsplit("/", 1)[1]), begun

    def _token(self, path: str) -> str:
        with self._browser.open(self._desk + path, timeout=PATIENCE) as answer:
            found = TOKEN.search(answer.read().decode())
        assert found is not None, path
        return found[1]

    def _send(self, path: str, token: str, **fields: str) -> str:
        """Posts ``fields`` as a form to ``path``; returns the address of the page to which the desk redirects."""
        body = urlencode({"csrf_token": token, **fields}).encode()
        with self._browser.open(self._desk + path, body, timeout=PATIENCE) as answer:
            answer.read()
            return str(answer.geturl())
