"""Commands about urgent notices: urgent, confirm, clear; listed in cli.commands, used by cli.announcements.

They apply the same rules as the desk and write the same audit records; the actor is the user of the operating system.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

import typer

from server.cli.context import Context, actor, fail, say
from server.cli.safe_boards import divide_safe, slugs
from server.cli.stores import acting_store, is_read
from server.content.board_content import notices_for
from server.core.areas import AreaTree
from server.core.model import Board, Notice
from server.core.notices.four_eyes import SecondNeeded
from server.core.workflow import NotPossible
from server.notifications.recipients import notice_messages
from server.store.boards import boards
from server.store.database.errors import StoreRefusal
from server.store.notices import actions as notice_actions
from server.store.notices import notices
from server.store.people import people

FOUR_EYES = 3
"""Exit code: the notice or announcement is saved, but a second person has to approve it."""
MOST_ACTS = 3
"""The largest number of instructions (``acts``) in an urgent notice, so that people can read all of it in time."""


def split(text: str) -> tuple[str, str]:
    """Returns (first line, remaining text) of ``text``, both without surrounding whitespace."""
    head, _, body = text.strip().partition("\n")
    return head.strip(), body.strip()


def known_areas(tree: AreaTree, slugs: list[str]) -> None:
    """Ends the command with an error message if one of the areas ``slugs`` does not exist."""
    missing = [slug for slug in slugs if slug not in tree]
    if missing:
        fail(f"Không có đơn vị {', '.join(missing)}. Có: {', '.join(tree.slugs())}.")


def urgent(
    context: typer.Context,
    text: Annotated[str, typer.Argument(help="Dòng đầu là điều phải nói; các dòng sau là việc cần làm (tối đa 3)")],
    area: Annotated[list[str] | None, typer.Option(help="Đơn vị nhận tin, kể cả cấp dưới (nhiều lần được)")] = None,
    everywhere: Annotated[bool, typer.Option("--all", help="Mọi bảng tin")] = False,
    minutes: Annotated[int, typer.Option(min=1, max=14 * 24 * 60, help="Hiệu lực bao nhiêu phút")] = 60,
    act: Annotated[list[str] | None, typer.Option(help="Việc cần làm (tối đa 3 lần)")] = None,
    level: Annotated[str, typer.Option(help="urgent (khẩn) hoặc priority (ưu tiên)")] = "urgent",
    danger: Annotated[str, typer.Option(help="Loại thiên tai, sự cố: Bão, Lũ, Dịch bệnh…")] = "",
    risk: Annotated[int, typer.Option(min=0, max=5, help="Cấp độ rủi ro thiên tai, 0: không nêu")] = 0,
    sender: Annotated[str, typer.Option(help="Ai ban hành (mặc định: tên đơn vị)")] = "",
    exercise: Annotated[bool, typer.Option(help="Diễn tập")] = False,
) -> None:
    """Đưa tin khẩn lên mọi màn hình của các đơn vị, ngay lập tức."""
    given: Context = context.obj
    if level not in ("urgent", "priority"):
        fail("--level chỉ nhận urgent hoặc priority.")
    kind: Literal["urgent", "priority"] = "urgent" if level == "urgent" else "priority"
    head, body = split(text)
    acts = [*(line.strip() for line in body.splitlines() if line.strip()), *(act or [])]
    if not head:
        fail("Tin khẩn chưa có nội dung.")
    if len(acts) > MOST_ACTS:
        fail(f"Tin khẩn nêu tối đa {MOST_ACTS} việc cần làm để đọc kịp; đang có {len(acts)}.")
    with acting_store(given) as (config, db, tree):
        targets = _notice_targets(tree, area or [], everywhere)
        now, four_eyes = given.clock(), config.notices.four_eyes
        wanted = Notice(
            id=0,
            level=kind,
            headline=head,
            areas=tuple(targets),
            issued=now,
            until=now + timedelta(minutes=minutes),
            acts=tuple(acts),
            danger=danger,
            risk=risk,
            sender=sender or tree.get(targets[0]).name,
            exercise=exercise,
            state="drafted" if four_eyes else "live",
            created_by=actor(),
            signed_by=actor() if four_eyes else "",
            signed_at=now if four_eyes else None,
        )
        reached = [one for one in boards.all(db) if notices_for(one, tree, [wanted])]
        if not reached:
            fail("Không có bảng tin nào ở các đơn vị đã nêu: tin không được gửi.")
        notify = notice_messages("signed", wanted, actor(), people.all(db), tree) if four_eyes else ()
        posted = notices.post(db, wanted, actor=actor(), now=now, notify=notify)
        _report(posted, divide_safe(db, tree, reached), tree, read=is_read(given, db))
        if posted.state == "drafted":
            raise typer.Exit(FOUR_EYES)


def _notice_targets(tree: AreaTree, areas: list[str], everywhere: bool) -> list[str]:
    if bool(areas) == everywhere:
        fail("Hãy nêu nơi nhận tin khẩn: --area ĐƠN-VỊ, hoặc --all cho mọi bảng tin.")
    if everywhere:
        return list(tree.roots())
    known_areas(tree, areas)
    return list(dict.fromkeys(areas))


def _report(posted: Notice, divided: tuple[list[Board], list[Board]], tree: AreaTree, *, read: bool) -> None:
    """Prints the state of a notice that was posted, and which boards show it.

    ``divided`` is (boards that show the safe page now, and so no notice; other boards).
    """
    safe, reached = divided
    where = f"{len(reached)} bảng tin ở {len({one.area for one in reached})} đơn vị"
    names = ", ".join(tree.get(slug).name for slug in posted.areas)
    if safe:
        names += f"; không hiện ở {slugs(safe)}: đang ở trang an toàn"
    if posted.state == "drafted":
        say(
            f"Tin khẩn số {posted.id} là bản nháp, chờ người thứ hai xác nhận: {where} ({names}); "
            f"xác nhận bằng: run.py confirm {posted.id}"
        )
    else:
        way = "đang đến" if read else "CHƯA đến"
        say(f"Tin khẩn số {posted.id} đã lưu, {way} {where} ({names}); gỡ bằng: run.py clear {posted.id}")


def confirm(
    context: typer.Context,
    id: Annotated[int, typer.Argument(help="Số của bản nháp")],
    break_glass: Annotated[bool, typer.Option(help="Chỉ có một mình: phát sau 30 giây, có ghi nhật ký")] = False,
) -> None:
    """Người thứ hai xác nhận một tin khẩn đang chờ; tin lên mọi màn hình ngay."""
    given: Context = context.obj
    with acting_store(given) as (config, db, tree):
        eyes, now = config.notices.four_eyes, given.clock()
        try:
            alone = notice_messages("broken", notices.get(db, id), actor(), people.all(db), tree)
            sent = notice_actions.send(
                db, id, actor=actor(), now=now, four_eyes=eyes, break_glass=break_glass, notify_if_alone=alone,
                urgent_holds=config.alert_rules().urgent_holds,
            )  # fmt: skip
        except SecondNeeded as refused:
            fail(f"Chưa phát tin khẩn số {id}: {refused}", FOUR_EYES)
        except (StoreRefusal, NotPossible, ValueError) as error:
            fail(f"Không phát được tin khẩn số {id}: {error}", 1)
        reached = [one for one in boards.all(db) if notices_for(one, tree, [sent])]
        _report(sent, divide_safe(db, tree, reached), tree, read=is_read(given, db))


def clear(context: typer.Context, id: Annotated[int, typer.Argument(help="Số của tin khẩn")]) -> None:
    """Gỡ một tin khẩn khỏi mọi màn hình."""
    given: Context = context.obj
    with acting_store(given) as (_, db, _tree):
        try:
            cleared = notices.clear(db, id, actor=actor(), now=given.clock())
        except StoreRefusal as error:
            fail(f"Không gỡ được tin khẩn số {id}: {error}", 1)
        say(f"Đã gỡ tin khẩn số {cleared.id}: {cleared.headline}")
