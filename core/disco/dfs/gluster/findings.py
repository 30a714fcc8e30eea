"""What is wrong with a host map on a cluster, or will be: the lint of the screen and of ``gluster-tui check``."""

from __future__ import annotations

from collections.abc import Iterator

from .cluster import Cluster
from .errors import GlusterError, NoHostnameMapError, shown
from .finding import Finding, FindingCode, Severity, Subject
from .hostmap import HostnameMap
from .map_findings import entry_findings, line_findings
from .nodes import KnownNodes
from .volume_findings import group_findings, node_findings, volume_findings
from .volume_tally import VolumeTally

__all__ = ["Finding", "FindingCode", "Severity", "findings"]

_RANK: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


def findings(
    cluster: Cluster,
    hostmap: HostnameMap,
    *,
    missing: GlusterError | None = None,
    others: str = "",
    tally: VolumeTally | None = None,
    nodes: KnownNodes | None = None,
) -> list[Finding]:
    """All findings, errors first, then warnings, then notes; in each as they stand in the map, then by volume.

    ``hostmap``: read leniently, so that lines that cannot be used are findings, not errors. ``missing``: why there is
    no map, where one was looked for. ``others``: ``MapFile.others`` of its file. ``tally``: of the files that matter.
    ``nodes``: those that the cluster knows. A volume is called unmapped when its host is known, or cannot be.
    """
    subject = Subject(cluster, cluster.volumes, hostmap, tally, nodes)
    found = [
        *_missing(missing),
        *line_findings(subject),
        *volume_findings(subject),
        *node_findings(subject),
        *group_findings(subject),
        *_writable(hostmap, others),
        *entry_findings(subject),
    ]
    return sorted(found, key=lambda finding: _RANK[finding.severity])


def _missing(missing: GlusterError | None) -> Iterator[Finding]:
    if isinstance(missing, NoHostnameMapError):
        places = " and ".join(shown(place) for place in missing.places)
        words = f"no host map: looked at {places}; 'gluster-tui check PATH --suggest' prints one to begin with"
        yield Finding("error", "no-map", words)
    elif missing is not None:
        yield Finding("error", "no-map", str(missing))


def _writable(hostmap: HostnameMap, others: str) -> Iterator[Finding]:
    if others:
        words = f"others may write this map, and so decide where jobs run: {shown(others)}"
        yield Finding("warning", "writable-map", words, hostmap.source)
