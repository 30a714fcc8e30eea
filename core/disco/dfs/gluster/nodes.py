"""The nodes that the cluster knows: from a file, or from a list."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import NodesError

__all__ = ["KnownNodes", "known_nodes", "nodes_from_argument", "nodes_from_text"]


@dataclass(frozen=True)
class KnownNodes:
    """The names of all nodes, sorted, each once. ``source``: where they are from, in words."""

    names: tuple[str, ...]
    source: str

    def __contains__(self, node: object) -> bool:
        return node in self.names


def nodes_from_argument(argument: str) -> KnownNodes:
    """What ``--nodes`` means: a file if there is one of that name, else names with commas between. NodesError for a
    file that cannot be read, and where no name is given.
    """
    if not os.path.exists(argument):
        if "/" in argument:
            raise NodesError(argument, "there is no such file, and the name of a node holds no '/'")
        return known_nodes(argument.replace(",", " ").split(), "the list given")
    try:
        with open(argument, "rb") as file:
            return nodes_from_text(file.read(), f"the file {argument}")
    except OSError as error:
        raise NodesError(f"the file {argument}", error.strerror or str(error)) from error


def nodes_from_text(text: bytes, source: str) -> KnownNodes:
    """The first word of each line; blank lines and ``#`` comments are skipped. NodesError where there is none."""
    words = (os.fsdecode(line).split() for line in text.removeprefix(b"\xef\xbb\xbf").split(b"\n"))
    return known_nodes((line[0] for line in words if line and not line[0].startswith("#")), source)


def known_nodes(names: Iterable[str], source: str) -> KnownNodes:
    """Names as they come; NodesError where there is none."""
    found = tuple(sorted({name for name in names if name}))
    if not found:
        raise NodesError(source, "it names none")
    return KnownNodes(found, source)
