"""Builds the worker process from its parts (harvest, uploads, mail, backups, maintenance) and starts its jobs.

Called by `run.py worker`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import SystemRandom
from zoneinfo import ZoneInfo

import structlog

from feeds.download.http import fetch
from feeds.download.post import post
from server.content.alert_publication import enabled
from server.core.alerts.senders import own_senders
from server.core.areas import AreaTree
from server.core.times import to_ms
from server.media.importer import file_sandbox
from server.notifications.mailer import Mailer, MailServer
from server.processes.data_folders import media_folder, uploads_folder
from server.processes.feeds_reader import FeedsReader, pools
from server.processes.jobs import Job, start_in_worker
from server.processes.worker_exchange import document_intake, document_jobs, mail_rules, source_system_jobs
from server.setup import backup_file
from server.setup.config import Config
from server.setup.store_setup import Clock, open_store
from server.store.announcements import recurring
from server.store.announcements.announcements import Rules
from server.store.areas_merge import plans
from server.store.audit import chain
from server.store.boards import laps, now_serving
from server.store.database import worker_beats
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.notices import notices
from server.store.sources import sources
from server.worker.deliveries.alarms_jobs import alarm_jobs
from server.worker.deliveries.push_jobs import push_jobs
from server.worker.deliveries.webhooks import WebhookSender
from server.worker.deliveries.webhooks_observer import WebhookObserver
from server.worker.deliveries.websub import WebSubHub
from server.worker.harvest.alert_intake import AlertIntake
from server.worker.harvest.alert_pictures import AlertPictures
from server.worker.harvest.alert_reconciler import AlertReconciler
from server.worker.harvest.file_watcher import FileWatcher
from server.worker.harvest.harvest import Harvest
from server.worker.harvest.source_reader import SourceReader
from server.worker.harvest.thread_pools import ThreadPool
from server.worker.harvest.trials import TrialRunner
from server.worker.levels.pictures import PictureStore
from server.worker.levels.server_intake import ServerIntake
from server.worker.levels.server_trial import ServerTrial
from server.worker.levels.subscriber import LevelSubscriber
from server.worker.levels.taking import ItemTaker
from server.worker.mailbox.answers import MailAnswers
from server.worker.mailbox.files import FileChecker
from server.worker.mailbox.intake import MailIntake
from server.worker.mailbox.taking import LetterTaker
from server.worker.mailbox.trial import MailTrial
from server.worker.maintenance import Maintenance
from server.worker.publication.publisher import AlertPublisher
from server.worker.retention import Retention
from server.worker.uploads import UploadImporter

log = structlog.get_logger("assembly")

HARVEST_SECONDS = 0.25
UPLOADS_SECONDS = 0.25
TRIAL_SECONDS = 0.25
ALERTS_SECONDS = 1
LEVELS_SECONDS = 0.5
MAIL_SECONDS = 2
MAIL_ANSWERS_SECONDS = 5
EXPIRE_SECONDS = 5
PLANS_SECONDS = 5
PUBLISH_SECONDS = 1
WEBSUB_SECONDS = 0.1
WEBHOOKS_SECONDS = 0.25
WEBHOOK_ITEMS_SECONDS = 5
WEBHOOK_SOURCES_SECONDS = 60
BEAT_SECONDS = 5
OUTAGE_SECONDS = 30
BACKUP_SECONDS = 60
SEAL_SECONDS = 60
RENEW_SECONDS = 600
TEST_SECONDS = 600
FORGET_SECONDS = 3_600
CLOCK_SKEW = timedelta(minutes=1)


def start_worker(
    config: Config, base: Path, data: Path, clock: Clock, *, alive: Callable[[], object] = lambda: None
) -> Callable[[], None]:
    """Starts the worker's jobs, and returns a function that stops them. Raises SetupError.

    Paths of file sources are relative to ``base``; ``data`` is the data folder. ``alive`` sends the supervisor a
    heartbeat, without which it restarts the worker; it is called each time the harvest runs.
    """
    db = open_store(config, data, clock, seed=True)
    worker = f"{os.uname().nodename}-{os.getpid()}"
    reader = FeedsReader()
    source_reader = SourceReader(
        db,
        reader,
        clock,
        base=base,
        folder=media_folder(data),
        allow_private=config.fetch.allow_private,
    )
    spread = partial(SystemRandom().uniform, -0.1, 0.1)
    alerts = AlertReconciler(db, clock, config.alert_rules())
    intake = AlertIntake(
        db,
        reader,
        clock,
        base=base,
        policy=source_reader.policy,
        common=config.alert_rules(),
        reconcile=alerts.reconcile,
        executor=ThreadPoolExecutor(16, "alerts"),
        own_senders=lambda: own_senders(
            AreaTree(sources.areas(db)), config.alert_senders(), config.server.public_url
        ),
    )
    alert_pictures = AlertPictures(
        db,
        reader,
        clock,
        folder=media_folder(data),
        policy=source_reader.policy,
        reconcile=alerts.reconcile,
    )
    rules = mail_rules(config)
    documents = document_intake(config, data, db, clock)

    def take_document(body: bytes, actor: str, area: str) -> str:
        return documents.take_document(body, way="mail", actor=actor, area=area).sentence

    roots = data / config.documents.roots
    checker = FileChecker(db, media_folder(data), file_sandbox, take_document=take_document, roots=roots)
    letters = LetterTaker(db, checker, rules, clock)
    mailboxes = MailIntake(db, data, letters, rules, clock)
    servers = ServerIntake(
        db,
        reader,
        clock,
        pictures=PictureStore(db, reader, media_folder(data), source_reader.policy),
        taker=ItemTaker(
            db,
            clock,
            Rules(config.announcements.four_eyes, tuple(config.announcements.days_off)),
            config.notices.four_eyes,
        ),
        policy=source_reader.policy,
    )
    subscriber = LevelSubscriber(
        db, post, clock, base=config.server.public_url.rstrip("/"), policy=source_reader.policy
    )
    harvest = Harvest(
        db,
        reader,
        source_reader,
        clock,
        worker=worker,
        pools=pools(),
        spread=spread,
        alerts=intake,
        mail=mailboxes.poll,
        servers=servers,
    )
    FileWatcher(db, clock, base).start()

    def run_harvest() -> None:
        harvest.tick()
        alive()

    trials = TrialRunner(
        db,
        config,
        base,
        clock,
        ThreadPool(ThreadPoolExecutor(16, "trials"), active_limit=4, total_limit=16),
        mail=MailTrial(mailboxes).outcomes,
        servers=ServerTrial(fetch),
    )
    counting = count(1)

    kept = timedelta(days=config.history.laps_days)
    uploads = UploadImporter(db, uploads_folder(data), media_folder(data), clock, file_sandbox(), roots=roots)
    days_off = config.announcements.days_off
    maintenance = Maintenance(db, config.receipts, ZoneInfo(config.timezone), clock)
    retention = Retention(db, data, clock, proof=timedelta(days=config.receipts.plays_days))
    mailer = _mailer(config, data, db, clock)
    observer = WebhookObserver(db, config.alert_rules(), clock)
    return start_in_worker(
        Job("uploads", UPLOADS_SECONDS, uploads.tick),
        Job("tidy uploads", FORGET_SECONDS, uploads.delete_expired),
        Job("renew", RENEW_SECONDS, lambda: recurring.renew(db, clock(), days_off)),
        *([Job("mail", MAIL_SECONDS, mailer.tick)] if mailer else []),
        Job("mail answers", MAIL_ANSWERS_SECONDS, MailAnswers(db, rules, clock).tick),
        *document_jobs(config, data, documents, clock),
        Job("harvest", HARVEST_SECONDS, run_harvest),
        Job("alerts", ALERTS_SECONDS, alerts.tick),
        Job("alert pictures", ALERTS_SECONDS, alert_pictures.tick),
        Job("trials", TRIAL_SECONDS, trials.tick),
        Job("other servers", LEVELS_SECONDS, subscriber.tick),
        Job("beat", BEAT_SECONDS, lambda: worker_beats.beat(db, worker, next(counting))),
        Job("seal", SEAL_SECONDS, lambda: chain.extend(db, clock())),
        Job("expire", EXPIRE_SECONDS, lambda: notices.expire_due(db, clock())),
        Job("area plans", PLANS_SECONDS, lambda: plans.run_due(db, clock())),
        Job("end serving", EXPIRE_SECONDS, lambda: now_serving.end_due(db, clock())),
        Job("forget", FORGET_SECONDS, lambda: laps.forget_aired(db, before=to_ms(clock() - kept))),
        Job("outages", OUTAGE_SECONDS, maintenance.note_outages),
        Job("old proof", FORGET_SECONDS, maintenance.forget),
        Job("retention", FORGET_SECONDS, retention.forget),
        Job("silent test", TEST_SECONDS, maintenance.test_weekly),
        *_publication_jobs(config, data, db, clock),
        Job("websub", WEBSUB_SECONDS, WebSubHub(db, config, clock).tick),
        *(Job(*job) for job in push_jobs(config, data, db, clock)),
        *(Job(*job) for job in alarm_jobs(config, data, db, clock, mailer)),
        Job("webhooks", WEBHOOKS_SECONDS, WebhookSender(db, config, clock).tick),
        Job("webhooks: items", WEBHOOK_ITEMS_SECONDS, observer.items),
        Job("webhooks: sources", WEBHOOK_SOURCES_SECONDS, observer.sources),
        *source_system_jobs(config, base, data, db, clock),
        *_backup_jobs(config, data, clock),
    )


def _publication_jobs(config: Config, data: Path, db: Database, clock: Clock) -> list[Job]:
    """Returns a list that contains the job that publishes notices as CAP (the Common Alerting Protocol).

    The list is empty if publication is off or the server has no public address.
    """
    return (
        [Job("publish alerts", PUBLISH_SECONDS, AlertPublisher(db, config, data, clock).tick)]
        if enabled(config)
        else []
    )


def _backup_jobs(config: Config, data: Path, clock: Clock) -> list[Job]:
    """Returns a list that contains the job that backs up store and keys; the list is empty if backups are off.

    The job runs every ``[backup] every_hours`` of config.toml. It logs a failure, and tries again at its next run.
    """
    section = config.backup
    if not section.every_hours:
        return []
    folder, every = data / section.folder, timedelta(hours=section.every_hours)

    def back_up() -> None:
        now = clock()
        # A backup from the future was made while the clock was wrong, and does not count.
        if -CLOCK_SKEW <= backup_file.newest(folder, now) < every:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            backup_file.write(config.store.url, data, folder / backup_file.name_at(now), now, media=False)
            backup_file.keep_newest(folder, section.keep)
            log.info("backup", folder=str(folder))
        except (OSError, StoreError) as error:
            log.error("no backup", folder=str(folder), error=str(error))

    return [Job("backup", BACKUP_SECONDS, back_up)]


def _mailer(config: Config, data: Path, db: Database, clock: Clock) -> Mailer | None:
    """Returns what sends mail; None if config.toml has no ``[mail] host``.

    Messages are then shown only in the desk.
    """
    section = config.mail
    if not section.host:
        return None
    password = (data / section.password_file).read_text(encoding="utf-8").strip() if section.password_file else ""
    public_url = config.server.public_url.rstrip("/")
    server = MailServer(
        section.host, section.port, section.security, section.user, password, section.sender, public_url
    )
    return Mailer(db, server, clock)
