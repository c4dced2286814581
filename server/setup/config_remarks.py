"""Remarks of `run.py check` on what people may have overlooked in a valid config.toml; called by server.cli.inspect.

A remark is a line "path: text"; the text is Vietnamese.
"""

from __future__ import annotations

from collections.abc import Iterator

from server.core.areas import AreaTree
from server.core.model import AlertSettings, MailSettings, Source
from server.core.sources.trust import airs_unread, areas_that_agree
from server.setup.config import Config


def remarks(config: Config) -> Iterator[str]:
    """Yields a remark for each source and board that needs attention, and for each obsolete key or value.

    These are sources whose stories are shown before an editor has read them, sources that no board shows, sources of
    alerts whose alerts are shown unchecked and, if there is a source of alerts, boards that no alert can reach. Two
    more remarks say why alerts are not published and why browsers are not told of urgent notices, if they should be.
    """
    tree, boards = AreaTree(config.area_values()), config.board_values()
    if config.alerts.publish and not config.server.public_url and any(board.public for board in boards):
        yield "alerts.publish: chưa khai [server] public_url nên tin khẩn chưa được phát hành dưới dạng CAP"
    if config.push.contact and not config.server.public_url.startswith("https://"):
        yield "push.contact: trình duyệt chỉ nhận tin báo ở trang https; hãy khai [server] public_url như vậy"
    yield from _source_system_remarks(config, tree)
    shown = {lane.source for board in boards for lane in board.lanes}
    for place, source in enumerate(config.source_values()):
        path, area = f"sources[{place}]", tree.in_charge(source.area) or ""
        if config.sources[place].trust == "alerts":
            yield f'{path}.trust: "alerts" không còn dùng, được đọc là "hold"'
        if source.kind in _OTHERS:
            yield from _OTHERS[source.kind](path, source)
            continue
        if config.sources[place].alerts is not None and source.kind != "server":
            yield f"{path}.alerts: không còn dùng, được bỏ qua"
        if source.slug not in shown:
            yield f"{path}: không bảng tin nào trong tệp hiện {source.slug!r}"
        if not airs_unread(source):
            continue
        line = f"{path}.trust: tin của {source.slug!r} lên bảng mà không biên tập viên nào đọc trước"
        beyond = areas_that_agree(source, area, boards, tree)[1:] if area else ()
        yield line + (f", cả ở bảng tin của đơn vị khác: {', '.join(beyond)}" if beyond else "")
    if any(source.kind == "cap" for source in config.sources):
        yield from _board_remarks(config, tree)
    yield from _lane_remarks(config)


def _source_system_remarks(config: Config, tree: AreaTree) -> Iterator[str]:
    own = config.source_system
    for name, slugs in (("areas", own.areas), ("air", own.air)):
        for slug in slugs:
            if slug not in tree:
                yield f"source_system.{name}: tệp này không có đơn vị {slug!r}; ở bàn biên tập có thì vẫn dùng được"
    if own.air and own.folder:
        where = ", ".join(tree.get(slug).name if slug in tree else slug for slug in own.air)
        yield f"source_system.air: bản tin ưu tiên và khẩn cấp trong thư mục lên bảng ở {where} mà không ai đọc trước"


def _alert_remarks(path: str, source: Source) -> Iterator[str]:
    settings = source.cap or AlertSettings()
    if settings.alerts == "live" and not settings.certificate:
        yield (
            f"{path}.alerts: cảnh báo của {source.slug!r} lên bảng ngay mà không có chữ ký để kiểm; nên khai "
            'certificate, hoặc để "draft"'
        )
    if settings.alerts == "live" and not settings.territory:
        yield f"{path}.territory: chưa khai phạm vi của {source.slug!r}, nên cảnh báo ở đâu cũng được nhận"


def _mail_remarks(path: str, source: Source) -> Iterator[str]:
    settings = source.mail or MailSettings("")
    if not settings.authserv:
        yield f"{path}.mail.authserv: chưa khai tên máy chủ xác thực, nên {source.slug!r} không nhận thư của ai"
    if not settings.senders:
        yield f"{path}.mail.senders: chưa khai ai được gửi, nên {source.slug!r} không nhận thư của ai"


def _lane_remarks(config: Config) -> Iterator[str]:
    """Yields a remark for each lane with a mailbox, which has no stories."""
    boxes = {source.slug for source in config.sources if source.kind == "mail"}
    for place, board in enumerate(config.boards):
        for number, lane in enumerate(board.lanes):
            if lane.source in boxes:
                yield f"boards[{place}].lanes[{number}]: {lane.source!r} là hộp thư, luồng không có tin"


_OTHERS = {"cap": _alert_remarks, "mail": _mail_remarks}
"""Kind of sources without stories -> the function that yields the remarks on such a source."""


def _board_remarks(config: Config, tree: AreaTree) -> Iterator[str]:
    """Yields a remark for each board that no alert can reach, because neither it nor its area has a known place.

    Also yields one for each lane (a source in a board's list) with a source of alerts, which has no stories.
    """
    known = {area.slug for area in config.areas if area.point is not None or area.outline is not None}
    kinds = {source.slug: source.kind for source in config.sources}
    for place, board in enumerate(config.boards):
        placed = board.point is not None or board.area in known or bool(tree.codes(board.area))
        if not placed:
            yield (
                f"boards[{place}]: không cảnh báo nào tới được {board.slug!r}; hãy khai point của bảng tin, hoặc "
                "point, outline hay codes của đơn vị"
            )
        for number, lane in enumerate(board.lanes):
            if kinds.get(lane.source) == "cap":
                yield f"boards[{place}].lanes[{number}]: {lane.source!r} là nguồn cảnh báo, luồng không có tin"
