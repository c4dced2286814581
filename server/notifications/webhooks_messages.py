"""Makes the messages to keepers about webhooks that fail or have ended; called by worker.deliveries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from server.core.areas import AreaTree
from server.core.policy import Person, nearest
from server.store.notifications.webhooks import Webhook
from server.store.people.messages import Message

Why = Literal["failed", "gone"]
_SUBJECT: dict[Why, str] = {
    "failed": "Không báo tin được cho {name}",
    "gone": "{name} đã thôi nhận tin",
}
_TEXT: dict[Why, str] = {
    "failed": "Bảng Tin đã gửi mười lần trong hơn ba ngày mà nơi nhận không nhận. Hãy xem lý do, rồi bấm gửi lại.",
    "gone": "Nơi nhận trả lời rằng không nhận tin nữa, nên Bảng Tin đã dừng gửi tới đó.",
}


def link_of(webhook: int) -> str:
    """Returns the path of a webhook's page at the desk, which is the link of the messages about the webhook."""
    return f"/desk/webhooks/{webhook}"


def webhook_messages(why: Why, hook: Webhook, people: Iterable[Person], tree: AreaTree) -> tuple[Message, ...]:
    """Returns one message for each keeper of the areas of ``hook``; of the nearest area above if one has none."""
    every = tuple(people)
    told = {one.username: one for area in hook.areas for one in nearest("keeper", every, area, tree)}
    words = {"name": hook.name}
    return tuple(
        Message(
            one.username, _SUBJECT[why].format_map(words), _TEXT[why], link_of(hook.id), one.email,
            kind=f"webhook.{why}", words=words,
        )
        for one in told.values()
    )  # fmt: skip
