"""The grammar of the attribute ``glusterfs.pathinfo``, over bytes.

    value  := node NUL
    node   := posix | "(<REPLICATE:" name "> " node {" " node} ")" | "(<EC:" name "> " node {" " node} ")"
            | "(<DISTRIBUTE:" name "> " node ")"
    posix  := "<POSIX(" base "):" host ":" base rel ">"

Nothing in it is escaped, and ``rel`` is a user's path: it may hold any of the delimiters, and even imitate a
whole entry. What makes a reading possible is that every entry of one value ends in the same ``rel``, and
that ``base`` stands twice in each. So a reading is a choice of ``rel``; one that rebuilds the whole value
is a valid reading, and where there are several, what is known of the bricks and of the file decides.
One exception was seen: of a file with several hard links, a brick that was restarted may answer with
another name than its fellows do.

Source: GlusterFS 10.3, ``posix-helpers.c``, ``afr-inode-read.c``, ``dht-common.c``, and recorded values.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from .errors import PathinfoError

__all__ = ["Brick", "Pathinfo", "parse_pathinfo"]

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.IGNORECASE)
_OPEN = rb"\(<(?:DISTRIBUTE|REPLICATE|EC|STRIPE):[^>]*> "
_HEAD = re.compile(rb"(?:" + _OPEN + rb")*(?=<POSIX\()")
_SEPARATOR = re.compile(rb"(\)*) ((?:" + _OPEN + rb")*)(?=<POSIX\()")
_NAMED_GROUP = re.compile(rb"\(<(?:REPLICATE|EC):([^>]*)> ")
_NEXT_ENTRY = b"> <POSIX("
_DIRECTORY = re.compile(rb"\(\(<DISTRIBUTE:")


class Brick(NamedTuple):
    """A brick as a file's attribute shows it: the host that its server calls itself, and its directory."""

    host: str
    base: str

    @property
    def is_uuid(self) -> bool:
        """Whether a node's UUID stands where the host should (``storage.node-uuid-pathinfo on``)."""
        return bool(_UUID.match(self.host))


class Pathinfo(NamedTuple):
    """One value, read. ``bricks``: in the order of the value, which means nothing. ``group``: the name of the
    replica or disperse set, "" where there is none. ``rel``: the file's path below each brick's directory; where
    bricks answered with different hard links of it, that of the first.
    """

    bricks: tuple[Brick, ...]
    group: str
    rel: bytes


def parse_pathinfo(value: bytes, *, path: bytes = b"", known: Collection[Brick] = ()) -> Pathinfo:
    """Reads one value of a file.

    ``path``: the path that was asked for, below the mount point, with a leading slash; it only decides between
    readings, since a hard link may answer with its other name. ``known``: bricks of this inputfs; so too.
    PathinfoError where no reading rebuilds the value, and for the value of a directory.
    """
    text = value.removesuffix(b"\0")
    if _DIRECTORY.match(text):
        raise PathinfoError(text, "the value of a directory, not of a file")
    readings = list(_readings(text))
    if not readings:
        raise PathinfoError(text, "not a glusterfs.pathinfo value")
    # Shortest first, and max() keeps the first of equals: so the shortest rel is what is left to decide by.
    best = max(
        readings,
        key=lambda reading: (
            all(brick in known for brick in reading.bricks),
            bool(path) and reading.rel.endswith(path),
        ),
    )
    if best.group and len(best.bricks) == 1 and _NEXT_ENTRY in best.rel and _NEXT_ENTRY not in path:
        mixed = _mixed_reading(text, best.group)
        if mixed and (not known or all(brick in known for brick in mixed.bricks)):
            return mixed
    return best


def _readings(text: bytes) -> Iterator[Pathinfo]:
    """Every valid reading, that with the shortest ``rel`` first."""
    head = _HEAD.match(text)
    if not head:
        return
    depth = head.group().count(b"(<")
    for brick, rel_start in _entry_starts(text, head.end()):
        for rel_end in _rel_ends(text, rel_start):
            rel = text[rel_start:rel_end]
            bricks = _remaining(text, rel_end + 1, rel, depth)
            if bricks is not None:
                named = _NAMED_GROUP.search(text, 0, head.end())
                group = os.fsdecode(named.group(1)) if named else ""
                yield Pathinfo((brick, *bricks), group, rel)


def _entry_starts(text: bytes, at: int) -> Iterator[tuple[Brick, int]]:
    """Every way to read ``<POSIX(base):host:base`` at ``at``, with the place where its ``rel`` begins."""
    start = at + len(b"<POSIX(")
    if not text.startswith(b"<POSIX(", at):
        return
    base_end = text.find(b"):", start)
    while base_end >= 0:
        base = text[start:base_end]
        host_start = base_end + 2
        host_end = text.find(b":", host_start)
        if host_end > host_start and text.startswith(base, host_end + 1):
            brick = Brick(os.fsdecode(text[host_start:host_end]), os.fsdecode(base))
            yield brick, host_end + 1 + len(base)
        base_end = text.find(b"):", base_end + 1)


def _rel_ends(text: bytes, start: int) -> Iterator[int]:
    """Where a ``rel`` that begins at ``start`` can end: before a ``>`` that an entry or the end follows."""
    at = text.find(b">", start)
    while at >= 0:
        if not text[at + 1 :].strip(b")") or _SEPARATOR.match(text, at + 1):
            yield at
        at = text.find(b">", at + 1)


def _remaining(text: bytes, at: int, rel: bytes, depth: int) -> tuple[Brick, ...] | None:
    """The bricks of the entries that follow, each with this very ``rel``; None if they are not there."""
    bricks: list[Brick] = []
    while text[at:] != b")" * depth:
        separator = _SEPARATOR.match(text, at)
        if not separator:
            return None
        depth += separator.group(2).count(b"(<") - len(separator.group(1))
        for brick, rel_start in _entry_starts(text, separator.end()):
            if depth >= 0 and text.startswith(rel + b">", rel_start):
                bricks.append(brick)
                at = rel_start + len(rel) + 1
                break
        else:
            return None
    return tuple(bricks)


def _mixed_reading(text: bytes, group: str) -> Pathinfo | None:
    """The reading in which every entry has a ``rel`` of its own, as short as can be."""
    head = _HEAD.match(text)
    at, bricks, rel = head.end() if head else len(text), [], b""
    while entry := next(_entry_starts(text, at), None):
        bricks.append(entry[0])
        for end in _rel_ends(text, entry[1]):
            separator = _SEPARATOR.match(text, end + 1)
            if not separator or next(_entry_starts(text, separator.end()), None):
                break
        else:
            return None
        rel = rel or text[entry[1] : end]
        if not separator:
            return Pathinfo(tuple(bricks), group, rel)
        at = separator.end()
    return None
