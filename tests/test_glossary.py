"""Metaphors that were replaced by standard terms are used again neither in names nor in prose."""

from __future__ import annotations

import io
import re
import subprocess
import tokenize

import pytest

from tests.paths import ROOT

# Replaced name -> the name to use. Parts of names are compared, so that `_wheel` and `CrewOf` are found too.
NAMES = {
    "porch": "ConnectionSniffer",
    "doorway": "WebSocketUpgrade",
    "wheel": "PingTimer",
    "crew": "SourcePool",
    "gatherer": "SourceReader",
    "postman": "Mailer",
    "postoffice": "MailServer",
    "outlet": "Publisher",
    "programme": "BoardContent, StateProvider",
    "holdings": "StoreSnapshot",
    "lateness": "LoopLag",
    "errand": "BackgroundTask",
    "photographs": "Screenshots",
    "pulse": "Heartbeat",
    "keeping": "Maintenance",
    "twin": "duplicate",
}
# Replaced words that are searched for in prose: comments, docstrings, documents, JavaScript.
WORDS = ("porch", "doorway", "crew", "crews", "gatherer", "postman")
# Left out: migrations, which are never edited, and the two files that list the replaced words.
EXCEPT = ("server/store/migrations/", "tests/test_glossary.py", "docs/decisions/0014-rooms-by-subject.md")
# Names that libraries and formats have given.
FOREIGN = {"channel_programme"}


def _files(*patterns: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [file for file in listed.stdout.splitlines() if not file.startswith(EXCEPT) and (ROOT / file).exists()]


def _tokens(file: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO((ROOT / file).read_text(encoding="utf-8")).readline))


def _parts(name: str) -> set[str]:
    """The parts of a name in lower case: ``_SourcePool_of`` gives sourcepool, source, pool, of."""
    words = {word.lower() for word in name.split("_") if word}
    return words | {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", name)}


@pytest.mark.parametrize("folder", ["server", "feeds", "display", "tests", "bench"])
def test_no_name_in_the_code_is_one_that_was_replaced(folder: str) -> None:
    found = [
        f"{file}:{token.start[0]}: {token.string}: say {NAMES[word]}"
        for file in _files(f"{folder}/*.py")
        for token in _tokens(file)
        if token.type == tokenize.NAME and token.string not in FOREIGN and not token.string.startswith("test_")
        for word in _parts(token.string) & NAMES.keys()
    ]
    assert not found, "\n".join(found)


def test_no_prose_uses_a_word_that_was_replaced() -> None:
    pattern = re.compile(rf"(?i)\b({'|'.join(WORDS)})\b")
    found = []
    for file in _files("*.py", "*.md", "*.js", "*.mjs", "*.sh", "*.toml"):
        for number, line in enumerate((ROOT / file).read_text(encoding="utf-8").splitlines(), 1):
            found += [f"{file}:{number}: {word}" for word in pattern.findall(line)]
    assert not found, "\n".join(found)
