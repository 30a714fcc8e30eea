"""Which group holds a file, which of its volumes are usable, and how that is known."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

from .attributes import RawPlacement
from .cluster import Cluster, Volume

__all__ = ["Placement", "Placements", "WayKnown"]

WayKnown = Literal["attribute", "location", "recording"]


@dataclass(frozen=True, slots=True)
class Placement:
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
        self._of_raw: dict[RawPlacement, Placement] = {}
        self._lock = threading.Lock()

    def of_attribute(self, raw: RawPlacement) -> Placement:
        """Where the file lies whose attribute said ``raw``; PathinfoError where no volume fits."""
        placement = self._of_raw.get(raw)
        if placement is None:
            group, present = self.cluster.locate(raw.group, raw.bricks)
            # A dispersed file's attribute names one brick of the group, whichever answered.
            shown_whole = self.cluster.groups[group].kind != "disperse"
            placement = self._make(group, present if shown_whole else None, raw.way)
            if self.cluster.has_graph and shown_whole:
                self._of_raw[raw] = placement
        return placement

    def of_group(self, group: int, known_by: WayKnown, absent: frozenset[int] = frozenset()) -> Placement:
        """Where a file of this group lies: on its volumes less arbiters, those offline, and ``absent`` ones."""
        volumes = frozenset(self.cluster.groups[group].volumes)
        return self._make(group, None if not absent else volumes - absent, known_by)

    def _make(self, group: int, present: frozenset[int] | None, known_by: WayKnown) -> Placement:
        usable: list[int] = []
        absent: list[int] = []
        for volume in self.cluster.group_volumes(group):
            if volume.arbiter:
                continue
            (usable if _answers(volume, present) else absent).append(volume.index)
        made = Placement(group, tuple(usable), tuple(absent), known_by)
        with self._lock:
            return self._made.setdefault(made, made)


def _answers(volume: Volume, present: frozenset[int] | None) -> bool:
    return volume.online is not False if present is None else volume.index in present
