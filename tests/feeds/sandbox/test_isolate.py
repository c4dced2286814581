"""Parsing in a child process: the results equal those of parsing in this process; every failure is a ParseError."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds import ParseError, Reading
from feeds.errors import PictureError
from feeds.sandbox.isolate import Sandbox, SandboxPool, SandboxProcess
from tests.feeds.clean.test_pictures import drawn
from tests.feeds.stories import ADDRESS, NOW, one, reading, rss, sample_feed

TABLE = "<table><tr><th>Trạm</th><th>Mực nước</th></tr><tr><td>Bến Đò</td><td>3,20 m</td></tr></table>"
READY = b'{"ready": true, "bytes": 0}\n'


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    """One child process for the tests in which it is not meant to fail."""
    process = SandboxProcess()
    yield process
    process.close()


def isolated(sandbox: Sandbox, body: str | bytes) -> Reading:
    whole = body.encode() if isinstance(body, str) else body
    return sandbox.read(whole, address=ADDRESS, now=NOW)


def child_that(code: str) -> SandboxProcess:
    """A child process that sends the ready message and then runs ``code``."""
    command = (sys.executable, "-c", f"import os, sys; os.write(1, {READY!r}); {code}")
    return SandboxProcess(64, command, start_seconds=20)


def test_the_reading_is_the_same_as_in_this_process(sandbox: SandboxProcess) -> None:
    for feed in (sample_feed(), one(TABLE, extra="<media:thumbnail url='/a.jpg'/>"), rss(extra="<ttl>30</ttl>")):
        assert isolated(sandbox, feed) == reading(feed)


def test_a_parse_error_in_the_child_is_raised_in_the_parent(sandbox: SandboxProcess) -> None:
    with pytest.raises(ParseError) as caught:
        isolated(sandbox, "<html>Trang</html>")
    assert caught.value.code == "html-page"
    assert isolated(sandbox, sample_feed()) == reading(sample_feed())


def test_a_child_has_a_lower_scheduling_priority_than_its_parent() -> None:
    child = SandboxProcess(512)
    child.run({"task": "picture", "max_width": 10}, drawn(60, 60), 10)
    assert child._process is not None
    assert os.getpriority(os.PRIO_PROCESS, child._process.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    child.close()


def test_one_child_runs_many_tasks_and_a_pool_serves_many_threads() -> None:
    child = SandboxProcess(512)
    task = {"task": "picture", "max_width": 10}
    _, first = child.run(task, drawn(60, 60), 10)
    process = child._process
    _, second = child.run(task, drawn(60, 60), 10)
    assert (first, child._process) == (second, process)
    child.close()
    pool = SandboxPool(2)
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(isolated(pool, sample_feed()))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == [reading(sample_feed())] * 3


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
            child.run({"task": "read"}, b"x" * 300_000, 0.2)
        assert caught.value.code == "killed"
        assert child._process is None


@pytest.mark.parametrize(
    "answer", ["{}", '{"reading": {"title": 5}, "spent": {}}', '{"spent": {"decode": "long"}}', '{"error": 1}']
)
def test_an_answer_with_fields_of_other_types_is_an_error(answer: str) -> None:
    """A child that parsed hostile bytes may send anything; the parent checks every field."""
    message = answer[:-1] + (", " if len(answer) > 2 else "") + '"bytes": 0}\n'
    child = child_that(f"os.write(1, {message.encode()!r}); sys.stdin.buffer.read()")
    with pytest.raises(ParseError) as caught:
        isolated(child, sample_feed())
    assert caught.value.code == "killed"
    child.close()


def test_a_child_that_ignores_sigterm_is_killed_at_the_deadline(tmp_path: Path) -> None:
    ignoring = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    child = child_that(f"{ignoring}; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); signal.pause()")
    with pytest.raises(ParseError) as caught:
        child.run({"task": "read"}, b"", 2)
    assert caught.value.code == "killed"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_child_that_never_gets_ready_is_killed() -> None:
    child = SandboxProcess(64, (sys.executable, "-c", "import sys; sys.stdin.read()"), start_seconds=0.2)
    with pytest.raises(ParseError) as caught:
        child.run({"task": "read"}, b"", 5)
    assert caught.value.code == "killed"


def test_a_reading_that_takes_too_long_is_killed_and_the_next_one_works(sandbox: SandboxProcess) -> None:
    deep = one("<div><b>x</b>" * 8_000).encode()
    with pytest.raises(ParseError) as caught:
        sandbox.read(deep, address=ADDRESS, now=NOW, seconds=0.02)
    assert caught.value.code == "killed"
    assert isolated(sandbox, sample_feed()) == reading(sample_feed())


def test_a_reading_that_needs_too_much_memory_is_an_error_and_the_next_one_works() -> None:
    large, small_sandbox = drawn(6000, 6000), SandboxProcess(160)
    with pytest.raises(ParseError) as caught:
        small_sandbox.picture(large)
    assert caught.value.code in ("memory", "killed")
    assert small_sandbox.picture(drawn(80, 60)).width == 80
    small_sandbox.close()


def test_a_picture_comes_back_whole_and_its_errors_too(sandbox: SandboxProcess) -> None:
    made = sandbox.picture(drawn(300, 200), max_width=100)
    assert (made.width, made.height, made.body[:4]) == (100, 67, b"RIFF")
    with pytest.raises(PictureError) as caught:
        sandbox.picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert caught.value.code == "picture-type"


def test_the_child_does_not_inherit_the_environment(tmp_path: Path) -> None:
    os.environ["BANGTIN_TEST_SECRET"] = "bí mật"
    child = child_that(f"open({str(tmp_path / 'env')!r}, 'w').write(repr(dict(os.environ)))")
    with pytest.raises(ParseError):
        child.run({"task": "read"}, b"", 20)
    del os.environ["BANGTIN_TEST_SECRET"]
    assert "bí mật" not in (tmp_path / "env").read_text()
