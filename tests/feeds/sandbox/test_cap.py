"""CAP in a process that can be killed: the same alerts, and hostile documents end in a sentence within the limits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from feeds import ParseError
from feeds.formats.cap.document import CapIndex
from feeds.sandbox.cap_answer import cap_from_bytes, cap_to_bytes
from feeds.sandbox.isolate import SandboxProcess
from tests.feeds.formats.cap.documents import ADDRESS, alert, area, atom, entry, info, whole
from tests.feeds.formats.cap.keys import signed, signer

SECONDS = 15.0
RICH = alert(
    info(
        "<effective>2026-08-25T16:00:00+07:00</effective><parameter>a</parameter><resource><size>1</size></resource>",
        areas=area("<polygon>0,0 0,1 1,1 0,0</polygon><circle>1,2 3</circle><altitude>3</altitude>"),
    ),
    head="<references>a,b,2026-08-25T16:00:00+07:00 c</references>",
)
FEED = atom(entry('<link href="a.cap"/>'), entry('<link href="b.cap"/>', updated=""), entry("", inside=RICH))


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    process = SandboxProcess()
    yield process
    process.close()


def test_the_alerts_are_the_same_as_in_this_process(sandbox: SandboxProcess) -> None:
    for body in (RICH, FEED, atom(), "<alerts/>"):
        assert sandbox.read_cap(body.encode(), address=ADDRESS) == whole(body)
    latin = alert(info(event="São", areas="")).encode("latin-1")
    kind = "text/xml; charset=latin-1"
    assert sandbox.read_cap(latin, address=ADDRESS, content_type=kind) == whole(latin, content_type=kind)
    naive = alert(changes={"sent": "2026-08-25T16:00:00"}).encode()
    (here,), (there,) = whole(naive).alerts, sandbox.read_cap(naive, address=ADDRESS, zone="Asia/Tokyo").alerts
    assert here.sent is not None
    assert there.sent is not None
    assert (here.sent - there.sent).total_seconds() == 2 * 3600


def test_signatures_are_checked_in_the_child(sandbox: SandboxProcess) -> None:
    body = signed(RICH, signer())
    assert sandbox.read_cap(body.encode(), address=ADDRESS, certificate=signer().pem) == whole(
        body, certificate=signer().pem
    )
    (got,) = sandbox.read_cap(RICH.encode(), address=ADDRESS, certificate=signer().pem).alerts
    assert got.signature == "missing"


def test_an_error_in_the_child_is_raised_in_the_parent(sandbox: SandboxProcess) -> None:
    for body, code in ((b"", "empty"), (b"<html><body/></html>", "html-page"), (b"<a>", "broken")):
        with pytest.raises(ParseError) as caught:
            sandbox.read_cap(body, address=ADDRESS)
        assert caught.value.code == code


def test_an_answer_of_another_shape_is_not_believed() -> None:
    packed = json.loads(cap_to_bytes(whole(FEED)))
    assert cap_from_bytes(json.dumps(packed).encode()) == whole(FEED)
    for name, value in (("entries", None), ("cut", "true"), ("alerts", [{}]), ("notes", [1])):
        with pytest.raises(ParseError) as caught:
            cap_from_bytes(json.dumps({**packed, name: value}).encode())
        assert caught.value.code == "killed"
    for wrong in (b"", b"[]", b"\xff"):
        with pytest.raises(ParseError):
            cap_from_bytes(wrong)


def polygon(points: str) -> str:
    return alert(info(areas=area(f"<polygon>{points}</polygon>")))


def bomb() -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 20))
    return f'<!DOCTYPE x [<!ENTITY a0 "bom">{entities}]>' + alert(head="<note>&a19;</note>")


MILLION = 10**6
LONG = [" ".join(f"{n % 90},{n % 179}" for n in range(90_000))] * 4
# Name, document, and the reason of the refusal or a part of the note that tells of the loss.
HOSTILE: tuple[tuple[str, Callable[[], str], str], ...] = (
    ("a million entries", lambda: f"<rss>{'<item><link>a</link></item>' * MILLION}</rss>", "too-large"),
    ("700,000 empty entries", lambda: f"<rss>{'<item/>' * 700_000}</rss>", "chỉ lấy 1000 mục"),
    ("an outline of a million points", lambda: polygon("1,1 " * MILLION), "quá nhiều điểm"),
    ("an outline of a million long points", lambda: polygon("20.12345,106.12345 " * MILLION), "too-large"),
    ("100,000 outlines", lambda: polygon("</polygon><polygon>0,0 0,1 1,1 0,0" * 100_000), "quá dài"),
    ("four outlines of 90,000 points", lambda: polygon("</polygon><polygon>".join(LONG)), "quá nhiều điểm"),
    ("50 MB", lambda: f"<alert>{'x' * 50 * 2**20}</alert>", "too-large"),
    ("a bomb of entities", bomb, "ký hiệu thay thế"),
    ("references inside one another", lambda: alert(head=f"<note>{'&a;' * 60_000}</note>"), "ký hiệu thay thế"),
    ("five million ampersands", lambda: f"<alert>{'&' * 5 * MILLION}</alert>", "broken"),
    (
        "800,000 references",
        lambda: alert(head=f"<references>{'a,b,c ' * 800_000}</references>"),
        "quá nhiều cảnh báo",
    ),
    ("700,000 infos", lambda: alert("<info/>" * 700_000), "phần nội dung"),
    ("600,000 alerts", lambda: f"<alerts>{'<alert/>' * 600_000}</alerts>", "chỉ đọc 1000 cảnh báo"),
    ("600,000 elements in one another", lambda: "<a>" * 600_000 + "</a>" * 600_000, "broken"),
    ("a cut document of 5 MB", lambda: alert(info("x" * 5_000_000))[:-9], "broken"),
    ("five million opening brackets", lambda: "<" * 5 * MILLION, "broken"),
    ("a text of 4 MB of tags", lambda: alert(info(f"<headline>{'&lt;p&gt;' * 480_000}</headline>")), ""),
)


@pytest.mark.parametrize(("make", "said"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_hostile_document_ends_in_a_sentence(sandbox: SandboxProcess, make: Callable[[], str], said: str) -> None:
    """The child has 512 MiB; being killed or out of memory would be another sentence than the one expected."""
    try:
        got: CapIndex | str = sandbox.read_cap(make().encode(), address=ADDRESS, seconds=SECONDS)
    except ParseError as error:
        got = error.code
    if isinstance(got, CapIndex):
        told = " ".join([*got.notes, *(note for one in got.alerts for note in one.notes)])
        assert said in told
    else:
        assert got == said
