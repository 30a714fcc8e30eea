"""Which group holds a file, which of its volumes are usable, and how that is known."""

from __future__ import annotations

import threading
from collections.abc import Set
from typing import Literal, NamedTuple

from .attributes import RawPlacement
from .cluster import Cluster
from .units import Answer, GroupAnswer

__all__ = ["Placement", "Placements", "WayKnown"]

WayKnown = Literal["cookie", "attribute", "location", "recording"]


class Placement(NamedTuple):
    """The group that holds a file. Volumes are indexes into ``Cluster.volumes``, in the order of the client graph.

    ``usable``: those that hold its data and answered. ``absent``: data volumes of the group that did not: they
    are offline, or lack the file until it is healed. Arbiters are in neither. ``known_by``: what said so.
    """

    group: int
    usable: tuple[int, ...]
    absent: tuple[int, ...]
    known_by: WayKnown

    @property
    def degraded(self) -> bool:
        """Whether a replica (or a fragment) of the file cannot be used."""
        return bool(self.absent)


class Placements:
    """Makes the placements of one inputfs: one object for all files that lie alike. Safe for several threads."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._made: dict[Placement, Placement] = {}
        self._of_answer: dict[Answer, Placement] = {}
        self._lock = threading.Lock()

    def of(self, answer: Answer) -> Placement:
        """Where a file lies of which ``answer`` was said; PathinfoError where no volume fits."""
        placement = self._of_answer.get(answer)
        if placement is None:
            placement = self._of_group(answer) if isinstance(answer, GroupAnswer) else self._of_attribute(answer)
            if self.cluster.has_graph:  # without one, a group may still grow
                self._of_answer[answer] = placement
        return placement

    def forget(self) -> None:
        """Makes placements anew from now on: after the graph changed, or volumes went offline or came back."""
        self._of_answer.clear()

    def _of_group(self, answer: GroupAnswer) -> Placement:
        volumes = self.cluster.group_volumes(answer.group)
        present = {volume.index for volume in volumes if volume.online is not False} - set(answer.absent)
        return self._make(answer.group, present, answer.way)

    def _of_attribute(self, raw: RawPlacement) -> Placement:
        group, present = self.cluster.locate(raw.group, raw.bricks)
        if self.cluster.groups[group].kind != "disperse":
            return self._make(group, present, raw.way)
        # A dispersed file's attribute names one brick of the group, whichever answered.
        volumes = self.cluster.group_volumes(group)
        return self._make(group, {volume.index for volume in volumes if volume.online is not False}, raw.way)

    def _make(self, group: int, present: Set[int], known_by: WayKnown) -> Placement:
        usable: list[int] = []
        absent: list[int] = []
        for volume in self.cluster.group_volumes(group):
            if not volume.arbiter:
                (usable if volume.index in present else absent).append(volume.index)
        made = Placement(group, tuple(usable), tuple(absent), known_by)
        with self._lock:
            return self._made.setdefault(made, made)
