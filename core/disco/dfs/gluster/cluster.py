"""The volumes and groups of one inputfs, as a client knows them.

A ``Cluster`` is built from the client graph where there is one. Two things become known only from the
files themselves, and are taken up here as they come: the host name that each brick's server gives itself,
and, on a mount without a graph, the volumes and groups at all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
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


def _configuration(volume: Volume) -> tuple[str, str]:
    """What the graph says of a volume's brick."""
    return volume.configured_host, volume.brick


class Cluster:
    """The volumes and groups of one inputfs; safe to use from several threads.

    ``volumes`` and ``groups`` are tuples that are replaced, never changed: a reader that keeps one has a
    picture that stays whole. ``has_graph``: they came from the client graph, so they are all there are. ``down``: the
    groups, by name, that the client counts as lost: what they hold is in no listing. ``hosts_known``: no file needs to
    show them, as in a recording.
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
        self.outages: list[str] = []
        self.hosts_known = False
        self.has_graph = bool(volumes)
        self._lock = threading.Lock()
        self._bricks: dict[Brick, int] = {}  # as a file shows it -> the volume that it is
        self._likely: set[Brick] = set()  # those of them that only a cookie spoke for
        self._configured = {volume.index: _configuration(volume) for volume in volumes}
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

    @property
    def watched(self) -> tuple[str, ...]:
        """The names of what a client knows the state of: volumes, and groups of several."""
        return (*(v.name for v in self.volumes), *(g.name for g in self.groups if g.kind != "single"))

    def set_states(self, up: dict[str, bool]) -> bool:
        """Takes up which volumes are connected, and which groups are lost, by name; of others, what is known is kept.
        Whether anything changed.
        """
        with self._lock:
            before = self.volumes, self.down
            self.volumes = tuple(replace(v, online=up.get(v.name, v.online)) for v in self.volumes)
            self.down = tuple(
                group.name
                for group in self.groups
                if up.get(group.name) is False or all(v.online is False for v in self.group_volumes(group.index))
            )
            self.outages += [name for name in self.down if name not in before[1]]
            return (self.volumes, self.down) != before

    def adopt(self, other: Cluster) -> None:
        """Takes up the volumes and groups of the graph that is active now. Volumes that are known by name keep their
        index, and what files taught of them, unless their brick was replaced; groups that still have the same volumes
        keep theirs. None is ever taken away.
        """
        with self._lock:
            volumes, groups = list(self.volumes), list(self.groups)
            indexes = {volume.name: volume.index for volume in volumes}
            for volume in other.volumes:
                index = indexes.setdefault(volume.name, len(volumes))
                if index == len(volumes):
                    volumes.append(replace(volume, index=index))
                elif self._configured.get(index) != _configuration(volume):
                    volumes[index] = replace(volume, index=index, group=volumes[index].group)
                    self._forget(brick for brick, known in list(self._bricks.items()) if known == index)
                self._configured[index] = _configuration(volume)
            for group in other.groups:
                members = tuple(indexes[other.volumes[i].name] for i in group.volumes)
                mine = self._group_names.get(group.name)
                if mine is None or groups[mine].volumes != members:
                    mine = self._group_names[group.name] = len(groups)
                    groups.append(replace(group, index=mine, volumes=members))
                    for index, theirs in zip(members, group.volumes, strict=True):
                        volumes[index] = replace(volumes[index], group=mine, arbiter=other.volumes[theirs].arbiter)
            self.volumes, self.groups = tuple(volumes), tuple(groups)
            self.name, self.shard_block_size, self.has_graph = other.name, other.shard_block_size, True

    def shown(self, group: int) -> bool:
        """Whether a file has shown the host of any volume of a group; in a disperse group none is needed."""
        known = self._bricks.values()
        if self.hosts_known or not self.has_graph or self.groups[group].kind == "disperse":
            return True
        return any(index in known for index in self.groups[group].volumes)

    def taught(self, group: int) -> bool:
        """Whether files have shown the hosts of all volumes of a group that could have shown theirs."""
        if self.hosts_known or not self.has_graph or self.groups[group].kind == "disperse":
            return True
        known = set(self._bricks.values())
        return all(volume.index in known or volume.online is False for volume in self.group_volumes(group))

    def host_known(self, volume: Volume) -> bool:
        """Whether a volume's host is the name that its server gives itself, or will not be another."""
        if self.hosts_known or not self.has_graph or self.groups[volume.group].kind == "disperse":
            return True
        return volume.index in self._bricks.values()

    def forget_likely(self) -> None:
        """Forgets which brick is which volume where only a cookie spoke for it: cookies were found wrong."""
        with self._lock:
            self._forget(list(self._likely))

    def _forget(self, bricks: Iterable[Brick]) -> None:
        for brick in bricks:
            del self._bricks[brick]
            self._likely.discard(brick)

    def locate(
        self, group_name: str, bricks: tuple[Brick, ...], *, likely: int | None = None
    ) -> tuple[int, frozenset[int]]:
        """The group of a file whose attribute names ``bricks``, and the volumes that they are.

        ``group_name``: the name in front of the bricks, "" where the value has none. Volumes of the group
        that no brick stands for are those that did not answer: offline, or without the file. ``likely``: the group that
        the file's cookie says; it decides where nothing else tells which volume a brick is.
        """
        with self._lock:
            if any(brick not in self._bricks for brick in bricks):
                if self.has_graph:
                    self._pair(group_name, bricks, likely)
                else:
                    self._grow(group_name, bricks)
            found = frozenset(self._bricks[brick] for brick in bricks if brick in self._bricks)
            if not found:
                raise PathinfoError(b"", f"no volume of the client graph is {bricks[0].host}:{bricks[0].base}")
            return self.volumes[min(found)].group, found

    def _pair(self, group_name: str, bricks: tuple[Brick, ...], likely: int | None) -> None:
        group = self._group_names.get(group_name)
        candidates = self.volumes if group is None else self.group_volumes(group)
        taken = set(self._bricks.values())
        left = [brick for brick in bricks if brick not in self._bricks]
        open_volumes = [volume for volume in candidates if volume.index not in taken]
        pairs = pair(left, open_volumes)
        if group is None and likely is not None:
            favoured = pair(left, open_volumes, likely=self.groups[likely].volumes)
            self._likely.update(brick for brick in left if favoured.get(brick) != pairs.get(brick))
            pairs = favoured
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
