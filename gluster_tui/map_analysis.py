"""What a host map does on a cluster, all at once: made on a thread, from what does not change meanwhile."""

from __future__ import annotations

from dataclasses import dataclass

from disco.dfs.gluster.cluster import Cluster, Volume
from disco.dfs.gluster.errors import GlusterError
from disco.dfs.gluster.findings import Finding, findings
from disco.dfs.gluster.hostmap import HostnameMap, LookupTrace
from disco.dfs.gluster.nodes import KnownNodes
from disco.dfs.gluster.suggestions import Suggestion, suggest
from disco.dfs.gluster.volume_tally import Share, VolumeTally

__all__ = ["MapAnalysis", "VolumeRow", "analyse"]


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
