"""How many files, and how many bytes, lie on each volume."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from .placement import Placement
from .walk import PlacedFiles

__all__ = ["Share", "VolumeTally"]


class Share(NamedTuple):
    """Some files. ``bytes``: of those whose size is known."""

    files: int = 0
    bytes: int = 0


class VolumeTally:
    """Counts files by their placement; a file counts for each volume that is usable for it."""

    def __init__(self) -> None:
        self.files: Counter[Placement] = Counter()
        self.bytes: Counter[Placement] = Counter()

    def add(self, placed: PlacedFiles) -> None:
        """Counts some files."""
        self.files.update(placed.placements)
        for placement, size in zip(placed.placements, placed.sizes, strict=False):
            if size > 0:
                self.bytes[placement] += size

    def by_volume(self) -> dict[int, Share]:
        """What lies on each volume, by volume index; volumes that hold nothing are left out."""
        return self._summed({placement: placement.usable for placement in self.files})

    def by_group(self) -> dict[int, Share]:
        """What each group holds, by group index."""
        return self._summed({placement: (placement.group,) for placement in self.files})

    def _summed(self, places: dict[Placement, tuple[int, ...]]) -> dict[int, Share]:
        files: Counter[int] = Counter()
        size: Counter[int] = Counter()
        for placement, indexes in places.items():
            for index in indexes:
                files[index] += self.files[placement]
                size[index] += self.bytes[placement]
        return {index: Share(files[index], size[index]) for index in sorted(files)}
