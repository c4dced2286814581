"""A backup as a file: the store, the pictures and the keys in one archive; called by the command line and the worker.

A backup holds keys and password hashes: its file is for its owner alone, and belongs in a safe place. Whoever runs on
a data folder holds a lock on it, so that nothing is put back under a running program.
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
_NAME = "bangtin-%Y%m%d-%H%M%S.tar.gz"


class Unusable(Exception):  # noqa: N818 - says what is the matter, reads as such in except
    """A backup that cannot be put back, or not now; ``str()`` is a Vietnamese sentence that says what has changed."""


def name_at(now: datetime) -> str:
    """The name of a backup; later ones sort later."""
    return f"{now.astimezone(UTC):{_NAME}}"


def write(url: str, data: Path, path: Path, now: datetime, *, media: bool) -> None:
    """A backup at ``path``, there only when it is whole. Raises StoreError or OSError."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        held, packed = Path(folder), Path(folder) / "packed"
        backup.copy(url, data, held / STORE)
        (held / MANIFEST).write_text(json.dumps({"made": now.isoformat()}), encoding="utf-8")
        with tarfile.open(packed, "w:gz", compresslevel=3) as archive:
            for name in (MANIFEST, STORE):
                archive.add(held / name, name)
            for name in FOLDERS if media else FOLDERS[1:]:
                if (data / name).is_dir():
                    archive.add(data / name, name)
        packed.chmod(0o600)
        packed.replace(path)


def newest(folder: Path, now: datetime) -> timedelta:
    """How old the newest automatic backup in a folder is; very old where there is none."""
    made = _automatic(folder)
    return now - made[-1][0] if made else timedelta.max


def keep_newest(folder: Path, most: int) -> None:
    """Drops the oldest automatic backups beyond ``most``; what a keeper named is the keeper's."""
    for _, old in _automatic(folder)[:-most]:
        old.unlink()


def _automatic(folder: Path) -> list[tuple[datetime, Path]]:
    """The backups in a folder that have a name of ours, oldest first, and when they were made."""
    found = []
    for path in folder.glob("bangtin-*.tar.gz"):
        try:
            made = datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        if name_at(made) == path.name:  # strptime is content with fewer digits
            found.append((made, path))
    return sorted(found)


def read(url: str, data: Path, path: Path, now: datetime) -> tuple[str, Path]:
    """Puts a backup back; gives when it was made and the folder that keeps what was there before.

    Raises Unusable, StoreError; until the copy is known to be whole, and what is there is kept, nothing is touched.
    Pictures and keys follow the store: where it could not be put back they are where they were.
    """
    with _alone(data), tempfile.TemporaryDirectory(dir=data, prefix=".restoring-") as folder:
        held = Path(folder)
        made = _unpack(path, held)
        db_thread = _keep_store(url, data, held, now)
        backup.put_back(url, data, held / STORE)
        db = Database.open(url, data)
        db.migrate()
        renew_epoch(db)
        db.close()
        for name in FOLDERS:
            if (held / name).is_dir():
                _exchange(data / name, held / name, db_thread)
    return made, db_thread


def running(data: Path) -> int:
    """Marks ``data`` as in use until this process ends; gives the open file. Called by server and worker."""
    file = os.open(data / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


@contextmanager
def _alone(data: Path) -> Iterator[None]:
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


def _unpack(file: Path, held: Path) -> str:
    """When it was made. Raises Unusable where it is no backup of ours."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(held, filter="data")
        (held / STORE).stat()
        return str(json.loads((held / MANIFEST).read_text(encoding="utf-8"))["made"])
    except FileNotFoundError as error:
        raise Unusable(f"Không có tệp {file}, hoặc đó không phải bản sao lưu của Bảng Tin.") from error
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError) as error:
        raise Unusable(f"{file} không phải bản sao lưu của Bảng Tin, hoặc đã hỏng. Chưa đổi gì.") from error


def _keep_store(url: str, data: Path, held: Path, now: datetime) -> Path:
    """A copy of the store that is there now, once the new one is known to be whole: the folder it is in.

    Raises Unusable where that cannot be had: nothing has been touched then.
    """
    target = backup.file_of(url, data)
    if target is not None:
        backup.check(held / STORE)
    db_thread = data / f"before-restore-{now:%Y%m%d-%H%M%S}"
    try:
        db_thread.mkdir(mode=0o700)
        if target is None or target.exists():
            _copy_store(url, data, target, db_thread)
    except (OSError, StoreError) as error:
        shutil.rmtree(db_thread, ignore_errors=True)
        raise Unusable(f"Không giữ được bản sao của dữ liệu đang có ({error}). Chưa đổi gì.") from error
    return db_thread


def _copy_store(url: str, data: Path, target: Path | None, db_thread: Path) -> None:
    try:
        backup.copy(url, data, db_thread / STORE)
    except StoreError:
        if target is None:
            raise
        # Damaged, perhaps the very reason to restore: its files as they are, for whoever can read more of them.
        for end in ("", "-wal"):
            file = target.with_name(target.name + end)
            if file.exists():
                shutil.copyfile(file, db_thread / f"store-unreadable{end}")


def _exchange(there: Path, new: Path, db_thread: Path) -> None:
    """Puts a folder in the place of another one, which is kept; back in its place where that fails."""
    old = db_thread / there.name
    try:
        if there.is_dir():
            there.replace(old)
        new.replace(there)
    except OSError as error:
        if old.exists():
            old.replace(there)
        raise Unusable(
            f"Đã khôi phục cơ sở dữ liệu, nhưng không thay được thư mục {there}: {error.strerror}. "
            f"Thư mục ấy còn như trước; cơ sở dữ liệu trước đó nằm ở {db_thread}."
        ) from error
