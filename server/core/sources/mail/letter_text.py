"""Makes title and text of an announcement from a letter's subject and plain text; called by worker.mailbox."""

from __future__ import annotations

import re

from server.core.announcements.parts import LONGEST_TEXT, LONGEST_TITLE
from server.core.text_input import cleaned

_PREFIX = re.compile(r"\s*(?:re|fw|fwd|tr|trả lời|chuyển tiếp)\s*(?:\[\d{1,3}\])?\s*:\s*", re.I)
_FORWARD = re.compile(r"\s*(?:re\s*:\s*)*(?:fw|fwd|chuyển tiếp)\s*:", re.I)
_SIGNATURE = re.compile(r"--[ \t]*|—[ \t]*|_{2,}[ \t]*")
# The line above a quoted letter. What follows it is not the writer's own.
_QUOTED_HEAD = re.compile(
    r"\s*(?:-{2,}\s*(?:original message|forwarded message|tin nhắn gốc|thư gốc|thư (?:đã|được) chuyển tiếp)\s*-{2,}"
    r"|on\b.{5,200}\bwrote:\s*"
    r"|(?:vào|ngày|lúc)\b.{5,200}\b(?:đã )?viết:\s*)",
    re.I,
)
_SENT_FROM = re.compile(r"\s*(?:sent from my|được gửi từ|gửi từ)\s.{1,60}", re.I)
_SPACES = re.compile(r"\s+")


def is_forwarded(subject: str) -> bool:
    """True if the subject says that another letter was forwarded, which then is the content."""
    return _FORWARD.match(subject) is not None


def title_of(subject: str, text: str, file: str) -> str:
    """The title: the subject without "Re:" and the like, else the first line of ``text``, else the file's name.

    "" if there is nothing; at most `LONGEST_TITLE` characters.
    """
    found = _SPACES.sub(" ", cleaned(subject)).strip()
    while prefix := _PREFIX.match(found):
        found = found[prefix.end() :]
    if not found:
        found = next((line.strip() for line in text.split("\n") if line.strip()), "")
    if not found:
        found = file.rpartition(".")[0] or file
    return _cut(_SPACES.sub(" ", cleaned(found)).strip(), LONGEST_TITLE)


def body_of(text: str, *, forwarded: bool = False) -> str:
    """The writer's own text: without signature, quoted letters and blank lines at either end.

    If ``forwarded``, or if nothing else is left, quoted letters stay. At most `LONGEST_TEXT` characters.
    """
    lines = [line.rstrip() for line in cleaned(text).split("\n")]
    own = _without_signature(lines if forwarded else _without_quotes(lines))
    if not any(own):
        own = _without_signature(lines)
    shown = "\n".join(own).strip("\n")
    return _cut(re.sub(r"\n{3,}", "\n\n", shown), LONGEST_TEXT)


def unflowed(text: str, *, delete_space: bool) -> str:
    """Joins the lines that a mail program has broken in "format=flowed" (RFC 3676), which end in a space."""
    made: list[str] = []
    open_line = False
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.removeprefix(" ") if line.startswith(" ") else line
        flows = line.endswith(" ") and line != "-- "
        shown = line[:-1] if flows and delete_space else line
        if open_line and not line.startswith(">"):
            made[-1] += shown
        else:
            made.append(shown)
        open_line = flows and not line.startswith(">")
    return "\n".join(made)


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for at, line in enumerate(lines):
        if _QUOTED_HEAD.fullmatch(f"{line} {lines[at + 1]}" if _is_broken_head(lines, at) else line):
            break
        if _outlook_head(lines, at):
            break
        if not line.startswith(">"):
            kept.append(line)
    return kept


def _is_broken_head(lines: list[str], at: int) -> bool:
    """True if the head of a quoted letter was broken into two lines: "On …, Lan" and "wrote:"."""
    after = lines[at + 1] if at + 1 < len(lines) else ""
    return len(after) < 120 and after.rstrip().endswith(("wrote:", "viết:")) and not lines[at].startswith(">")


def _outlook_head(lines: list[str], at: int) -> bool:
    """True if Outlook's block of a quoted letter begins here: "From: …" and, soon after it, "Sent: …"."""
    if re.match(r"\s*\*?(?:from|từ):\*?\s*\S", lines[at], re.I) is None:
        return False
    return any(re.match(r"\s*\*?(?:sent|date|đã gửi|ngày):\*?\s*\S", line, re.I) for line in lines[at + 1 : at + 4])


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if _SIGNATURE.fullmatch(line):
            return lines[:at]
    while lines and (not lines[-1] or _SENT_FROM.fullmatch(lines[-1])):
        lines = lines[:-1]
    return lines


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rsplit(' ', 1)[0].rstrip()[: most - 1]}…"
