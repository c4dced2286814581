"""Finds contradictions between keys of config.toml: repeated slugs, unknown names, cycles; called by config_file.

Each function yields lines "path: problem"; the problem is described in Vietnamese.
"""

from __future__ import annotations

from collections.abc import Iterator

from server.core.areas import AreaTree
from server.core.sources.mail import address
from server.setup.config import Config, hours_value
from server.setup.config_sections import BoardSection

ALERT_KEYS = frozenset(
    {
        "index", "territory", "default_area", "geometry_first", "languages", "certificate", "risk_parameter",
        "exercises", "alert_language", "web_hosts",
    }
)  # fmt: skip
_SERVER_KEYS = frozenset({"exercises"})


def contradictions(config: Config) -> Iterator[str]:
    """Yields every contradiction between keys of a configuration whose values are valid one by one."""
    if config.mail.host and not config.server.public_url:
        yield "server.public_url: cần có khi khai [mail] host, vì liên kết trong thư chỉ lấy từ đây"
    if bool(config.alerts.signing_key) != bool(config.alerts.certificate):
        missing = "certificate" if config.alerts.signing_key else "signing_key"
        yield f"alerts.{missing}: cần có cả signing_key và certificate để ký cảnh báo"
    if config.documents.folder and not config.documents.area:
        yield "documents.area: cần có khi khai [documents] folder, để biết văn bản là của đơn vị nào"
    if config.documents.area and config.documents.area not in {area.slug for area in config.areas}:
        yield f"documents.area: không có đơn vị {config.documents.area!r}"
    yield from _repeated_slugs(config)
    yield from _areas(config)
    yield from _sources(config)
    yield from _mail(config)
    yield from _themes(config)
    for place, board in enumerate(config.boards):
        for problem in _board(config, board):
            yield f"boards[{place}].{problem}"


def _repeated_slugs(config: Config) -> Iterator[str]:
    slugs = {
        "areas": [area.slug for area in config.areas],
        "sources": [source.slug for source in config.sources],
        "boards": [board.slug for board in config.boards],
    }
    for name, listed in slugs.items():
        for place, slug in enumerate(listed):
            if slug in listed[:place]:
                yield f"{name}[{place}].slug: {slug!r} đã dùng ở trên"


def _areas(config: Config) -> Iterator[str]:
    slugs = {area.slug for area in config.areas}
    unknown = [
        f"areas[{place}].parent: không có đơn vị {area.parent!r}"
        for place, area in enumerate(config.areas)
        if area.parent is not None and area.parent not in slugs
    ]
    yield from unknown
    if not unknown:
        try:
            AreaTree({area.slug: area for area in config.area_values()}.values())
        except ValueError as error:
            yield f"areas: các đơn vị tạo thành vòng ({error})"


def _sources(config: Config) -> Iterator[str]:
    areas = {area.slug for area in config.areas}
    for place, source in enumerate(config.sources):
        if source.area is not None and source.area not in areas:
            yield f"sources[{place}].area: không có đơn vị {source.area!r}"
        if source.page is not None and source.kind != "page":
            yield f'sources[{place}].page: chỉ dùng với kind = "page"'
        if source.kind != "cap":
            allowed = _SERVER_KEYS if source.kind == "server" else frozenset()
            for key in sorted((ALERT_KEYS - allowed) & source.model_fields_set):
                yield f'sources[{place}].{key}: chỉ dùng với kind = "cap"'
        if source.default_area is not None and source.default_area not in areas:
            yield f"sources[{place}].default_area: không có đơn vị {source.default_area!r}"


def _mail(config: Config) -> Iterator[str]:
    """Yields the contradictions of mailboxes: a source of this kind needs an IMAP address and its settings."""
    areas, boards = {area.slug for area in config.areas}, {board.slug for board in config.boards}
    for place, source in enumerate(config.sources):
        if (source.kind == "mail") != (source.mail is not None):
            yield f'sources[{place}].mail: cần có với kind = "mail", và chỉ dùng với kind ấy'
        if source.kind == "mail":
            try:
                address.parsed(source.url)
            except ValueError as error:
                yield f"sources[{place}].url: {error}"
        for number, sender in enumerate(source.mail.senders if source.mail else ()):
            path = f"sources[{place}].mail.senders[{number}]"
            if sender.area not in areas:
                yield f"{path}.area: không có đơn vị {sender.area!r}"
            for slug in sorted(set(sender.boards) - boards):
                yield f"{path}.boards: không có bảng tin {slug!r}"


def _themes(config: Config) -> Iterator[str]:
    boards = {board.slug for board in config.boards}
    for place, days in enumerate(config.themes):
        if days.last < days.first:
            yield f"themes[{place}].last: {days.last} đứng trước ngày đầu {days.first}"
        for slug in set(days.boards) - boards:
            yield f"themes[{place}].boards: không có bảng tin {slug!r}"


def _board(config: Config, board: BoardSection) -> Iterator[str]:
    """Yields the contradictions of one board, with paths relative to the board."""
    if "side" in board.regions and board.layout == "portrait":
        yield "regions: màn hình đứng không có chỗ cho cột bên (side)"
    if board.area not in {area.slug for area in config.areas}:
        yield f"area: không có đơn vị {board.area!r}"
    sources = {source.slug for source in config.sources}
    for number, lane in enumerate(board.lanes):
        if lane.source not in sources:
            yield f"lanes[{number}].source: không có nguồn {lane.source!r}"
    for number, text in enumerate(board.hours):
        try:
            hours_value(text)
        except ValueError:
            yield f"hours[{number}]: giờ {text!r} không có thật"
