"""What a host map does on a cluster, all at once: worked out on threads, from what does not change meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial

from disco.dfs.gluster.cluster import Cluster, Volume
from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.findings import Finding, findings
from disco.dfs.gluster.hostmap import HostnameMap, LookupTrace
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.picture import SelectionPicture
from disco.dfs.gluster.suggestions import Suggestion, suggest
from disco.dfs.gluster.volume_tally import Share, VolumeTally
from disco.dfs.gluster.workers import DaemonExecutor

from .crash import outcome
from .map_desk import MapDesk

__all__ = ["Analyser", "MapAnalysis", "VolumeRow", "analyse"]

_COUNT_SHARE = 5  # times as long as a count takes, none is begun of what is not whole


@dataclass(frozen=True)
class VolumeRow:
    """One volume under a map. ``share``: what of the selection lies on it, None until it is counted."""

    volume: Volume
    group: str
    trace: LookupTrace
    host_known: bool
    suggestion: Suggestion | None
    share: Share | None

    @property
    def unmapped(self) -> bool:
        """No entry names it, as far as can be known, although it holds data."""
        return not self.volume.arbiter and self.trace.assignment.unmapped and self.host_known

    @property
    def state(self) -> str:
        """In a word."""
        if self.volume.online is False:
            return "offline"
        return "arbiter" if self.volume.arbiter else "online"


@dataclass(frozen=True)
class MapAnalysis:
    """``rows``: a row a volume, in the order of the client graph."""

    hostmap: HostnameMap
    rows: tuple[VolumeRow, ...]
    findings: tuple[Finding, ...]


def analyse(
    cluster: Cluster,
    hostmap: HostnameMap,
    *,
    missing: GlusterError | None,
    others: str,
    tally: VolumeTally | None,
    nodes: KnownNodes | None,
) -> MapAnalysis:
    """The arguments are those of ``findings()``."""
    volumes = cluster.volumes
    shares = tally.by_volume() if tally is not None else None
    suggestions = {suggestion.volume: suggestion for suggestion in suggest(cluster, hostmap, nodes)}
    rows = [
        VolumeRow(
            volume,
            cluster.groups[volume.group].name if volume.group < len(cluster.groups) else "",
            hostmap.explain(volume, volumes),
            cluster.taught(volume.group),
            suggestions.get(volume.index),
            shares.get(volume.index, Share()) if shares is not None else None,
        )
        for volume in volumes
    ]
    found = findings(cluster, hostmap, missing=missing, others=others, tally=tally, nodes=nodes)
    return MapAnalysis(hostmap, tuple(rows), tuple(found))


class Analyser:
    """Analyses what is on a desk, again and again. On the screen's thread, but for what it calls: ``told`` with each
    analysis that nothing newer was asked for since, ``counted`` when what lies on each volume is known.
    """

    def __init__(
        self,
        desk: MapDesk,
        told: Callable[[MapAnalysis | GlusterError], object],
        counted: Callable[[VolumeTally], object],
    ) -> None:
        self.tally: VolumeTally | None = None
        self._desk, self._told, self._counted = desk, told, counted
        self._threads = DaemonExecutor(2, "analysis")
        self._asked = 0
        self._counting = False
        self._count_at = 0.0
        self._to_count: SelectionPicture | None = None

    def count(self, picture: SelectionPicture, *, whole: bool) -> None:
        """Counts what of a selection lies on each volume, after what is being counted. ``whole``: no more will be known
        of it; until then, most of the time is left to whoever finds out more.
        """
        if whole or time.monotonic() >= self._count_at:
            self._to_count = picture
            self._count_next()

    def _count_next(self) -> None:
        picture = self._to_count
        if self._counting or picture is None:
            return
        self._counting, self._to_count = True, None
        begun = time.monotonic()

        def done(future: Future[VolumeTally]) -> None:
            self._count_at = time.monotonic() + _COUNT_SHARE * (time.monotonic() - begun)
            if not future.cancelled():
                self._counted(future.result())

        self._threads.submit(picture.tally).add_done_callback(done)

    def take_count(self, tally: VolumeTally) -> None:
        """Takes up what was counted, on the screen's thread."""
        self.tally, self._counting = tally, False
        self.look()
        self._count_next()

    def look(self) -> None:
        """Analyses what is on the desk now."""
        desk, session = self._desk, self._desk.session
        self._asked += 1
        asked = self._asked
        work = partial(
            analyse,
            session.source.cluster,
            desk.hostmap,
            missing=desk.missing,
            others=desk.file.others if desk.file is not None else "",
            tally=self.tally,
            nodes=session.known_nodes,
        )

        def done(future: Future[MapAnalysis]) -> None:
            if not future.cancelled() and asked == self._asked:
                analysis = outcome(future)
                self._told(analysis)

        self._threads.submit(work).add_done_callback(done)

    def close(self) -> None:
        """Takes no more work."""
        self._threads.shutdown(cancel_futures=True)
