"""Finds elements by name in a parsed edXML document, whatever their letters' case; called by reader and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lxml import etree


def name_of(node: etree._Element) -> str:
    """The name of an element in lower case; "" for a comment or a processing instruction."""
    return node.tag.lower() if isinstance(node.tag, str) else ""


def children(node: etree._Element) -> Iterator[etree._Element]:
    """The elements directly in ``node``."""
    return (child for child in node if isinstance(child.tag, str))


def all_named(node: etree._Element, name: str) -> list[etree._Element]:
    """The elements with this name, in lower case, anywhere in ``node``, in the document's order."""
    return [found for found in node.iter() if name_of(found) == name]


def text_of(node: etree._Element) -> str:
    """The text of an element and of all within it, with single spaces."""
    return " ".join(" ".join(str(part) for part in node.itertext()).split())


def first_text(node: etree._Element, paths: Sequence[str]) -> str:
    """The text at the first of ``paths`` ("A/B") that has one, from ``node``; "" if there is none."""
    for path in paths:
        at: Iterable[etree._Element] = [node]
        for name in path.lower().split("/"):
            at = [child for parent in at for child in children(parent) if name_of(child) == name]
        for found in at:
            if text := text_of(found):
                return text
    return ""


def texts_anywhere(node: etree._Element, paths: Sequence[str]) -> list[str]:
    """The texts at ``paths``, from any element in ``node``, in the document's order."""
    return [text for found in node.iter() if name_of(found) for text in [first_text(found, paths)] if text]
