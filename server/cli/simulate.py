"""The command simulate, which connects many simulated screens to a running server; listed in cli.commands.

The screens check that the server's messages obey the rules of the protocol.
"""

from __future__ import annotations

import json
from itertools import cycle, islice
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from server.cli.context import Context, fail, say
from server.cli.stores import reading_store
from server.setup.store_setup import need_server
from server.simulate.crowd import Crowd
from server.simulate.screen import Identity

BROKEN = 1
"""Exit code: the server broke a rule of the protocol, or a screen did not receive its board's state in time."""


def simulate(
    context: typer.Context,
    screens: Annotated[int, typer.Option(min=1, help="Bao nhiêu màn hình")] = 100,
    boards: Annotated[int, typer.Option(min=1, help="Chia cho bao nhiêu bảng tin công cộng")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="Chạy bao lâu")] = 60,
    address: Annotated[str, typer.Option(help="Địa chỉ máy chủ; để trống: máy này")] = "",
    keys: Annotated[
        Path | None, typer.Option(help="Tệp JSON mỗi dòng một màn hình: screen, key, board", exists=True)
    ] = None,
    no_bodies: Annotated[bool, typer.Option("--no-bodies", help="Không tải thân trang")] = False,
) -> None:
    """Giả làm nhiều màn hình, kiểm từng quy tắc của giao thức; mã thoát 1 khi có quy tắc bị vi phạm."""
    given: Context = context.obj
    config = given.config()
    if not address:
        with reading_store(given) as (_, db, _tree):
            need_server(db, config, given.data)
    slugs = [board.slug for board in config.boards if board.public]
    people = _with_keys(keys, screens) if keys else _public(slugs, boards, screens)
    where = address or f"http://localhost:{config.server.port}"
    try:
        crowd = Crowd(where, people, monotonic=monotonic, bodies=not no_bodies)
    except OSError as error:
        fail(str(error))
    with crowd:
        begun = monotonic()
        if not crowd.run_until(lambda: crowd.in_step() == screens, seconds):
            say(f"sau {seconds:g} giây mới có {crowd.in_step()} / {screens} màn hình theo kịp")
        else:
            say(f"{screens} màn hình theo kịp sau {monotonic() - begun:.1f} giây")
        crowd.run_until(lambda: monotonic() - begun > seconds, seconds)
        say(f"lúc hết giờ: {crowd.in_step()} / {screens} màn hình theo kịp")
        say("\n".join(crowd.report.lines()))
        everybody = crowd.in_step() == screens
    if crowd.report.broken or not everybody:
        raise typer.Exit(BROKEN)


def _public(slugs: list[str], boards: int, screens: int) -> list[Identity]:
    if boards > len(slugs):
        fail(f"Cấu hình chỉ có {len(slugs)} bảng tin công cộng, không đủ {boards}.")
    return [Identity(slug) for slug in islice(cycle(slugs[:boards]), screens)]


def _with_keys(file: Path, screens: int) -> list[Identity]:
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        people = [Identity(str(row["board"]), int(row["screen"]), str(row["key"])) for row in rows]
    except (ValueError, KeyError, TypeError) as error:
        fail(f"{file}: mỗi dòng phải là JSON có screen, key, board ({error}).")
    if len(people) < screens:
        fail(f"{file}: chỉ có {len(people)} màn hình, không đủ {screens}.")
    return people[:screens]
