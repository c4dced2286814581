"""Makes the parts of the worker that exchange documents with other programs; called by processes.worker."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from server.documents.intake import DocumentIntake
from server.media.importer import file_sandbox
from server.notifications.mailer import MailServer
from server.processes.data_folders import media_folder
from server.processes.jobs import Job
from server.setup.config import Config
from server.setup.store_setup import Clock
from server.store.announcements.announcements import Rules
from server.store.database.engine import Database
from server.worker.document_folder import DocumentFolder
from server.worker.mailbox.rules import MailRules
from server.worker.source_system.file_drop import FileDrop
from server.worker.source_system.report_maker import ReportMaker
from server.worker.source_system.report_sender import ReportSender

DOCUMENTS_SECONDS = 3
DROP_SECONDS = 1
REPORT_SECONDS = 60
SEND_SECONDS = 2


def mail_rules(config: Config) -> MailRules:
    """Returns what reading mailboxes takes from the configuration."""
    section = config.mail
    own = MailServer(section.host, section.port, section.security, sender=section.sender).shown_sender
    return MailRules(
        own=frozenset({own.lower(), section.user.lower()}) - {""},
        answers=bool(section.host),
        allow_private=config.fetch.allow_private,
        rules=Rules(config.announcements.four_eyes, config.announcements.days_off),
        environment=os.environ,
        zone=ZoneInfo(config.timezone),
    )


def source_system_jobs(config: Config, base: Path, data: Path, db: Database, clock: Clock) -> list[Job]:
    """Returns the jobs of the gateway to the source information system, as far as it is configured."""
    jobs = []
    if config.source_system.folder:
        roots = data / config.documents.roots
        drop = FileDrop(db, config, base, media_folder(data), clock, file_sandbox(), roots=roots)
        jobs.append(Job("dropped bulletins", DROP_SECONDS, drop.tick))
    if config.source_system.report_url:
        jobs.append(Job("make reports", REPORT_SECONDS, ReportMaker(db, config, clock).tick))
        jobs.append(Job("send reports", SEND_SECONDS, ReportSender(db, config, data, clock).tick))
    return jobs


def document_intake(config: Config, data: Path, db: Database, clock: Clock) -> DocumentIntake:
    """Makes the intake of electronic documents, for the watched folder and for mail."""
    return DocumentIntake(
        db,
        media=media_folder(data),
        roots=data / config.documents.roots,
        zone=ZoneInfo(config.timezone),
        clock=clock,
        rules=Rules(config.announcements.four_eyes, config.announcements.days_off),
    )


def document_jobs(config: Config, data: Path, intake: DocumentIntake, clock: Clock) -> list[Job]:
    """Returns a list that contains the job that looks into the folder of electronic documents, if there is one."""
    section = config.documents
    if not section.folder:
        return []
    folder = DocumentFolder(intake, data / section.folder, section.area, clock)
    return [Job("documents", DOCUMENTS_SECONDS, folder.tick)]
