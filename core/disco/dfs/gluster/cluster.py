"""The volumes and groups of one inputfs, as a client knows them.

A ``Cluster`` is built from the client graph where there is one. Two things become known only from the
files themselves, and are taken up here as they come: the host name that each brick's server gives itself,
and, on a mount without a graph, the volumes and groups at all.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Literal

from .errors import PathinfoError
from .pairing import pair
from .pathinfo import Brick

__all__ = ["Cluster", "Group", "GroupKind", "Volume"]

GroupKind = Literal["replicate", "disperse", "single"]


@dataclass(frozen=True, slots=True)
class Volume:
    """One replica volume: a client-side subvolume, with its host and its brick.

    ``index``: its place in the client graph. ``host``: the name its server gives itself, once a file has
    shown it; until then, and where it shows a UUID in its place, the host the graph was configured with. So too in a
    disperse group, of which a file shows one brick only: which hosts were known would hang on the files met before.
    ``brick``: the directory on that host. ``group``: index of its group. ``arbiter``: it holds names, no
    data. ``online``: None where a client cannot know.
    """

    index: int
    name: str
    host: str
    brick: str
    configured_host: str
    group: int
    arbiter: bool = False
    online: bool | None = None

    @property
    def location(self) -> str:
        """``host:/brick``, or what of it is known."""
        return f"{self.host}:{self.brick}" if self.brick else self.host


@dataclass(frozen=True, slots=True)
class Group:
    """The volumes that hold the same files. ``volumes``: their indexes, in the order of the client graph.

    ``redundancy``: of a disperse group, how many of its bricks may be lost.
    """

    index: int
    name: str
    kind: GroupKind
    volumes: tuple[int, ...]
    redundancy: int = 0


class Cluster:
    """The volumes and groups of one inputfs; safe to use from several threads.

    ``volumes`` and ``groups`` are tuples that are replaced, never changed: a reader that keeps one has a
    picture that stays whole. ``has_graph``: they came from the client graph, so they are all there are. ``down``: the
    groups, by name, that the client counts as lost: what they hold is in no listing.
    """

    def __init__(
        self,
        volumes: tuple[Volume, ...] = (),
        groups: tuple[Group, ...] = (),
        *,
        name: str = "",
        shard_block_size: int | None = None,
    ) -> None:
        self.name = name
        self.volumes = volumes
        self.groups = groups
        self.shard_block_size = shard_block_size
        self.down: tuple[str, ...] = ()
        self.has_graph = bool(volumes)
        self._lock = threading.Lock()
        self._bricks: dict[Brick, int] = {}  # as a file shows it -> the volume that it is
        self._group_names = {group.name: group.index for group in groups}

    @property
    def summary(self) -> str:
        """The kinds of its groups in words, as ``3x2 replicate`` or ``2x(2+1) disperse``."""
        counts: dict[str, int] = {}
        for group in self.groups:
            shape = self._shape(group)
            counts[shape] = counts.get(shape, 0) + 1
        return ", ".join(shape.format(count) for shape, count in counts.items()) or "no volume known yet"

    def _shape(self, group: Group) -> str:
        width = len(group.volumes)
        if group.kind == "single":
            return "{} single"
        if group.kind == "disperse":
            return f"{{}}x({width - group.redundancy}+{group.redundancy}) disperse"
        arbiters = sum(self.volumes[i].arbiter for i in group.volumes)
        inner = f"({width - arbiters}+{arbiters} arbiter)" if arbiters else f"{width}"
        return f"{{}}x{inner} replicate"

    def group_volumes(self, group: int) -> tuple[Volume, ...]:
        """The volumes of a group, in the order of the client graph."""
        return tuple(self.volumes[i] for i in self.groups[group].volumes)

    def set_online(self, online: dict[str, bool]) -> None:
        """Takes up which volumes are connected, by volume name; others keep what is known of them."""
        with self._lock:
            self.volumes = tuple(
                replace(volume, online=online.get(volume.name, volume.online)) for volume in self.volumes
            )

    def locate(self, group_name: str, bricks: tuple[Brick, ...]) -> tuple[int, frozenset[int]]:
        """The group of a file whose attribute names ``bricks``, and the volumes that they are.

        ``group_name``: the name in front of the bricks, "" where the value has none. Volumes of the group
        that no brick stands for are those that did not answer: offline, or without the file.
        """
        with self._lock:
            if any(brick not in self._bricks for brick in bricks):
                if self.has_graph:
                    self._pair(group_name, bricks)
                else:
                    self._grow(group_name, bricks)
            found = frozenset(self._bricks[brick] for brick in bricks if brick in self._bricks)
            if not found:
                raise PathinfoError(b"", f"no volume of the client graph is {bricks[0].host}:{bricks[0].base}")
            return self.volumes[min(found)].group, found

    def _pair(self, group_name: str, bricks: tuple[Brick, ...]) -> None:
        group = self._group_names.get(group_name)
        candidates = self.volumes if group is None else self.group_volumes(group)
        taken = set(self._bricks.values())
        pairs = pair(
            [brick for brick in bricks if brick not in self._bricks],
            [volume for volume in candidates if volume.index not in taken],
        )
        updated = list(self.volumes)
        for brick, index in pairs.items():
            self._bricks[brick] = index
            if self.groups[updated[index].group].kind == "disperse":
                continue
            host = updated[index].host if brick.is_uuid else brick.host
            updated[index] = replace(updated[index], host=host, brick=brick.base)
        self.volumes = tuple(updated)

    def _grow(self, group_name: str, bricks: tuple[Brick, ...]) -> None:
        name = group_name or " ".join(sorted(f"{brick.host}:{brick.base}" for brick in bricks))
        volumes, groups = list(self.volumes), list(self.groups)
        index = self._group_names.setdefault(name, len(groups))
        if index == len(groups):
            groups.append(Group(index, name, "replicate" if group_name else "single", ()))
        for brick in sorted(brick for brick in bricks if brick not in self._bricks):
            self._bricks[brick] = len(volumes)
            location = f"{brick.host}:{brick.base}" if brick.base else brick.host
            groups[index] = replace(groups[index], volumes=(*groups[index].volumes, len(volumes)))
            volumes.append(Volume(len(volumes), location, brick.host, brick.base, "", index))
        self.volumes, self.groups = tuple(volumes), tuple(groups)
