"""Backups: store, pictures and keys in one archive; called by cli.backup, cli.processes and processes.

A backup holds keys and password hashes, so its file has mode 0600 and belongs in a safe place. Server and worker hold
a shared lock on their data folder, so that nothing is restored under a running program.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.store.database import backup
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.database.revision import renew_epoch

STORE, MANIFEST = "store", "manifest.json"
FOLDERS = ("media", "keys")
_LOCK = ".running"
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_NAME = "bangtin-%Y%m%d-%H%M%S.tar.gz"


class Unusable(Exception):  # noqa: N818 - reads well in except
    """A backup cannot be restored, at least not now; ``str()`` says why, and what has changed, in Vietnamese."""


def name_at(now: datetime) -> str:
    """The file name of a backup made at ``now``; names sort by time."""
    return f"{now.astimezone(UTC):{_NAME}}"


def write(url: str, data: Path, path: Path, now: datetime, *, media: bool) -> None:
    """Writes a backup to ``path``, which exists only once the backup is complete. Raises StoreError or OSError.

    ``url`` is the address of the store, ``data`` the data folder; without ``media`` uploaded files are left out.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        unpacked, packed = Path(folder), Path(folder) / "packed"
        backup.copy(url, data, unpacked / STORE)
        (unpacked / MANIFEST).write_text(json.dumps({"made": now.isoformat()}), encoding="utf-8")
        with tarfile.open(packed, "w:gz", compresslevel=3) as archive:
            for name in (MANIFEST, STORE):
                archive.add(unpacked / name, name)
            for name in FOLDERS if media else FOLDERS[1:]:
                if (data / name).is_dir():
                    archive.add(data / name, name)
        packed.chmod(0o600)
        packed.replace(path)


def newest(folder: Path, now: datetime) -> timedelta:
    """Returns the age of the newest automatic backup in a folder; timedelta.max if there is none."""
    made = _automatic(folder)
    return now - made[-1][0] if made else timedelta.max


def keep_newest(folder: Path, most: int) -> None:
    """Deletes all automatic backups but the ``most`` newest ones; backups under other names stay."""
    for _, old in _automatic(folder)[:-most]:
        old.unlink()


def _automatic(folder: Path) -> list[tuple[datetime, Path]]:
    """Returns (time, path) of each backup in ``folder`` with a name of the form of `name_at`, oldest first."""
    found = []
    for path in folder.glob("bangtin-*.tar.gz"):
        try:
            made = datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        if name_at(made) == path.name:  # strptime also takes fewer digits
            found.append((made, path))
    return sorted(found)


def restore(url: str, data: Path, path: Path, now: datetime) -> tuple[str, Path]:
    """Restores the backup ``path``; returns when it was made (ISO 8601) and the folder that keeps the former data.

    Nothing changes until the backup is known to be complete and the former store is copied. Pictures and keys are
    replaced after the store; if the store cannot be restored, they stay unchanged. Raises Unusable or StoreError.
    """
    with _exclusive_lock(data), tempfile.TemporaryDirectory(dir=data, prefix=".restoring-") as folder:
        unpacked = Path(folder)
        made = _unpack(path, unpacked)
        kept = _keep_store(url, data, unpacked, now)
        is_file = backup.file_of(url, data) is not None
        if is_file:
            # Before the store is replaced: otherwise an interruption in between would leave it with the old epoch.
            _migrate_with_new_epoch(f"sqlite:///{STORE}", unpacked)
        backup.restore(url, data, unpacked / STORE)
        if not is_file:
            _migrate_with_new_epoch(url, data)
        for name in FOLDERS:
            if (unpacked / name).is_dir():
                exchange(data / name, unpacked / name, kept)
    return made, kept


def _migrate_with_new_epoch(url: str, data: Path) -> None:
    db = Database.open(url, data)
    db.migrate()
    renew_epoch(db)
    db.close()


def hold_shared_lock(data: Path) -> int:
    """Marks ``data`` as in use until this process ends; returns the open file's descriptor."""
    file = os.open(data / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


@contextmanager
def _exclusive_lock(data: Path) -> Iterator[None]:
    """Holds the exclusive lock on ``data`` during the block. Raises Unusable if a server or worker uses ``data``."""
    file = os.open(data / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise Unusable(
            f"Chương trình đang chạy trên {data}: hãy dừng nó (Ctrl-C, systemctl stop bangtin) rồi khôi phục."
        ) from None
    try:
        yield
    finally:
        os.close(file)


def _unpack(file: Path, unpacked: Path) -> str:
    """Unpacks a backup into ``unpacked``; returns when it was made (ISO 8601). Raises Unusable if it is not valid."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(unpacked, filter="data")
        (unpacked / STORE).stat()
        return str(json.loads((unpacked / MANIFEST).read_text(encoding="utf-8"))["made"])
    except FileNotFoundError as error:
        raise Unusable(f"Không có tệp {file}, hoặc đó không phải bản sao lưu của Bảng Tin.") from error
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise Unusable(f"{file} không phải bản sao lưu của Bảng Tin, hoặc đã hỏng. Chưa đổi gì.") from error


def _keep_store(url: str, data: Path, unpacked: Path, now: datetime) -> Path:
    """Checks the new store and copies the present one; returns the folder of the copy.

    The present store stays unchanged. Raises Unusable if no copy can be made or the backup is of another kind of
    database, and StoreCorrupt if the new store is damaged.
    """
    target = backup.file_of(url, data)
    _need_same_kind(url, data, unpacked / STORE)
    if target is not None:
        backup.check(unpacked / STORE)
    kept = data / f"before-restore-{now:%Y%m%d-%H%M%S}"
    try:
        kept.mkdir(mode=0o700)
        if target is None or target.exists():
            _copy_store(url, data, target, kept)
    except (OSError, StoreError) as error:
        shutil.rmtree(kept, ignore_errors=True)
        raise Unusable(f"Không giữ được bản sao của dữ liệu đang có ({error}). Chưa đổi gì.") from error
    return kept


def _need_same_kind(url: str, data: Path, copied: Path) -> None:
    """Raises Unusable if the backup is of SQLite and the configured store is PostgreSQL, or the reverse."""
    kind, target = backup.kind_of(copied), "sqlite" if backup.file_of(url, data) is not None else "postgresql"
    if kind and kind != target:
        raise Unusable(
            f"Bản sao lưu này là của {_NAMES[kind]}, nhưng kho đang cấu hình là {_NAMES[target]} "
            f"({backup.name_of(url, data)}). Hãy đặt store.url trong config.toml hoặc BANGTIN_STORE__URL cho đúng "
            "rồi khôi phục lại. Chưa đổi gì."
        )


def _copy_store(url: str, data: Path, target: Path | None, kept: Path) -> None:
    try:
        backup.copy(url, data, kept / STORE)
    except StoreError:
        if target is None:
            raise
        # The present store may be damaged, which may be the reason to restore: its files are copied as they are.
        for end in ("", "-wal"):
            file = target.with_name(target.name + end)
            if file.exists():
                backup.durable_copy(file, kept / f"store-unreadable{end}")


def exchange(there: Path, new: Path, kept: Path) -> None:
    """Moves the folder ``there`` into ``kept``, and ``new`` into its place.

    If that fails, moves ``there`` back and raises Unusable.
    """
    old = kept / there.name
    try:
        if there.is_dir():
            there.replace(old)
        new.replace(there)
    except OSError as error:
        if old.exists():
            old.replace(there)
        raise Unusable(
            f"Đã khôi phục cơ sở dữ liệu, nhưng không thay được thư mục {there}: {error.strerror}. "
            f"Thư mục ấy còn như trước; cơ sở dữ liệu trước đó nằm ở {kept}."
        ) from error
