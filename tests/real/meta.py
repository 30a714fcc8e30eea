"""What a client says of itself: `.meta` of its mount.

It is read through one open descriptor of `.meta`. So it answers at once while a brick hangs and when all are
lost, and after a change of graph; by its path it would wait for the bricks, as all paths on the mount do.
"""

import os
import re
from pathlib import Path
from typing import Literal

from .specs import GroupSpec, VolumeSpec
from .volfiles import group_names

ACTIVE = "graphs/active"
LONGEST = 65536

BrickState = Literal["connected", "lost", "unknown"]


class Meta:
    """The `.meta` of one mount; to be closed before that is unmounted."""

    def __init__(self, mountpoint: Path) -> None:
        self._root = os.open(mountpoint / ".meta", os.O_RDONLY | os.O_DIRECTORY)

    def close(self) -> None:
        """Let go of it."""
        os.close(self._root)

    def graph(self) -> str:
        """The name of the present graph."""
        return os.readlink(ACTIVE, dir_fd=self._root)

    def brick_state(self, volume: str) -> BrickState:
        """What the client says of a brick; for a moment it says nothing, while its graph changes."""
        try:
            private = self._private(volume)
        except OSError:
            return "unknown"
        return "connected" if "connected = 1\n" in private else "lost"

    def is_settled(self, spec: VolumeSpec) -> bool:
        """Whether the groups, and the distribution over them, have heard of all bricks that came and went.

        They hear of it a moment after the brick's own volume; a directory made in between would leave out a new
        group.
        """
        try:
            groups = list(zip(spec.groups, group_names(spec), strict=True))
            if not all(self._group_knows(group, name) for group, name in groups):
                return False
            return not spec.distribute or self._distribution_knows(spec)
        except OSError:
            return False

    def _group_knows(self, group: GroupSpec, name: str) -> bool:
        up = self._bricks_up(group)
        if group.kind == "replicate":
            return [state == "1" for state in numbered("child_up", self._private(name))] == up
        if group.kind == "disperse":
            return f"childs_up = {sum(up)}\n" in self._private(name)
        return True

    def _distribution_knows(self, spec: VolumeSpec) -> bool:
        states = numbered("subvolume_status", self._private(f"{spec.name}-dht"))
        ups = [self._bricks_up(group) for group in spec.groups]
        # A group with some bricks lost may be up or not: that depends on its quorum.
        return len(states) == len(ups) and all(
            len(set(up)) > 1 or up[0] == (state == "1") for up, state in zip(ups, states, strict=True)
        )

    def _bricks_up(self, group: GroupSpec) -> list[bool]:
        return [self.brick_state(brick.volume) == "connected" for brick in group.bricks]

    def _private(self, volume: str) -> str:
        file = os.open(f"{ACTIVE}/{volume}/private", os.O_RDONLY, dir_fd=self._root)
        try:
            return os.read(file, LONGEST).decode()
        finally:
            os.close(file)


def numbered(key: str, text: str) -> list[str]:
    """The values of `key[0] = ...`, `key[1] = ...`, in their order."""
    return re.findall(rf"^{key}\[\d+\] = (\S+)$", text, re.MULTILINE)
