"""A demonstration: starts the whole program on a new data folder, posts announcements and notices on three boards.

make demo        (Ctrl-C ends it)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).parents[1]
_TABLE = "Ngày,Giờ,Người tiếp\n15/12,8 giờ,Chủ tịch Ủy ban nhân dân xã\n30/12,8 giờ,Bí thư Đảng ủy xã\n"
_COMMANDS = [
    (15, ["announce", "Cắt điện thôn Đông sáng thứ Bảy\nTừ 6 giờ đến 10 giờ, để nâng cấp lưới điện.",
          "--board", "xa-minh-tan"]),
    (15, ["announce", "Lịch tiếp công dân tháng 12", "--area", "xa-minh-tan", "--table", "TABLE"]),
    (20, ["urgent", "Gió mạnh trên vùng biển ven bờ từ chiều nay", "--area", "tinh", "--level", "priority",
          "--minutes", "3", "--danger", "Gió mạnh", "--risk", "2"]),
    (30, ["urgent", "Diễn tập: sơ tán khỏi vùng ngoài đê trước 17 giờ\nMang theo giấy tờ và nước uống.\n"
          "Theo hướng dẫn của dân quân.", "--area", "xa-dong-hai", "--minutes", "1", "--danger", "Bão",
          "--risk", "4", "--exercise"]),
]  # fmt: skip


def main() -> None:
    """Runs the commands once, then leaves the boards running."""
    with tempfile.TemporaryDirectory(prefix="bang-tin-demo-") as folder:
        table = Path(folder, "lich.csv")
        table.write_text(_TABLE, encoding="utf-8")
        base = [sys.executable, str(ROOT / "run.py"), "--data", folder]
        program = subprocess.Popen(base, cwd=ROOT)
        ended = threading.Event()

        def wait() -> None:
            program.wait()
            ended.set()

        threading.Thread(target=wait, daemon=True).start()
        try:
            for pause, command in _COMMANDS:
                if ended.wait(pause):
                    return
                subprocess.run(
                    [*base, *(str(table) if word == "TABLE" else word for word in command)], cwd=ROOT, check=False
                )
            ended.wait()
        except KeyboardInterrupt:
            program.terminate()
            program.wait()


if __name__ == "__main__":
    main()
