"""The mounts of this machine, from ``/proc/self/mountinfo``, and which of them a path is on.

Source: proc_pid_mountinfo(5). Fields are separated by spaces; a space, tab, newline or backslash inside of one
is written in octal, as ``\\040``.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from .errors import PathError

__all__ = ["Mount", "gluster_mounts", "mount_of", "parse_mountinfo", "read_mounts"]

GLUSTER = "fuse.glusterfs"
_OCTAL = re.compile(rb"\\([0-7]{3})")


class Mount(NamedTuple):
    """One mount. ``root``: which directory of the file system is mounted, ``/`` but for bind mounts. ``device``:
    ``major:minor``, the same for all mounts of one file system. ``source``: as ``server:/volume``.
    """

    mount_point: bytes
    root: bytes
    fstype: str
    source: bytes
    device: str

    @property
    def is_gluster(self) -> bool:
        return self.fstype == GLUSTER

    def holds(self, path: bytes) -> bool:
        """Whether the absolute ``path`` is at or below the mount point."""
        return path == self.mount_point or path.startswith(self.mount_point.rstrip(b"/") + b"/")


def parse_mountinfo(text: bytes) -> list[Mount]:
    """The mounts in the order of the file; lines that are not of the format are left out."""
    mounts = []
    for line in text.split(b"\n"):
        fields = line.split(b" ")
        if b"-" not in fields[6:] or len(fields) < fields.index(b"-", 6) + 3:
            continue
        tail = fields.index(b"-", 6)
        mounts.append(
            Mount(
                mount_point=_unescaped(fields[4]),
                root=_unescaped(fields[3]),
                fstype=os.fsdecode(_unescaped(fields[tail + 1])),
                source=_unescaped(fields[tail + 2]),
                device=os.fsdecode(fields[2]),
            )
        )
    return mounts


def _unescaped(field: bytes) -> bytes:
    return _OCTAL.sub(lambda octal: bytes([int(octal.group(1), 8) & 0xFF]), field)


def read_mounts() -> list[Mount]:
    """The mounts that this process sees; nothing on any of them is touched."""
    path = "/proc/self/mountinfo"
    try:
        with open(path, "rb") as file:
            return parse_mountinfo(file.read())
    except OSError as error:
        raise PathError(path.encode(), error.errno or 0) from error


def gluster_mounts() -> list[Mount]:
    """The GlusterFS mounts, each mount point once, by mount point; nothing on any of them is touched."""
    uncovered = {mount.mount_point: mount for mount in read_mounts()}
    return sorted(mount for mount in uncovered.values() if mount.is_gluster)


def mount_of(path: bytes, mounts: list[Mount]) -> Mount | None:
    """The mount that holds an absolute path without links: the longest, and of equals the last mounted."""
    holding = [mount for mount in mounts if mount.holds(path)]
    if not holding:
        return None
    longest = max(len(mount.mount_point) for mount in holding)
    return [mount for mount in holding if len(mount.mount_point) == longest][-1]
