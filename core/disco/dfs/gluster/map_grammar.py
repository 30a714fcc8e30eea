"""The grammar of a host map's file: what one line of it is.

``volume node`` a line, white space between; a ``#`` that begins a word begins a comment. Whoever reads a map, strictly
or line by line, reads it through here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .errors import shown

__all__ = [
    "BOM",
    "EntryLine",
    "FaultyLine",
    "Line",
    "PlainLine",
    "WordFault",
    "clash",
    "line_fault",
    "lines_of",
    "word_fault",
]

BOM = b"\xef\xbb\xbf"
_WORD = re.compile(r"\S+")  # white space as str.split() knows it
_RAW_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_FORM = "expected 'volume node'"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line that can be used. ``raw``: its bytes, its line ending with them; ``number`` and columns count from 1,
    columns in characters.
    """

    number: int
    raw: bytes
    name: str
    node: str
    column: int
    node_column: int


@dataclass(frozen=True, slots=True)
class PlainLine:
    """A blank line, or one that holds a comment alone."""

    number: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A line that cannot be used. ``fact``: why, harmless to a terminal; ``column``: where that shows."""

    number: int
    raw: bytes
    column: int
    fact: str


Line = EntryLine | PlainLine | FaultyLine


class WordFault(NamedTuple):
    """Why an entry cannot be used. ``word``: 0 for the name, 1 for the node; ``offset``: characters into that word."""

    fact: str
    word: int = 0
    offset: int = 0


def line_fault(words: str) -> str | None:
    """Why one line of a map cannot be used, in words; None where it can, or says nothing."""
    try:
        found = list(lines_of(os.fsencode(words)))
    except UnicodeEncodeError:
        return "it holds what is no text"
    if len(found) > 1:
        return "it is more than one line"
    return next((line.fact for line in found if isinstance(line, FaultyLine)), None)


def lines_of(text: bytes) -> Iterator[Line]:
    """Every line of a map, in order; their ``raw`` joined are the text, less a byte order mark."""
    for number, raw in enumerate(_RAW_LINE.findall(text.removeprefix(BOM)), 1):
        yield _line(number, raw)


def clash(earlier: EntryLine, line: EntryLine) -> str | None:
    """The words for a name that is given another node by a later line; None where the node is the same."""
    if line.node == earlier.node:
        return None
    return f"{shown(line.name)} is {shown(line.node)} here and {shown(earlier.node)} in line {earlier.number}"


def word_fault(name: str, node: str) -> WordFault | None:
    """Why an entry cannot be used; None where it can."""
    for place, (word, what) in enumerate(((name, "volume"), (node, "node"))):
        if not word:
            return WordFault(f"the {what} name is empty", place)
        control = next((i for i, c in enumerate(word) if ord(c) < 32 or 0x7F <= ord(c) < 0xA0), None)
        if control is not None:
            return WordFault(f"the {what} name '{shown(word)}' holds a control character", place, control)
        if any(c.isspace() for c in word):
            return WordFault(f"the {what} name '{shown(word)}' holds white space", place)
    if "/" in node:
        return WordFault(f"the node name '{shown(node)}' holds a '/'", 1, node.index("/"))
    host, brick, _ = name.partition(":/")  # the host may be an IPv6 address
    if "/" in name and ("/" in host or not host or not brick):
        return WordFault(f"the name '{shown(name)}' holds a '/' and is not of the form host:/brick")
    return None


def _line(number: int, raw: bytes) -> Line:
    words = []
    for word in _WORD.finditer(os.fsdecode(raw)):
        if word[0].startswith("#"):
            break
        words.append(word)
    if not words:
        return PlainLine(number, raw)
    if len(words) == 1:
        return FaultyLine(number, raw, words[0].end() + 1, f"{_FORM}, found one word")
    if len(words) > 2:
        return FaultyLine(number, raw, words[2].start() + 1, f"{_FORM}, found {len(words)} words")
    fault = word_fault(words[0][0], words[1][0])
    if fault:
        return FaultyLine(number, raw, words[fault.word].start() + 1 + fault.offset, fault.fact)
    return EntryLine(number, raw, words[0][0], words[1][0], words[0].start() + 1, words[1].start() + 1)
