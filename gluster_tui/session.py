"""What is open: a source, where on it the user began, and the host map that is in use."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

from disco.dfs.gluster.addresses import Addresser
from disco.dfs.gluster.cluster import Volume
from disco.dfs.gluster.errors import GlusterError, HostnameMapError, NoHostnameMapError, RecordingError
from disco.dfs.gluster.hostmap import HostnameMap, read_hostname_map
from disco.dfs.gluster.inputfs import Source, Start, open_inputfs
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.recording import Recording, is_recording_unit, open_recording
from disco.dfs.gluster.workers import ImmediateExecutor

from .helper import READING, start_helper
from .helper_process import HelperProcess
from .map_choice import MapChoice

__all__ = ["Session", "open_path", "open_recorded"]


@dataclass
class Session:
    """One open dataset. ``map_error``: why no host map is in use, where one was looked for. ``map_is_named``: the user
    named its file. ``known_nodes``: those of the cluster, where the user told them. ``map_refusal``: why
    others will refuse the map that is in use here, while it is mended.
    """

    source: Source
    start: Start
    hostmap: HostnameMap
    map_error: GlusterError | None = None
    executor: HelperProcess | None = None
    map_is_named: bool = False
    known_nodes: KnownNodes | None = None
    map_refusal: HostnameMapError | None = None

    def __post_init__(self) -> None:
        self.addresser = Addresser(self.source.cluster, self.hostmap)

    def use_map(
        self, hostmap: HostnameMap, map_error: GlusterError | None = None, refusal: HostnameMapError | None = None
    ) -> None:
        """Goes by another host map from now on: nodes, addresses and what is unmapped."""
        self.hostmap, self.map_error, self.map_refusal = hostmap, map_error, refusal
        self.addresser = Addresser(self.source.cluster, hostmap)

    @property
    def is_recording(self) -> bool:
        """Whether it is a recording rather than a mount."""
        return isinstance(self.source, Recording)

    @property
    def nodes(self) -> list[str]:
        """The nodes of all volumes, in the order of the client graph; some may stand twice."""
        return [self.hostmap.assign(volume).node for volume in self.source.cluster.volumes]

    @property
    def data_volumes(self) -> tuple[Volume, ...]:
        """The volumes that hold data."""
        return tuple(volume for volume in self.source.cluster.volumes if not volume.arbiter)

    @property
    def cluster_words(self) -> str:
        """The inputfs in words, as ``web: 3x2 replicate, 6 volumes (1 offline)``."""
        cluster = self.source.cluster
        offline = sum(volume.online is False for volume in cluster.volumes)
        words = f"{cluster.name}: {cluster.summary}, {len(cluster.volumes)} volumes"
        return words + (f" ({offline} offline)" if offline else "")

    @property
    def map_words(self) -> str:
        """The host map in words, as ``/inputfs/.hostname_map, 5 of 6``."""
        if isinstance(self.map_error, NoHostnameMapError):
            return "none found, by hosts"
        if self.map_error is not None:
            return "cannot be used, by hosts"
        if not self.hostmap.wanted:
            return "none asked for, by hosts"
        volumes = self.data_volumes
        mapped = sum(self.hostmap.assign(volume).entry is not None for volume in volumes)
        waiting = len(volumes) - mapped - len(self.unmapped_volumes)
        told = f" ({waiting} not known yet)" if waiting else ""
        refused = f" (x line {self.map_refusal.line})" if self.map_refusal is not None else ""
        return f"{self.hostmap.source}, {mapped} of {len(volumes)}{told}{refused}"

    @property
    def unmapped_volumes(self) -> list[Volume]:
        """The volumes with data that no entry of the host map names, as far as their hosts are known: an entry may name
        a host that no file has shown yet.
        """
        taught = self.source.cluster.taught
        return [v for v in self.data_volumes if self.hostmap.assign(v).unmapped and taught(v.group)]

    def let_reader_go(self) -> None:
        """Ends the process that reads: all that is to be read was read."""
        if self.executor is not None:
            self.executor.shutdown()
            self.executor = None

    def close(self) -> None:
        """Lets the mount go; a call that hangs in it is not waited for."""
        self.source.close()
        if self.executor is not None:
            self.executor.shutdown()


def open_path(path: str, choice: MapChoice, reader: subprocess.Popen[bytes] | None = None) -> Session:
    """The dataset at ``path``: a recording, or on a mount. Waits for either; a process of its own reads it.

    ``reader``: that process, where it was started already.
    """
    executor = HelperProcess(reader or start_helper(READING))
    try:
        recorded = executor.submit(is_recording_unit, os.fsencode(path)).result()
        if isinstance(recorded, GlusterError):
            raise recorded
        if recorded:
            return open_recorded(path, choice, executor)
        source, start = open_inputfs(path, executor=executor, placement=choice.placement)
        named = choice.file is not None
        return Session(source, start, *_choose_map(source, choice, executor), executor, named, choice.nodes)
    except BaseException:
        executor.shutdown()
        raise


def open_recorded(path: str, choice: MapChoice, executor: HelperProcess | None = None) -> Session:
    """The dataset in a recording. ``executor``: the process that reads it; without one, it is read here."""
    if choice.placement == "exact":
        raise RecordingError(os.fsencode(path), 0, "a recording answers as it was recorded: --exact is for a mount")
    recording = open_recording(path, executor)
    hostmap, map_error = _choose_map(recording, choice, executor)
    return Session(recording, recording.start, hostmap, map_error, executor, choice.file is not None, choice.nodes)


def _choose_map(
    source: Source, choice: MapChoice, executor: Executor | None
) -> tuple[HostnameMap, GlusterError | None]:
    """The map to use, and why it is not the one that was looked for. A file that was named must be there. ``executor``:
    what reads it, since it may lie on a mount that hangs.
    """
    if choice.none:
        return HostnameMap.none(), None
    try:
        if choice.file is not None:
            read = partial(read_hostname_map, choice.file, lenient=choice.lenient)
            return (executor or ImmediateExecutor()).submit(read).result(), None
        return source.hostname_map(lenient=choice.lenient).result(), None
    except GlusterError as error:
        if choice.file is not None and not isinstance(error, HostnameMapError):
            raise
        return HostnameMap.none(), error
