"""The commands backup and restore; listed in cli.commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from server.cli.context import Context, fail, prepare_data, say
from server.setup import backup_file
from server.setup.store_setup import existing_store


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="Tệp sẽ ghi, hoặc thư mục để tự đặt tên")],
    no_media: Annotated[bool, typer.Option("--no-media", help="Không kèm ảnh, video")] = False,
) -> None:
    """Sao lưu khi chương trình đang chạy: cơ sở dữ liệu, ảnh, khóa, trong một tệp."""
    given: Context = context.obj
    config = given.config()
    existing_store(config, given.data).close()
    now = given.clock()
    path = target / backup_file.name_at(now) if target.is_dir() else target
    if path.exists():
        fail(f"Đã có tệp {path}; hãy chọn tên khác.")
    try:
        backup_file.write(config.store.url, given.data, path, now, media=not no_media)
    except OSError as error:
        fail(f"Không ghi được bản sao lưu {path}: {error.strerror}.", 1)
    say(f"Đã sao lưu vào {path} ({path.stat().st_size / 1e6:.1f} MB). Tệp này có khóa bí mật: hãy cất ở nơi an toàn.")


def restore(context: typer.Context, file: Annotated[Path, typer.Argument(help="Tệp do run.py backup ghi")]) -> None:
    """Khôi phục từ một bản sao lưu; chương trình phải đang dừng. Dữ liệu cũ được giữ lại bên cạnh."""
    given: Context = context.obj
    config = given.config()
    prepare_data(given.data)
    try:
        made, kept = backup_file.restore(config.store.url, given.data, file, given.clock())
    except backup_file.Unusable as error:
        fail(str(error))
    say(f"Đã khôi phục bản sao lưu lúc {made}. Dữ liệu trước đó nằm ở {kept}.")
