"""The mount that a path is on, as a source of listings and placements: its root, its graph, its host map.

A mount and a recording answer through one small interface, ``Source``: whoever walks a dataset need not know
which of them it is. Everything that touches the mount is a unit of work for the executor, so that whoever waits
for it can choose where it runs, and whether to wait.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from concurrent.futures import Executor, Future
from typing import NamedTuple, Protocol

from .cluster import Cluster
from .errors import GlusterError, NotInputfsError, PathError
from .graph import parse_volfile
from .hostmap import HostnameMap, find_hostname_map
from .mounts import Mount, mount_of, read_mounts
from .placement import Placement, Placements
from .units import Answer, ListedDirectory, ResolvedFiles, list_unit, resolve_unit
from .workers import DaemonExecutor

__all__ = ["Inputfs", "Source", "Start", "open_inputfs"]

_ACTIVE = b".meta/graphs/active"


class Source(Protocol):
    """What answers for a dataset: a mount, or a recording of one.

    ``mount_point``: absolute. Directories and files are named by their path below it, as bytes without a leading
    slash, "" for the root.
    """

    @property
    def mount_point(self) -> bytes: ...
    @property
    def label(self) -> str: ...
    @property
    def cluster(self) -> Cluster: ...
    def list_directory(self, directory: bytes) -> Future[ListedDirectory]: ...
    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]: ...
    def placement(self, answer: Answer) -> Placement: ...
    def hostname_map(self) -> Future[HostnameMap]: ...
    def close(self) -> None: ...


class Start(NamedTuple):
    """Where a path given by a user leads: ``directory`` below the mount point, and ``name`` where it is a file."""

    directory: bytes
    name: bytes | None = None


class MountFacts(NamedTuple):
    """What one unit of work finds out about a path's mount. ``volfile``: None without a graph. ``down``: as in
    ``Cluster``.
    """

    mount: Mount
    start: Start
    meta: bytes | None
    volfile: bytes | None
    online: dict[str, bool]
    down: tuple[str, ...] = ()


def find_mount_unit(path: bytes) -> MountFacts | GlusterError:
    """Which mount a path is on, and its graph. An error comes back as a value: it travels as data."""
    try:
        return _find_mount(path)
    except GlusterError as error:
        return error


def _find_mount(path: bytes) -> MountFacts:
    try:
        real = os.path.realpath(path, strict=True)
        mode = os.stat(real).st_mode
    except OSError as error:
        raise PathError(os.path.abspath(path), error.errno or 0) from error
    mounts = read_mounts()
    mount = mount_of(real, mounts)
    if mount is None or not mount.is_gluster:
        raise NotInputfsError(real, mount.fstype if mount else "nothing", mount.mount_point if mount else b"/")
    below = real[len(mount.mount_point.rstrip(b"/")) :].lstrip(b"/")
    start = Start(below) if stat.S_ISDIR(mode) else Start(*os.path.split(below))
    meta = _find_meta(mount, mounts)
    volfile = None if meta is None else _read(os.path.join(meta, b"volfile"))
    online = online_unit(meta, volfile)
    return MountFacts(mount, start, meta, volfile, online, _groups_down(meta, volfile, online))


def _find_meta(mount: Mount, mounts: list[Mount]) -> bytes | None:
    """The active graph's directory. A bind mount of a sub-directory has none, but the mount that it was made of
    has, and may still be there.
    """
    same = [other for other in mounts if other.device == mount.device and other.root == b"/"]
    for candidate in [mount, *same]:
        path = os.path.join(candidate.mount_point, _ACTIVE)
        try:
            os.stat(path)
        except OSError as error:
            if error.errno == errno.ENOTCONN:
                raise PathError(candidate.mount_point, errno.ENOTCONN) from error
        else:
            return path
    return None


def _read(path: bytes) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise PathError(path, error.errno or 0) from error


def online_unit(meta: bytes | None, volfile: bytes | None) -> dict[str, bool]:
    """Which clients of the graph are connected, by volume name; those that do not say are left out."""
    if meta is None or volfile is None:
        return {}
    online = {}
    for volume in parse_volfile(volfile, os.path.join(meta, b"volfile")).cluster().volumes:
        try:
            private = _read(os.path.join(meta, os.fsencode(volume.name), b"private"))
        except PathError:
            continue
        for line in private.split(b"\n"):
            key, _, value = line.partition(b"=")
            if key.strip() == b"connected":
                online[volume.name] = value.strip() == b"1"
    return online


def _groups_down(meta: bytes | None, volfile: bytes | None, online: dict[str, bool]) -> tuple[str, ...]:
    """The groups of which all bricks are lost, or as many as their quorum or redundancy cannot bear."""
    if meta is None or volfile is None:
        return ()
    cluster = parse_volfile(volfile, os.path.join(meta, b"volfile")).cluster()
    down = []
    for group in cluster.groups:
        lost = all(online.get(volume.name) is False for volume in cluster.group_volumes(group.index))
        if group.kind != "single" and not lost:
            with contextlib.suppress(PathError):
                private = _read(os.path.join(meta, os.fsencode(group.name), b"private"))
                lost = re.search(rb"^up = 0$", private, re.MULTILINE) is not None
        if lost:
            down.append(group.name)
    return tuple(down)


class Inputfs:
    """One mounted GlusterFS file system, as a ``Source``; made by ``open_inputfs()``."""

    def __init__(self, facts: MountFacts, executor: Executor, *, owns_executor: bool) -> None:
        self.mount = facts.mount
        self._executor, self._owns_executor = executor, owns_executor
        if facts.meta is None or facts.volfile is None:
            self.cluster = Cluster(name=os.path.basename(os.fsdecode(facts.mount.source)))
        else:
            self.cluster = parse_volfile(facts.volfile, facts.meta).cluster()
            self.cluster.set_online(facts.online)
            self.cluster.down = facts.down
        self._disperse = any(group.kind == "disperse" for group in self.cluster.groups)
        self._placements = Placements(self.cluster)

    @property
    def mount_point(self) -> bytes:
        return self.mount.mount_point

    @property
    def label(self) -> str:
        """The volume's name."""
        return self.cluster.name

    def list_directory(self, directory: bytes) -> Future[ListedDirectory]:
        """Lists one directory."""
        return self._executor.submit(list_unit, self.mount_point, directory)

    def resolve_files(self, directory: bytes, names: list[bytes], *, sizes: bool) -> Future[ResolvedFiles]:
        """Asks where files of one directory lie, and how large they are."""
        return self._executor.submit(resolve_unit, self.mount_point, directory, names, self._disperse, sizes)

    def placement(self, answer: Answer) -> Placement:
        """Where a file lies of which ``answer`` was said; PathinfoError where no volume of the graph fits."""
        return self._placements.of(answer)

    def hostname_map(self) -> Future[HostnameMap]:
        """The host map found for this mount; NoHostnameMapError, PathError or HostnameMapError from the future."""
        return self._executor.submit(find_hostname_map, self.mount_point)

    def close(self) -> None:
        """Takes no more work; a call that hangs in the mount is not waited for. A caller's executor is left open."""
        if self._owns_executor:
            self._executor.shutdown(wait=False, cancel_futures=True)


def open_inputfs(path: str | bytes, *, executor: Executor | None = None) -> tuple[Inputfs, Start]:
    """The GlusterFS mount that ``path`` is on, and where on it the path is.

    ``executor``: where all work on the mount is done; by default daemon threads. Raises PathError where the path
    cannot be read, NotInputfsError where it is on another file system, GraphError for a graph that makes no sense.
    """
    used = executor or DaemonExecutor()
    try:
        facts = used.submit(find_mount_unit, os.fsencode(path)).result()
        if isinstance(facts, GlusterError):
            raise facts
        return Inputfs(facts, used, owns_executor=executor is None), facts.start
    except BaseException:
        if executor is None:
            used.shutdown(wait=False, cancel_futures=True)
        raise
