"""The client graph: the volfile of a mounted volume, as ``.meta`` gives it.

    volume NAME
        type CLUSTER/KIND
        option KEY VALUE
        subvolumes NAME ...
    end-volume

Source: GlusterFS 10.3, ``libglusterfs/src/graph.l``, ``graph.y``, ``graph.c``; ``<mount>/.meta/graphs/active/volfile``.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field

from .cluster import Cluster, Group, GroupKind, Volume
from .errors import GraphError

__all__ = ["ClientGraph", "Translator", "parse_volfile"]

_CLIENT = "protocol/client"
_GROUP_KINDS: dict[str, GroupKind] = {
    "cluster/replicate": "replicate",
    "cluster/afr": "replicate",
    "cluster/disperse": "disperse",
    "cluster/ec": "disperse",
}
_UNITS = {"": 1, "B": 1, "K": 2**10, "KB": 2**10, "M": 2**20, "MB": 2**20, "G": 2**30, "GB": 2**30,
          "T": 2**40, "TB": 2**40}  # fmt: skip
_DEFAULT_SHARD_BLOCK = 64 * 2**20
_DISTRIBUTE, _OFF = "cluster/distribute", ("off", "no", "0", "false", "disable")
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


@dataclass
class Translator:
    """One ``volume`` of a volfile. ``line``: where it begins, counted from 1."""

    name: str
    line: int
    type: str = ""
    options: dict[str, str] = field(default_factory=dict)
    subvolumes: list[str] = field(default_factory=list)


class ClientGraph:
    """A client graph. ``leaves``: the volumes without subvolumes, met depth-first from the top volume, children
    in their order, a leaf that is reached twice twice: the place in this list is the number of a client.
    ``translators``: all of them by name, in the order of the file.
    """

    def __init__(self, translators: dict[str, Translator], top: str) -> None:
        self.translators = translators
        self.top = top
        self.leaves: tuple[str, ...] = ()
        self.groups: tuple[tuple[str, GroupKind, tuple[str, ...]], ...] = ()
        self._walk()

    def _walk(self) -> None:
        """Depth-first without recursion: a hand-written graph may be a thousand volumes deep."""
        leaves: list[str] = []
        groups: dict[str, tuple[GroupKind, list[str]]] = {}
        stack: list[tuple[str, str | None]] = [(self.top, None)]
        while stack:
            name, group = stack.pop()
            translator = self.translators[name]
            if group is None and translator.type in _GROUP_KINDS:
                group = name
                groups.setdefault(name, (_GROUP_KINDS[translator.type], []))
            if not translator.subvolumes:
                leaves.append(name)
                if translator.type == _CLIENT and not name.endswith("-snapd-client"):
                    members = groups.setdefault(group or name, ("single", []))[1]
                    if name not in members:
                        members.append(name)
            stack.extend((child, group) for child in reversed(translator.subvolumes))
        self.leaves = tuple(leaves)
        self.groups = tuple((name, kind, tuple(members)) for name, (kind, members) in groups.items() if members)

    @property
    def name(self) -> str:
        """The volume's name: that of the topmost volume which is not the meta translator's own."""
        name = self.top
        while self.translators[name].type == "meta" and len(self.translators[name].subvolumes) == 1:
            name = self.translators[name].subvolumes[0]
        return name

    @property
    def shape(self) -> bytes:
        """A digest of what decides placements: leaves in order, their bricks, and groups. Two clients of one volume
        have the same, although the names of their graphs and much in their volfiles differ.
        """
        bricks = [
            (leaf, options.get("remote-host"), options.get("remote-subvolume"))
            for leaf in self.leaves
            for options in [self.translators[leaf].options]
        ]
        return hashlib.sha256(repr((bricks, self.groups)).encode("utf-8", "surrogateescape")).digest()

    @property
    def tells_linkto_files(self) -> bool:
        """Whether a listing leaves out the files that only say where another is: with plain readdir, distribute does
        not know them, and gives the brick of such a file for that of the real one (measured: GlusterFS 10.3).
        """
        given = [t.options.get("use-readdirp", "on") for t in self.translators.values() if t.type == _DISTRIBUTE]
        return all(word.lower() not in _OFF for word in given)

    def cluster(self) -> Cluster:
        """The volumes and groups of this graph, volumes in the order of their clients."""
        volumes: list[Volume] = []
        groups: list[Group] = []
        for number, (name, kind, members) in enumerate(self.groups):
            arbiter = members[-1] if kind == "replicate" and self._has_arbiter(name) else None
            first = len(volumes)
            for member in members:
                options = self.translators[member].options
                host, brick = options.get("remote-host", ""), options.get("remote-subvolume", "")
                volumes.append(
                    Volume(len(volumes), member, host, brick, host, number, arbiter=member == arbiter, online=None)
                )
            redundancy = self._number(name, "redundancy") if kind == "disperse" else 0
            groups.append(Group(number, name, kind, tuple(range(first, len(volumes))), redundancy))
        return Cluster(tuple(volumes), tuple(groups), name=self.name, shard_block_size=self._shard_block_size())

    def _has_arbiter(self, group: str) -> bool:
        return self._number(group, "arbiter-count") > 0

    def _number(self, name: str, option: str) -> int:
        text = self.translators[name].options.get(option, "0")
        return int(text) if text.isdecimal() else 0

    def _shard_block_size(self) -> int | None:
        """Bytes of a shard, None where the volume is not sharded."""
        for translator in self.translators.values():
            if translator.type == "features/shard":
                text = translator.options.get("shard-block-size", "")
                size = re.fullmatch(r"(\d+)\s*([A-Za-z]*)", text)
                unit = _UNITS.get(size.group(2).upper()) if size else None
                return int(size.group(1)) * unit if size and unit else _DEFAULT_SHARD_BLOCK
        return None


def parse_volfile(text: bytes, path: bytes = b"volfile") -> ClientGraph:
    """Reads a client volfile. ``path`` is only for errors: GraphError with the line where it cannot be read."""
    translators: dict[str, Translator] = {}
    current: Translator | None = None
    for number, line in enumerate(os.fsdecode(text).split("\n"), 1):
        words = [quoted or plain for quoted, plain in _WORD.findall(line)]
        if not words or words[0].startswith("#"):
            continue
        keyword, rest = words[0], words[1:]
        if keyword == "volume" and current is None and len(rest) == 1:
            current = Translator(rest[0], number)
            if current.name in translators:
                raise GraphError(path, number, f"volume {current.name} is defined twice")
        elif keyword == "end-volume" and current is not None:
            translators[current.name] = current
            current = None
        elif keyword == "type" and current is not None and len(rest) == 1:
            current.type = rest[0]
        elif keyword == "option" and current is not None and rest:
            current.options[rest[0]] = " ".join(rest[1:])
        elif keyword == "subvolumes" and current is not None and rest:
            unknown = [name for name in rest if name not in translators]
            if unknown:
                raise GraphError(path, number, f"subvolume {unknown[0]} is not defined above")
            current.subvolumes.extend(rest)
        else:
            raise GraphError(path, number, f"{keyword!r} is not expected here")
    if current is not None:
        raise GraphError(path, current.line, f"volume {current.name} has no end-volume")
    if not translators:
        raise GraphError(path, 0, "no volume in it")
    return ClientGraph(translators, next(reversed(translators)))
