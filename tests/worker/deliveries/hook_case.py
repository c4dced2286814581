"""An office, a real receiver and the worker's sender between them; used by the tests of webhooks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from server.core.screens.proof import Proof
from server.core.webhook_events import EVENTS
from server.notifications.webhooks import new_secret
from server.setup.config import Config
from server.store.announcements import announcements
from server.store.notifications import webhooks, webhooks_deliveries
from server.store.notifications.webhooks import Settings, Webhook
from server.store.screens import plays
from server.worker.deliveries.webhooks import WebhookSender
from tests.cast import announcement
from tests.desk.office import Office
from tests.feeds.hosts import loopback
from tests.station import until
from tests.worker.deliveries.subscriber import Received, Subscriber

URL = "https://bangtin.example.vn"
ALLOWED = ("127.0.0.0/8", "nhan.example")


@dataclass
class HookCase:
    """An office, a receiver and the worker's sender between them; every host name resolves to loopback."""

    office: Office
    receiver: Subscriber
    sender: WebhookSender

    def add(self, path: str = "/nhan", areas: tuple[str, ...] = ("tinh",), secret: str = "") -> Webhook:
        url = f"http://nhan.example:{self.receiver.port}{path}"
        wanted = Settings("Phần mềm một cửa", url, areas, EVENTS)
        return webhooks.make(self.office.db, wanted, secret or new_secret(), actor="tuan", now=self.office.now)

    def settle(self) -> None:
        """Lets the sender work until nothing is due at this moment."""

        def quiet() -> bool:
            self.sender.tick()
            return self.sender.idle() and not webhooks_deliveries.ready(self.office.db, self.office.now)

        until(quiet, "nothing is due", every=0.01)

    def post(self, **changes: Any) -> int:
        return announcements.post(self.office.db, announcement(**changes), actor="lan").id

    def got(self, path: str = "/nhan") -> list[Received]:
        return [one for one in self.receiver.received if one.path == path]

    def kinds(self, path: str = "/nhan") -> list[str]:
        return [json.loads(one.body)["type"] for one in self.got(path)]


def sender_of(office: Office, allow: tuple[str, ...] = ALLOWED) -> WebhookSender:
    sections: dict[str, Any] = {"server": {"public_url": f"{URL}/"}, "people": {"second_factor": False}}
    config = Config.model_validate({**sections, "fetch": {"allow_private": allow}})
    return WebhookSender(office.db, config, office.clock, loopback)


def shown_at(office: Office, item: str, board: str) -> None:
    """A screen of the board shows the item now."""
    now = office.now
    shown = Proof(board, f"{now:%Y-%m-%d}", item, "Lịch", count=1, first=now, last=now, hours=1, screens=b"\x01")
    with office.db.write() as conn:
        plays.add(conn, [shown])
