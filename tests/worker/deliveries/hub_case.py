"""The desk with the hub's address, the worker's hub on the same store, and a subscriber; for the tests of WebSub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from server.core.model import Announcement
from server.setup.config import Config
from server.store.announcements import announcements
from server.worker.deliveries.websub import WebSubHub
from server.worker.deliveries.websub_changes import COALESCE
from tests.cast import announcement
from tests.desk.office import Office
from tests.feeds.hosts import loopback
from tests.station import until
from tests.worker.deliveries.subscriber import Subscriber

URL = "https://bangtin.example.vn"
ATOM, JSON = (f"{URL}/board/hoi-truong/feed.{kind}" for kind in ("atom", "json"))
OUTSIDE: dict[str, Any] = {
    "server": {"public_url": f"{URL}/"},
    "people": {"second_factor": False},
}


@dataclass
class HubCase:
    """An office whose worker may reach loopback; every host name resolves to it."""

    office: Office
    subscriber: Subscriber
    hub: WebSubHub

    def ask(self, topic: str = ATOM, mode: str = "subscribe", callback: str = "", **more: str) -> TestResponse:
        """Sends a request to the hub's address; in ``more`` names of parameters of WebSub are without "hub."."""
        form = {
            "hub.mode": mode,
            "hub.topic": topic,
            "hub.callback": callback or self.subscriber.callback(),
            **{f"hub.{name}": value for name, value in more.items()},
        }
        return self.office.browser().client.post("/websub", data=form)

    def subscribed(self, topic: str = ATOM, **more: str) -> None:
        """Subscribes and lets the hub verify it."""
        assert self.ask(topic, **more).status_code == 202
        self.settle()

    def settle(self) -> None:
        """Lets the hub work until it has nothing left to do at this moment."""

        def quiet() -> bool:
            self.hub.tick()
            return self.hub.idle()

        until(quiet, "the hub has nothing left to do", every=0.01)

    def settle_changes(self) -> None:
        """Lets the time pass after which changes are distributed, and the hub distribute them."""
        self.settle()
        self.office.now += COALESCE
        self.settle()

    def post(self, title: str, **changes: Any) -> Announcement:
        return announcements.post(self.office.db, announcement(title=title, **changes), actor="lan")

    def file(self, topic: str = ATOM) -> TestResponse:
        """What the topic's address answers now."""
        return self.office.browser().get(topic.removeprefix(URL))

    def restart(self) -> None:
        """A new worker's hub, which knows only the store."""
        self.hub.close()
        self.hub = WebSubHub(self.office.db, self.office.config, self.office.clock, loopback)


@contextmanager
def hub_case(office: Office, found: Subscriber, allow: tuple[str, ...] = ("127.0.0.0/8",)) -> Iterator[HubCase]:
    office.config = Config.model_validate({**OUTSIDE, "fetch": {"allow_private": allow}})
    case = HubCase(office, found, WebSubHub(office.db, office.config, office.clock, loopback))
    yield case
    found.free.set()
    case.hub.close()
