"""Units of work that find out about a mount: which one a path is on, and what its ``.meta`` says."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import NamedTuple

from .errors import GlusterError, GraphError, NotInputfsError, PathError
from .graph import parse_volfile
from .meta import states_of
from .mounts import Mount, mount_of, read_mounts

__all__ = ["GraphFacts", "MountFacts", "Start", "find_mount_unit", "read_graph_unit"]

_ACTIVE = b".meta/graphs/active"
_READS_DURING_CHANGE = 5  # while the graph changes, a file of the old one may fail with EBADF


class Start(NamedTuple):
    """Where a path given by a user leads: ``directory`` below the mount point, and ``name`` where it is a file."""

    directory: bytes
    name: bytes | None = None


class GraphFacts(NamedTuple):
    """The client graph that is active. ``link``: the path of ``.meta/graphs/active``; ``shape``: that of
    ``ClientGraph``, another one when placements are. ``states``: whether volumes and groups are up, by name; those that
    do not say are left out.
    """

    link: bytes
    shape: bytes
    volfile: bytes
    states: dict[str, bool]


class MountFacts(NamedTuple):
    """The mount of a path. ``graph``: None on a bind mount of a sub-directory whose origin is gone."""

    mount: Mount
    start: Start
    graph: GraphFacts | None


def find_mount_unit(path: bytes) -> MountFacts | GlusterError:
    """Which mount a path is on, and its graph. An error comes back as a value: it travels as data."""
    try:
        return _find_mount(path)
    except GlusterError as error:
        return error


def read_graph_unit(link: bytes) -> GraphFacts | GlusterError:
    """The graph that is active now. An error comes back as a value."""
    try:
        return _read_graph(link)
    except GlusterError as error:
        return error


def _find_mount(path: bytes) -> MountFacts:
    if not path:
        raise PathError(path, errno.ENOENT, "the path is empty")
    try:
        real = os.path.realpath(path, strict=True)
        mode = os.stat(real).st_mode
    except OSError as error:
        raise PathError(os.path.abspath(path), error.errno or 0) from error
    mounts = read_mounts()
    mount = mount_of(real, mounts)
    if mount is None or not mount.is_gluster:
        raise NotInputfsError(real, mount.fstype if mount else "nothing", mount.mount_point if mount else b"/")
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise PathError(real, errno.EINVAL, "neither a directory nor a regular file")
    below = real[len(mount.mount_point.rstrip(b"/")) :].lstrip(b"/")
    start = Start(below) if stat.S_ISDIR(mode) else Start(*os.path.split(below))
    link = _find_link(mount, mounts)
    return MountFacts(mount, start, None if link is None else _read_graph(link))


def _find_link(mount: Mount, mounts: list[Mount]) -> bytes | None:
    """The active graph's link. A bind mount of a sub-directory has none, but the mount that it was made of has, and may
    still be there.
    """
    same = [other for other in mounts if other.device == mount.device and other.root == b"/"]
    for candidate in [mount, *same]:
        path = os.path.join(candidate.mount_point, _ACTIVE)
        try:
            os.readlink(path)
        except OSError as error:
            if error.errno == errno.ENOTCONN:
                raise PathError(candidate.mount_point, errno.ENOTCONN) from error
        else:
            return path
    return None


def _read_graph(link: bytes) -> GraphFacts:
    """Reads until nothing changed in between."""
    for _ in range(_READS_DURING_CHANGE):
        with contextlib.suppress(OSError, GraphError):
            target = os.readlink(link)
            # By the graph's own name: "active" may be another one from one read to the next.
            facts = _read_named_graph(link, target)
            if os.readlink(link) == target:
                return facts
    try:
        return _read_named_graph(link, os.readlink(link))
    except OSError as error:
        raise PathError(link, error.errno or 0) from error


def _read_named_graph(link: bytes, target: bytes) -> GraphFacts:
    graph = os.path.join(os.path.dirname(link), target)
    with open(os.path.join(graph, b"volfile"), "rb") as file:
        volfile = file.read()
    parsed = parse_volfile(volfile, link)
    return GraphFacts(link, parsed.shape, volfile, states_of(graph, parsed.cluster().watched))
