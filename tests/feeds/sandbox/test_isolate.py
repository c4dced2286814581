"""Reading in a process that can be killed: the same answers, and a thread that outlives every explosion."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from feeds import ParseError
from feeds.errors import PictureError
from feeds.sandbox.isolate import Child, picture_isolated, read_isolated
from tests.feeds.clean.test_pictures import drawn
from tests.feeds.stories import ADDRESS, NOW, one, reading, rss, told_feed

TABLE = "<table><tr><th>Trạm</th><th>Mực nước</th></tr><tr><td>Bến Đò</td><td>3,20 m</td></tr></table>"
READY = b'{"ready": true, "bytes": 0}\n'


def isolated(body: str | bytes, *, mebibytes: int = 512) -> object:
    whole = body.encode() if isinstance(body, str) else body
    return read_isolated(whole, address=ADDRESS, now=NOW, mebibytes=mebibytes)


def child_that(code: str) -> Child:
    """A child that says it is ready and then does as told."""
    command = (sys.executable, "-c", f"import os, sys; os.write(1, {READY!r}); {code}")
    return Child(64, command, start_seconds=20)


def test_the_reading_is_the_same_as_in_this_process() -> None:
    for feed in (told_feed(), one(TABLE, extra="<media:thumbnail url='/a.jpg'/>"), rss(extra="<ttl>30</ttl>")):
        assert isolated(feed) == reading(feed)


def test_what_the_reader_refuses_comes_back_as_the_same_error() -> None:
    with pytest.raises(ParseError) as caught:
        isolated("<html>Trang</html>")
    assert caught.value.code == "html-page"
    assert isolated(told_feed()) == reading(told_feed())


def test_a_child_stands_back_behind_whoever_asked() -> None:
    child = Child(512)
    child.ask({"task": "picture", "max_width": 10}, drawn(20, 20), 10)
    assert child._process is not None
    assert os.getpriority(os.PRIO_PROCESS, child._process.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    child.close()


def test_one_child_serves_many_tasks_of_a_thread_and_each_thread_has_its_own() -> None:
    child = Child(512)
    task = {"task": "picture", "max_width": 10}
    _, first = child.ask(task, drawn(20, 20), 10)
    process = child._process
    _, second = child.ask(task, drawn(20, 20), 10)
    assert (first, child._process) == (second, process)
    child.close()
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(isolated(told_feed()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == [reading(told_feed())] * 2


@pytest.mark.parametrize(
    "code",
    [
        "sys.stdin.buffer.read()",
        "os._exit(3)",
        "os.kill(os.getpid(), 9)",
        "os.write(1, b'no json\\n'); sys.stdin.buffer.read()",
        "os.write(1, b'[]\\n'); sys.stdin.buffer.read()",
        "os.write(1, b'{\"bytes\": 99}\\nshort'); os._exit(0)",
    ],
    ids=["hangs", "exits", "killed", "nonsense", "no object", "half an answer"],
)
def test_a_child_that_fails_is_replaced_and_the_task_is_an_error(code: str) -> None:
    child = child_that(code)
    for _ in range(2):
        with pytest.raises(ParseError) as caught:
            child.ask({"task": "read"}, b"x" * 300_000, 0.2)
        assert caught.value.code == "killed"
        assert child._process is None


def test_a_child_that_never_gets_ready_is_given_up() -> None:
    child = Child(64, (sys.executable, "-c", "import sys; sys.stdin.read()"), start_seconds=0.2)
    with pytest.raises(ParseError) as caught:
        child.ask({"task": "read"}, b"", 5)
    assert caught.value.code == "killed"


def test_a_reading_that_takes_too_long_is_killed_and_the_next_one_works() -> None:
    deep = one("<div><b>x</b>" * 8_000).encode()
    with pytest.raises(ParseError) as caught:
        read_isolated(deep, address=ADDRESS, now=NOW, seconds=0.02)
    assert caught.value.code == "killed"
    assert isolated(told_feed()) == reading(told_feed())


def test_a_reading_that_needs_too_much_memory_is_an_error_and_the_next_one_works() -> None:
    hungry = drawn(6000, 6000)
    with pytest.raises(ParseError) as caught:
        picture_isolated(hungry, mebibytes=160)
    assert caught.value.code in ("memory", "killed")
    assert picture_isolated(drawn(40, 30), mebibytes=160).width == 40


def test_a_picture_comes_back_whole_and_its_errors_too() -> None:
    made = picture_isolated(drawn(300, 200), max_width=100)
    assert (made.width, made.height, made.body[:4]) == (100, 67, b"RIFF")
    with pytest.raises(PictureError) as caught:
        picture_isolated(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert caught.value.code == "picture-type"


def test_the_child_sees_no_secret_of_its_parent(tmp_path: Path) -> None:
    os.environ["BANGTIN_TEST_SECRET"] = "bí mật"
    child = child_that(f"open({str(tmp_path / 'env')!r}, 'w').write(repr(dict(os.environ)))")
    with pytest.raises(ParseError):
        child.ask({"task": "read"}, b"", 20)
    del os.environ["BANGTIN_TEST_SECRET"]
    assert "bí mật" not in (tmp_path / "env").read_text()
