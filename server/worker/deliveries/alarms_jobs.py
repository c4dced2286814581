"""Makes the scheduled jobs of alarms and duty; called by processes.worker."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event
from time import monotonic

from server.notifications.mailer import Mailer
from server.setup.config import Config
from server.store.database.engine import Database
from server.worker.deliveries.alarms import Alarms
from server.worker.deliveries.alarms_chats import Chats
from server.worker.deliveries.alarms_observer import AlarmObserver, Machine
from server.worker.deliveries.alarms_sender import AlarmSender
from server.worker.deliveries.beat import Beat
from server.worker.deliveries.certificate_check import CertificateCheck
from server.worker.deliveries.clock_check import ClockCheck
from server.worker.deliveries.digests import Digests

OBSERVE_SECONDS = 15
SEND_SECONDS = 1
BEAT_SECONDS = 60
DIGEST_SECONDS = 60


def alarm_jobs(
    config: Config, data: Path, db: Database, clock: Callable[[], datetime], mailer: Mailer | None
) -> Sequence[tuple[str, float, Callable[[], object]]]:
    """Returns name, seconds and function of each job; summaries only with a ``mailer``, beats with an address."""
    check = ClockCheck(clock, monotonic)
    machine = Machine(os.uname().nodename, data, check, CertificateCheck(config.server.public_url, monotonic))
    observer = AlarmObserver(db, config, machine, clock)
    chats = Chats(db, config, clock, check, Event().wait)
    sender = AlarmSender(db, config, clock, mailer.send_one if mailer else None, chats)
    jobs: list[tuple[str, float, Callable[[], object]]] = [
        ("alarms", OBSERVE_SECONDS, Alarms(db, config, observer, clock).tick),
        ("alarms: send", SEND_SECONDS, sender.tick),
    ]
    if mailer:
        jobs.append(("morning summaries", DIGEST_SECONDS, Digests(db, config, clock).tick))
    if config.duty.beat_url:
        jobs.append(("beat to outside", BEAT_SECONDS, Beat(db, config, clock, check).tick))
    return jobs
