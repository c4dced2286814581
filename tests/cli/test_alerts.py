"""``run.py read`` on CAP: each alert is one line of JSON, whether in a document or linked from an index."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.feeds.formats.cap.documents import alert, area, atom, entry, info
from tests.paths import ROOT

CANCEL = alert(
    changes={"identifier": "vn-2", "msgType": "Cancel"},
    head="<references>a@canh-bao.example.invalid,vn-1,2026-08-25T16:00:00+07:00</references>",
)


def read(address: Path, *words: str) -> tuple[int, list[dict[str, object]], str]:
    """(exit code, the lines of the answer, the remarks)."""
    command = [sys.executable, str(ROOT / "run.py"), "--data", str(address.parent / "du-lieu"), "read", str(address)]
    done = subprocess.run([*command, *words], cwd=ROOT, capture_output=True, timeout=60, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def saved(folder: Path, body: str, name: str = "a.cap") -> Path:
    path = folder / name
    path.write_text(body, encoding="utf-8")
    return path


def test_a_document_is_one_line_with_what_was_understood(tmp_path: Path) -> None:
    inside = "<expires>2026-08-26T04:00:00</expires>"
    where = area("<polygon>0,0 0,1 1,1 0,0</polygon><circle>20.5,106.3 5</circle><geocode>ISO 3166-2=VN-66</geocode>")
    code, (line,), remarks = read(saved(tmp_path, alert(info(inside, areas=where))), "--zone", "Asia/Tokyo")
    assert (code, remarks) == (0, "")
    assert line == {
        "identifier": "vn-1",
        "sender": "a@canh-bao.example.invalid",
        "status": "Actual",
        "kind": "Alert",
        "scope": "Public",
        "references": [],
        "languages": ["vi-VN"],
        "headlines": ["Bão"],
        "times": {
            "sent": "2026-08-25T09:00:00+00:00",
            "effective": [None],
            "onset": [None],
            "expires": ["2026-08-25T19:00:00+00:00"],
        },
        "areas": [
            {
                "description": "Hưng Yên",
                "outlines": 1,
                "circles": [[20.5, 106.3, 5.0]],
                "codes": ["ISO 3166-2=VN-66"],
            }
        ],
        "version": "1.2",
        "signature": "unsigned",
        "draft_only": False,
        "notes": ["Giờ không ghi múi giờ; đã hiểu theo múi giờ của nguồn."],
    }


def test_the_alerts_that_an_index_links_to_are_read(tmp_path: Path) -> None:
    for name, body in (("a.cap", alert()), ("b.cap", CANCEL), ("hong.cap", alert()[:-9])):
        saved(tmp_path, body, name)
    links = [entry(f'<link type="application/cap+xml" href="{name}.cap"/>') for name in ("b", "hong", "a")]
    code, lines, remarks = read(saved(tmp_path, atom(*links), "danh-muc.xml"))
    assert code == 0
    assert [(line["identifier"], line["kind"], line["references"]) for line in lines] == [
        ("vn-2", "Cancel", ["vn-1"]),
        ("vn-1", "Alert", []),
    ]
    assert remarks.count("\n") == 1
    assert "hong.cap: Tài liệu cảnh báo bị hỏng hoặc bị cắt cụt" in remarks


def test_an_index_without_alerts_is_a_good_answer(tmp_path: Path) -> None:
    body = "<alerts xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>"
    assert read(saved(tmp_path, body)) == (0, [], "Danh mục đọc được và hiện không có cảnh báo nào.\n")


def test_an_index_of_which_no_alert_can_be_read_is_an_error(tmp_path: Path) -> None:
    saved(tmp_path, alert()[:-9])
    index = saved(tmp_path, atom(entry('<link type="application/cap+xml" href="a.cap"/>')), "danh-muc.xml")
    code, lines, remarks = read(index)
    assert (code, lines) == (1, [])
    assert remarks.splitlines()[-1].endswith("không đọc được cảnh báo nào trong danh mục.")


def test_a_broken_document_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    path = saved(tmp_path, alert()[:-9])
    assert read(path) == (1, [], f"{path}: Tài liệu cảnh báo bị hỏng hoặc bị cắt cụt nên không đọc được.\n")
