"""A worker process that sends the deliveries of webhooks which are due; a test starts it and kills it."""

from __future__ import annotations

import sys
from pathlib import Path

from server.setup.config import Config
from server.store.database.engine import Database
from server.worker.deliveries.webhooks import WebhookSender
from tests.cast import NOW
from tests.feeds.hosts import loopback


def main(data: Path) -> None:
    db = Database.open("sqlite:///bangtin.db", data)
    config = Config.model_validate({"fetch": {"allow_private": ("127.0.0.0/8", "nhan.example")}})
    sender = WebhookSender(db, config, lambda: NOW, loopback)
    sender.tick()
    sender.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
